/// Two files fit beside each other on a screen.
struct LineLengthRule: Rule {
    static let limit = 110

    let name = "line-length"
    let summary = "A line of Swift has at most \(limit) columns."
    let isRatcheted = true

    func violations(in tree: Tree) -> [Violation] {
        // The manifests of packages are written by a machine from a table.
        tree.sources.filter { !($0.isManifest && ($0.package != nil || $0.path == $0.name)) }.flatMap {
            file in
            file.lines.enumerated().filter { $1.count > Self.limit }.map { index, line in
                Violation(
                    path: file.path, line: index + 1, what: "the line has \(line.count) columns",
                    remedy: "wrap it at column \(Self.limit)")
            }
        }
    }

    private func line(_ columns: Int) -> String { "// " + String(repeating: "é", count: columns - 3) }

    var plants: [Plant] { [Plant.core(line: 2, "let egg = 1\n" + line(Self.limit + 1))] }
    var innocents: [Plant] { [Plant.core("let egg = 1\n" + line(Self.limit))] }
}
