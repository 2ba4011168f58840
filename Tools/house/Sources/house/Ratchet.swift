import Foundation

/// How often a rule may still be broken in a file: numbers that only go down.
struct Ratchet: Codable {
    /// By rule, then by file.
    var allowed: [String: [String: Int]] = [:]

    static let path = "Tools/house/ratchet.json"

    init(_ tree: Tree) throws {
        guard let text = tree.texts[Self.path] else { return }
        allowed = try JSONDecoder().decode([String: [String: Int]].self, from: Data(text.utf8))
    }

    /// What is said about the violations of a rule: too many of them, or fewer than the ratchet says.
    func complaints(_ rule: Rule, _ violations: [Rule.Violation]) -> [String] {
        let here = Dictionary(grouping: violations, by: \.path)
        let paths = Set(here.keys).union((allowed[rule.name] ?? [:]).keys)
        return paths.sorted().flatMap { path -> [String] in
            let found = here[path] ?? [], limit = allowed[rule.name]?[path] ?? 0
            if found.count > limit {
                return found.map { "\(path):\($0.line): [\(rule.name)] \($0.text); \(rule.remedy)" }
            }
            guard found.count < limit else { return [] }
            return [
                "\(path): [\(rule.name)] \(found.count) are left where \(Self.path) allows \(limit); lower it with "
                    + "`make ratchet`"
            ]
        }
    }

    static func text(_ tree: Tree) throws -> String {
        var counts: [String: [String: Int]] = [:]
        for rule in Rule.all {
            for violation in rule.check(tree) {
                counts[rule.name, default: [:]][violation.path, default: 0] += 1
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(counts), as: UTF8.self) + "\n"
    }
}
