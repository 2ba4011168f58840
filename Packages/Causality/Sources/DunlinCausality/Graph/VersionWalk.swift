/// The versions that a walk down the graph has come to and not gone on from, the newest last.
///
/// A sorted array: there are rarely more than a few.
struct VersionWalk: Sendable {
    struct Mark: Sendable {
        var version: LocalVersion
        var run: Int
        /// How the version was reached: bits, whose meaning is the walk's.
        var sides: UInt8
    }

    private var marks: [Mark] = []

    var count: Int { marks.count }
    var top: Mark? { marks.last }

    mutating func pop() -> Mark? { marks.popLast() }
    mutating func removeAll() { marks.removeAll(keepingCapacity: true) }

    /// Adds a version, or its sides to those that the version has; gives the sides from before, 0 for a new
    /// one.
    /// - Complexity: O(*n*) in the marks that are newer.
    @discardableResult
    mutating func push(_ version: LocalVersion, _ run: Int, _ sides: UInt8) -> UInt8 {
        var index = marks.count
        while index > 0, marks[index - 1].version > version { index -= 1 }
        if index > 0, marks[index - 1].version == version {
            let before = marks[index - 1].sides
            marks[index - 1].sides |= sides
            return before
        }
        let mark = Mark(version: version, run: run, sides: sides)
        if index == marks.count { marks.append(mark) } else { marks.insert(mark, at: index) }
        return 0
    }
}
