/// `Tools/house/exceptions.txt`: the few places where a rule does not hold, with the reason.
///
/// `rule | path | what the line contains | reason`
struct ExceptionList {
    struct Entry {
        var rule: String
        var path: String
        var contains: String
        var line: Int
    }

    static let path = "Tools/house/exceptions.txt"

    private(set) var entries: [Entry] = []
    /// About the list itself.
    private(set) var complaints: [Violation] = []

    init(_ text: String) {
        for (index, line) in text.lines.enumerated() where !line.hasPrefix("#") && !line.trimmed.isEmpty {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
            if fields.count == 4 && fields.allSatisfy({ !$0.isEmpty }) {
                entries.append(Entry(rule: fields[0], path: fields[1], contains: fields[2], line: index + 1))
            } else {
                complain(
                    index + 1, "this is no exception",
                    remedy: "write `rule | path | what the line contains | reason`, with a reason")
            }
        }
    }

    private mutating func complain(_ line: Int, _ what: String, remedy: String) {
        complaints.append(
            Violation(path: Self.path, line: line, what: what, remedy: remedy, rule: Proof().name))
    }

    /// The violations that have no exception; complains about exceptions that excuse nothing.
    mutating func unexcused(_ violations: [Violation], in tree: Tree) -> [Violation] {
        var idle = entries
        let rest = violations.filter { violation in
            let lines = tree.source(violation.path)?.lines ?? tree.text(violation.path)?.lines ?? []
            let line = lines.indices.contains(violation.line - 1) ? lines[violation.line - 1] : ""
            let excuses = { (entry: Entry) in
                entry.rule == violation.rule && entry.path == violation.path && line.contains(entry.contains)
            }
            idle.removeAll(where: excuses)
            return !entries.contains(where: excuses)
        }
        for entry in idle {
            complain(entry.line, "this exception excuses nothing", remedy: "remove it, or correct its path")
        }
        return rest
    }

    struct Proof: Provable {
        let name = "exceptions"
        let summary = "An exception stands in `\(ExceptionList.path)` with its reason, and excuses something."

        var plants: [Plant] {
            let text = Fixture.exceptions
            let line = text.lines.count + 1
            return [
                Plant(
                    ExceptionList.path, line: line,
                    text + "traps | \(Fixture.nestPath) | fatalError | Eggs wait.\n"),
                Plant(ExceptionList.path, line: line, text + "traps | \(Fixture.nestPath) | fatalError |\n"),
                Plant(ExceptionList.path, line: line, text + "Eggs cannot wait.\n"),
                Plant(
                    ExceptionList.path, line: line,
                    text + text.lines[1].replacing("traps", with: "imports") + "\n"),
            ]
        }
    }
}
