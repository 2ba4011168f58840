/// What is public is read by people who do not read the rest.
struct DocumentationRule: Rule {
    let name = "documentation"
    let summary = "Each public declaration of a package has a `///` comment directly above it."
    let isRatcheted = true

    private static let kinds: Set = [
        "func", "var", "let", "struct", "class", "enum", "protocol", "actor", "init", "subscript",
        "typealias",
    ]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter(\.isLibrary).flatMap { file -> [Violation] in
            let documented = Set(file.comments.filter(\.isDocumentation).map(\.lastLine))
            let lines = Dictionary(grouping: file.tokens, by: \.line)
            return lines.keys.sorted().filter { isPublicDeclaration(lines[$0] ?? []) }.filter { line in
                var above = line - 1
                while let tokens = lines[above], isAttributesOnly(tokens) { above -= 1 }
                return !documented.contains(above)
            }.map {
                Violation(
                    path: file.path, line: $0, what: "a public declaration has no documentation",
                    remedy: "say above it in a `///` comment what its name does not")
            }
        }
    }

    private func isPublicDeclaration(_ tokens: [Token]) -> Bool {
        let rest = tokens.dropFirst(attributesLength(tokens))
        guard let first = rest.first?.text, first == "public" || first == "open" else { return false }
        // `public extension` and `public import` declare nothing by themselves.
        let kind = rest.first {
            Self.kinds.contains($0.text) || $0.text == "extension" || $0.text == "import"
        }
        return kind.map { Self.kinds.contains($0.text) } ?? false
    }

    private func isAttributesOnly(_ tokens: [Token]) -> Bool { attributesLength(tokens) == tokens.count }

    /// How many tokens at the beginning are `@attributes(…)`.
    private func attributesLength(_ tokens: [Token]) -> Int {
        var index = 0
        while index + 1 < tokens.count && tokens[index].text == "@" {
            index += 2
            guard index < tokens.count, tokens[index].text == "(", tokens[index].touchesPrevious else {
                continue
            }
            var depth = 0
            repeat {
                if tokens[index].text == "(" { depth += 1 }
                if tokens[index].text == ")" { depth -= 1 }
                index += 1
            } while depth > 0 && index < tokens.count
        }
        return index
    }

    var plants: [Plant] {
        Self.kinds.sorted().map { Plant.core(line: 2, "// Not documentation.\npublic \($0) egg") } + [
            Plant.core(line: 3, "/// An egg.\n\npublic struct Egg {}"),
            Plant.core(line: 3, "// An egg.\n@frozen\n@available(*, unavailable) public final class Egg {}"),
            Plant.core(line: 3, "/// An egg.\npublic struct Egg {\n    public static var number = 1\n}"),
            Plant.core("open class Egg {}"),
            Plant(Fixture.nestPath, line: 2, "public let eggs = 1\npublic let nests = 2\n"),
        ]
    }

    var innocents: [Plant] {
        [
            Plant.core(
                "/// An egg.\n@frozen\n@available(*, unavailable) public struct Egg {\n    var one = 1\n}"),
            Plant.core("/** An egg.\n */\npublic struct Egg {}\n\npublic extension Egg {}"),
            Plant.core("let text = \"\"\"\n    public struct Egg\n    \"\"\""),
            Plant("Packages/Nests/Tests/DunlinNestsTests/Planted.swift", "public struct Egg {}\n"),
        ]
    }
}
