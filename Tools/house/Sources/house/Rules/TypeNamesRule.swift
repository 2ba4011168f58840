/// A name that only says that something is done will collect everything that is done.
struct TypeNamesRule: Rule {
    let name = "type-names"
    let summary = "No type is a `…Manager`, `…Helper`, `…Util`, `…Handler` or `…Service`."

    private static let endings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Handler", "Service"]
    private static let kinds: Set = ["struct", "class", "enum", "actor", "protocol"]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.flatMap { file in
            file.tokens.indices.dropFirst().filter { index in
                Self.kinds.contains(file.tokens[index - 1].text) && file.tokens[index].kind == .word
                    && Self.endings.contains { file.tokens[index].text.hasSuffix($0) }
            }.map {
                Violation(
                    path: file.path, line: file.tokens[$0].line,
                    what: "`\(file.tokens[$0].text)` does not say what it is",
                    remedy: "name the thing, not that it does something")
            }
        }
    }

    var plants: [Plant] {
        zip(Self.endings, ["struct", "class", "enum", "actor", "protocol", "final class", "private struct"])
            .map { Plant.core("\($1) Egg\($0) {}") }
    }

    var innocents: [Plant] {
        [
            Plant.core(
                "class Managers { var egg: EggHandler?; class func eggHandler() {} }\n// struct EggManager"
            )
        ]
    }
}
