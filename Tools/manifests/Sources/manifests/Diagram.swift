/// The map of packages for the documents, made from the table.
struct Diagram {
    var table: PackageTable

    static let begin = "<!-- made by `make manifests` from Tools/packages.json -->"
    static let end = "<!-- end -->"

    /// A Mermaid graph with a row for each floor; arrows point at what is used.
    func graph() -> String {
        var lines = ["```mermaid", "graph TD"]
        for floor in Set(table.packages.map(\.floor)).sorted(by: >) {
            let names = table.packages.filter { $0.floor == floor }.map(\.name)
            lines.append("    subgraph floor\(floor)[floor \(floor)]")
            lines += names.map { "        \($0)" }
            lines.append("    end")
        }
        for package in table.packages {
            let used = Set(package.modules.flatMap(\.uses).compactMap { table.owner(of: $0)?.name })
            for name in used.subtracting([package.name]).sorted() {
                lines.append("    \(package.name) --> \(name)")
            }
        }
        lines.append("```")
        return lines.joined(separator: "\n")
    }

    func list() -> String {
        var lines = ["| floor | package | owns |", "|---|---|---|"]
        for package in table.packages.sorted(by: { ($0.floor, $1.name) > ($1.floor, $0.name) }) {
            lines.append(
                "| \(package.floor) | [`\(package.name)`](Packages/\(package.name)) | \(package.owns) |")
        }
        return lines.joined(separator: "\n")
    }

    /// A document with the part between the marks replaced; nil when the marks are not there.
    static func replaced(_ text: String, with part: String) -> String? {
        guard let start = text.range(of: begin),
            let stop = text.range(of: end, range: start.upperBound..<text.endIndex)
        else { return nil }
        return text[..<start.upperBound] + "\n" + part + "\n" + text[stop.lowerBound...]
    }
}
