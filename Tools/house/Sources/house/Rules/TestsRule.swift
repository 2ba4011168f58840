/// A target without a test passes for ever.
struct TestsRule: Rule {
    let name = "tests"
    let summary =
        "Each test target has at least one `@Test`, and each module that the table says is tested has one."

    func violations(in tree: Tree) -> [Violation] {
        var targets = Dictionary(grouping: tree.sources.filter { target(of: $0.path) != nil }) {
            target(of: $0.path) ?? ""
        }
        for package in tree.table.packages {
            for module in package.modules where module.test {
                targets["Packages/\(package.name)/Tests/\(module.name)Tests", default: []] += []
            }
        }
        return targets.sorted { $0.key < $1.key }.filter { _, files in
            files.allSatisfy { $0.places(of: ["@", "Test"]).isEmpty }
        }.map { target, files in
            Violation(
                path: files.first?.path ?? target, line: 1, what: "\(target) has no @Test",
                remedy: "test something there, or remove the target")
        }
    }

    /// The folder below `Tests`.
    private func target(of path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let tests = parts.firstIndex(of: "Tests"), tests + 2 < parts.count else { return nil }
        return parts[...(tests + 1)].joined(separator: "/")
    }

    var plants: [Plant] {
        let text = "import Testing\n\n// @Test\nlet text = \"@Test\"\n"
        return [
            Plant("Tools/Tests/EggTests/EggTests.swift", text),
            Plant("Packages/Nests/Tests/DunlinNestsSQLiteTests/StoreTests.swift", text),
            Plant(
                "Packages/Nests/Tests/DunlinNestsSQLiteTests/StoreTests.swift", nil,
                blaming: "Packages/Nests/Tests/DunlinNestsSQLiteTests"),
        ]
    }

    var innocents: [Plant] {
        [Plant("Packages/Nests/Tests/DunlinNestsTests/Support.swift", "let nest = 1\n")]
    }
}
