/// Whatever complains, and how `house self-test` proves that it does.
protocol Provable: Sendable {
    /// Short and stable: the lists name it.
    var name: String { get }
    /// Its row in CONTRIBUTING.md.
    var summary: String { get }
    /// Each gives exactly one violation, of this rule, in an otherwise clean tree.
    var plants: [Plant] { get }
    /// What only looks like a violation: each leaves the tree clean.
    var innocents: [Plant] { get }
}

extension Provable {
    var innocents: [Plant] { [] }
}

/// A rule of the house.
protocol Rule: Provable {
    /// Old violations may stay, counted by file in `Tools/house/ratchet.json`; the count only goes down.
    var isRatcheted: Bool { get }
    func violations(in tree: Tree) -> [Violation]
}

extension Rule {
    var isRatcheted: Bool { false }
}

/// A change to the clean tree of the self-test.
struct Plant {
    var path: String
    /// Nil removes the file.
    var text: String?
    var blamedPath: String
    var blamedLine: Int

    init(_ path: String, line: Int = 1, _ text: String?, blaming blamedPath: String? = nil) {
        self.path = path
        self.text = text
        self.blamedPath = blamedPath ?? path
        blamedLine = line
    }

    static let corePath = "Packages/Nests/Sources/DunlinNests/Planted.swift"

    /// A file in a module of the core.
    static func core(line: Int = 1, _ text: String) -> Plant { Plant(corePath, line: line, text + "\n") }
}
