/// An example that nobody compiles is soon wrong.
struct ReadmeRule: Rule {
    let name = "readme"
    let summary =
        "A package has a README.md, and every Swift block in it stands in `ReadmeExample.swift` of its tests."

    func violations(in tree: Tree) -> [Violation] {
        tree.table.packages.compactMap { package in
            let readme = "Packages/\(package.name)/README.md"
            guard let text = tree.text(readme) else {
                return Violation(
                    path: readme, line: 1, what: "the package has no README.md",
                    remedy: "say what it is, with an example")
            }
            guard !swiftLines(of: text).isEmpty else {
                return Violation(
                    path: readme, line: 1, what: "it has no ```swift block",
                    remedy: "show how the package is used")
            }
            return disagreement(
                text, at: readme, in: "Packages/\(package.name)/Tests/", named: "ReadmeExample.swift", tree)
        }
            + [
                tree.text("README.md").flatMap {
                    disagreement($0, at: "README.md", in: "Packages/", named: "RootReadmeExample.swift", tree)
                }
            ].compactMap { $0 }
    }

    /// The first line of a README's Swift that its test does not have.
    private func disagreement(
        _ text: String, at readme: String, in tests: String, named name: String, _ tree: Tree
    ) -> Violation? {
        let shown = swiftLines(of: text)
        guard let first = shown.first else { return nil }
        guard let example = tree.sources.first(where: { $0.path.hasPrefix(tests) && $0.name == name }) else {
            return Violation(
                path: readme, line: first.line, what: "no \(name) compiles the examples",
                remedy: "add one to the package's tests")
        }
        // In order, so that the examples cannot be taken apart.
        var compiled = example.lines.map(\.trimmed)[...]
        for (line, text) in shown {
            guard let found = compiled.firstIndex(of: text) else {
                return Violation(
                    path: readme, line: line,
                    what: "this line is not in \(example.path), or not in this order: \(text)",
                    remedy: "make the two agree")
            }
            compiled = compiled[(found + 1)...]
        }
        return nil
    }

    /// What stands in Swift blocks, without imports, indentation and empty lines, which may differ.
    private func swiftLines(of text: String) -> [(line: Int, text: String)] {
        var lines: [(line: Int, text: String)] = []
        var isInside = false
        for (index, line) in text.lines.enumerated() {
            if line.hasPrefix("```") {
                isInside = line == "```swift"
                continue
            }
            let bare = line.trimmed
            if isInside && !bare.isEmpty && !bare.hasPrefix("import ") { lines.append((index + 1, bare)) }
        }
        return lines
    }

    var plants: [Plant] {
        let example = "Packages/Eggs/Tests/DunlinEggsTests/ReadmeExample.swift"
        let readme = "Packages/Eggs/README.md"
        let tests = Fixture.files[example]
        return [
            Plant(readme, nil),
            Plant(readme, "# Eggs\n"),
            Plant(
                readme, line: 5,
                "# Eggs\n\n```swift\nlet egg = Egg(number: 1)\n#expect(egg.number == 2)\n```\n"),
            Plant(
                readme, line: 5,
                "# Eggs\n\n```swift\n#expect(egg.number == 1)\nlet egg = Egg(number: 1)\n```\n"),
            Plant(
                example, line: 6, tests.map { $0.replacing("(number: 1)", with: "(number: 3)") },
                blaming: readme),
            Plant(
                readme, line: 9,
                "# Eggs\n\n```swift\nlet egg = Egg(number: 1)\n```\nThen\n\n```swift\negg.hatch()\n```\n"),
            Plant("README.md", line: 2, "```swift\negg.hatch()\n```\n"),
        ]
    }

    var innocents: [Plant] {
        [
            Plant(
                "Packages/Eggs/README.md",
                "```\nno Swift\n```\n```swift\n  let egg = Egg(number: 1)\n```\n```sh\nno\n```\n")
        ]
    }
}
