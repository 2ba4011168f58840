/// Something that a machine can hold of the rules of the house.
struct Rule {
    struct Violation {
        var path: String
        /// From 1; 0 for the whole file.
        var line: Int
        var text: String
    }

    var name: String
    /// What to do instead.
    var remedy: String
    var check: (Tree) -> [Violation]
    /// Breaks the rule in a clean tree, once; the self-test demands that it is noticed.
    var plant: (inout Tree) -> Void

    static var all: [Rule] { SizeRules.all + CodeRules.all + ShapeRules.all }

    /// A rule about lines of code.
    static func lines(
        _ name: String, remedy: String, in files: @escaping (Tree) -> [String], matching pattern: String,
        planting text: String
    ) -> Rule {
        Rule(
            name: name, remedy: remedy,
            check: { tree in
                guard let expression = try? Regex(pattern) else {
                    return [Violation(path: "Tools/house", line: 0, text: "\(pattern) is no expression")]
                }
                return files(tree).flatMap { path in
                    tree.code(path).enumerated().compactMap { index, line in
                        guard let match = line.firstMatch(of: expression) else { return nil }
                        return Violation(path: path, line: index + 1, text: String(line[match.range]))
                    }
                }
            },
            plant: { $0.put(text, at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift") })
    }
}
