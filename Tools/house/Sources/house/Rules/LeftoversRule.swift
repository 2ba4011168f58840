/// What was only there for building.
struct LeftoversRule: Rule {
    let name = "leftovers"
    let summary = "No placeholder files, `Package.resolved` or build folders are committed."

    func violations(in tree: Tree) -> [Violation] {
        let paths = tree.paths.filter { isLeftover($0) }
        let empty = tree.sources.filter { $0.tokens.isEmpty && !isLeftover($0.path) }.map(\.path)
        return paths.map {
            Violation(
                path: $0, line: 1, what: "this was only there for building",
                remedy: "remove it, and ignore it if it returns")
        }
            + empty.map {
                Violation(
                    path: $0, line: 1, what: "there is no code in it", remedy: "remove it until there is")
            }
    }

    private func isLeftover(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return path.hasSuffix("Placeholder.swift") || parts.last == "Package.resolved"
            || parts.contains {
                $0 == ".build" || $0.hasPrefix(".build-") || $0 == ".swiftpm" || $0 == "DerivedData"
            }
    }

    var plants: [Plant] {
        [
            Plant("Packages/Nests/Sources/DunlinNests/Placeholder.swift", "let placeholder = 1\n"),
            Plant("Packages/Nests/Package.resolved", "{}\n"),
            Plant(".build-alone/debug.yaml", "client\n"),
            Plant("Packages/Nests/.build/debug.yaml", "client\n"),
            Plant("Packages/Nests/.swiftpm/state", "{}\n"),
            Plant.core("// Nothing yet."),
        ]
    }
}
