/// An exclamation mark behind a value is a trap with one character.
struct ForceUnwrapRule: Rule {
    let name = "force-unwrap"
    let summary = "No optional is unwrapped by `!` outside tests, and no type is `T!`."

    /// Words that stand before a negation, or whose `!` is for `traps`.
    private static let keywords: Set = [
        "try", "as", "return", "in", "if", "while", "guard", "case", "where", "else", "throw", "await", "is",
        "repeat",
    ]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter { !$0.isTest && !$0.isManifest }.flatMap { file in
            file.tokens.indices.dropFirst().filter { isUnwrap(file.tokens[$0], after: file.tokens[$0 - 1]) }
                .map {
                    Violation(
                        path: file.path, line: file.tokens[$0].line,
                        what: "`\(file.tokens[$0 - 1].text)!` ends the process on nil",
                        remedy: "use `guard let` and throw, or keep the value where it is known")
                }
        }
    }

    private func isUnwrap(_ token: Token, after previous: Token) -> Bool {
        guard token.kind == .mark, token.touchesPrevious, token.text.contains("!") else { return false }
        guard token.text.allSatisfy({ "!?>".contains($0) }) else { return false }
        return switch previous.kind {
        case .word: !Self.keywords.contains(previous.text)
        case .string: true
        case .number: false
        case .mark: [")", "]", "}", ">", "?"].contains(previous.text)
        }
    }

    var plants: [Plant] {
        [
            "let egg = nest!", "let egg = nest.first!.egg", "let egg = find(\"a\")!", "let egg = eggs[0]!",
            "let egg = eggs.map { $0! }", "var egg: Egg!", "var egg: Box<Egg>!", "let egg = \"\\(nest!)\"",
            "let egg = #\"\\#(nest!)\"#", "let egg = eggs.first { $0.isBig }!", "let is = nest! == nest",
        ].map { Plant.core(line: 2, "// Planted.\n" + $0) }
    }

    var innocents: [Plant] {
        [
            "let is = a != b && a!=b && a !== b",
            "let is = !a && (!b || [!c].isEmpty) && all.contains { !$0 }",
            "let text = \"nest!\" + #\"nest! \\(nest!)\"# // nest!",
            "func is(_ a: Bool) -> Bool { return!a }",
            "#if !os(Linux)\n#endif\nlet `quite a nest!` = 1", "let pattern = [/nest!.x/]",
            "let text = \"\\(egg) nest! \"",
            "let text = #\"\\x(nest!)\"#",
        ].map { Plant.core($0) }
            + [Plant("Packages/Nests/Tests/DunlinNestsTests/Planted.swift", "let egg = nest!\n")]
    }
}
