/// People read the rules in CONTRIBUTING.md, so that has to have all of them.
struct RuleTableRule: Rule {
    static let path = "CONTRIBUTING.md"

    let name = "rule-table"
    let summary = "This table is what `house table` prints."

    /// A row for each rule and list.
    static func text() -> String {
        let rows = allProvable.map { provable in
            let isRatcheted = (provable as? any Rule)?.isRatcheted ?? false
            return "| `\(provable.name)` | \(provable.summary) | \(isRatcheted ? "yes" : "") |"
        }
        return (["| rule | what it holds | ratchet |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    func violations(in tree: Tree) -> [Violation] {
        let text = tree.text(Self.path) ?? ""
        guard !text.contains("\n" + Self.text() + "\n") else { return [] }
        let line = text.lines.firstIndex { $0.hasPrefix("| rule |") }.map { $0 + 1 } ?? 1
        return [
            Violation(
                path: Self.path, line: line, what: "the table of rules is not what the rules say",
                remedy: "paste what `house table` prints")
        ]
    }

    var plants: [Plant] {
        [
            Plant(Self.path, nil),
            Plant(Self.path, line: 3, Fixture.contributing.replacing(summary, with: "Another summary.")),
        ]
    }

    var innocents: [Plant] { [Plant(Self.path, "# Before\n" + Fixture.contributing + "\nAfter.\n")] }
}
