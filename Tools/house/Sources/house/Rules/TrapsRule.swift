/// What comes from outside must not be able to end the process.
struct TrapsRule: Rule {
    let name = "traps"
    let summary = "No `try!`, `as!` or `fatalError` outside tests: a typed error says what went wrong."

    private static let traps = [["try", "!"], ["as", "!"], ["fatalError"]]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter { !$0.isTest && !$0.isManifest }.flatMap { file in
            Self.traps.flatMap {
                file.violations(of: $0, "this ends the process", remedy: "throw a typed error")
            }
        }
    }

    var plants: [Plant] {
        [
            "let egg = try! lay()", "let egg = bird as! Egg",
            "func lay() -> Never { fatalError(\"no egg\") }",
            "let text = \"\"\"\n    \\(try! lay())\n    \"\"\"",
        ].enumerated().map { Plant.core(line: $0 == 3 ? 2 : 1, $1) } + [
            Plant("Tools/Sources/eggs/Planted.swift", "let egg = try! lay()\n")
        ]
    }

    var innocents: [Plant] {
        [
            Plant.core(
                "// try! as!\nlet text = #\"try! \"as!\" \\(fatalError())\"#\n/* try! /* as! */ */"
            ),
            Plant("Packages/Nests/Tests/DunlinNestsTests/Planted.swift", "let egg = try! lay()\n"),
        ]
    }
}
