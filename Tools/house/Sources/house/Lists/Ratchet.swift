import Foundation

/// `Tools/house/ratchet.json`: for each rule and file, how much that is older than the
/// rule may still be there.
struct Ratchet {
    static let path = "Tools/house/ratchet.json"

    /// By rule, then by path.
    private(set) var allowed: [String: [String: Int]]
    private let lines: [String]

    init(_ text: String) throws {
        lines = text.lines
        do { allowed = try JSONDecoder().decode([String: [String: Int]].self, from: Data(text.utf8)) } catch {
            throw Failure(
                "\(Self.path) is no ratchet: \(error). It has a number for each file, under each rule's name."
            )
        }
    }

    /// What is beyond the ratchet, and a complaint for each number that is too high by now.
    func beyond(_ violations: [Violation], of rules: [any Rule]) -> [Violation] {
        let ratcheted = Set(rules.filter(\.isRatcheted).map(\.name))
        var result = violations.filter { !ratcheted.contains($0.rule) }
        let groups = Self.groups(violations.filter { ratcheted.contains($0.rule) })
        for (rule, files) in groups {
            for (path, found) in files {
                let limit = allowed[rule]?[path] ?? 0
                let count = found.map(\.weight).reduce(0, +)
                if limit == 0 { result += found }
                guard limit > 0, count > limit, let last = found.last else { continue }
                let places = found.map { String($0.line) }.joined(separator: ", ")
                result.append(
                    Violation(
                        path: path, line: last.line,
                        what: "it was \(limit) and is \(count) now (lines \(places))",
                        remedy: last.remedy, rule: rule))
            }
        }
        for (rule, files) in allowed {
            for (path, limit) in files {
                let count = groups[rule]?[path]?.map(\.weight).reduce(0, +) ?? 0
                guard count < limit else { continue }
                result.append(
                    Violation(
                        path: Self.path, line: line(of: path, under: rule),
                        what: "`\(rule)` allows \(limit) in \(path), where \(count) are left",
                        remedy: "lower it by `make tighten`", rule: Proof().name))
            }
        }
        return result
    }

    /// Lowers each number to what is there; raises none.
    mutating func tighten(to violations: [Violation]) {
        let groups = Self.groups(violations)
        for (rule, files) in allowed {
            allowed[rule] = files.filter { groups[rule]?[$0.key] != nil }
            for (path, limit) in allowed[rule] ?? [:] {
                let count = groups[rule]?[path]?.map(\.weight).reduce(0, +) ?? 0
                allowed[rule]?[path] = min(limit, count)
            }
            if allowed[rule]?.isEmpty == true { allowed[rule] = nil }
        }
    }

    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(allowed), as: UTF8.self) + "\n"
    }

    private static func groups(_ violations: [Violation]) -> [String: [String: [Violation]]] {
        Dictionary(grouping: violations, by: \.rule).mapValues { Dictionary(grouping: $0, by: \.path) }
    }

    private func line(of path: String, under rule: String) -> Int {
        let start = lines.firstIndex { $0.contains("\"\(rule)\"") } ?? 0
        return (lines[start...].firstIndex { $0.contains("\"\(path)\"") } ?? start) + 1
    }

    struct Proof: Provable {
        let name = "ratchet"
        let summary = "A number in `\(Ratchet.path)` only goes down, and is never higher than what is left."

        var plants: [Plant] {
            let nest = Fixture.nestPath
            return [
                // What is left was less all along, or became less.
                Plant(Ratchet.path, line: 3, "{\n  \"documentation\": {\n    \"\(nest)\": 2\n  }\n}\n"),
                Plant(nest, line: 2, "let nest = 1\n", blaming: Ratchet.path),
                Plant(Ratchet.path, line: 3, Fixture.ratchet.replacing("{}", with: "{\"Removed.swift\": 3}")),
                // Not every rule has a ratchet.
                Plant(
                    Ratchet.path, line: 3,
                    Fixture.ratchet.replacing("line-length\": {}", with: "traps\": {\"a\": 1}")),
            ]
        }
    }
}
