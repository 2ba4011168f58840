/// A long file has a second idea in it.
struct FileSizeRule: Rule {
    static let limit = 600

    let name = "file-size"
    let summary = "A Swift file has at most \(limit) lines."
    let isRatcheted = true

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter { !$0.isManifest && $0.lines.count > Self.limit }.map {
            Violation(
                path: $0.path, line: Self.limit + 1, what: "the file has \($0.lines.count) lines",
                remedy: "find its second idea and give that a file", weight: $0.lines.count)
        }
    }

    private func text(_ lines: Int) -> String {
        Array(repeating: "let egg = 1", count: lines).joined(separator: "\n")
    }

    var plants: [Plant] { [Plant.core(line: Self.limit + 1, text(Self.limit + 1))] }
    var innocents: [Plant] { [Plant.core(text(Self.limit)), Plant("Package.swift", text(Self.limit + 1))] }
}
