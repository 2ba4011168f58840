/// The versions that a walk down the graph has come to and not gone on from, the newest last.
///
/// Sorted marks in a row: there are rarely more than a few.
struct VersionWalk: Sendable {
    struct Mark: Sendable {
        var version: LocalVersion
        var run: Int
        /// How the version was reached: bits, whose meaning is the walk's.
        var sides: UInt8

        static let none = Mark(version: -1, run: -1, sides: 0)
    }

    /// Room for marks, of which the first ``count`` are there.
    private var marks: [Mark] = []
    private(set) var count = 0

    var top: Mark? { count > 0 ? marks[count - 1] : nil }

    mutating func pop() -> Mark? {
        guard count > 0 else { return nil }
        count -= 1
        return marks[count]
    }

    mutating func removeAll() { count = 0 }

    /// Adds a version, or its sides to those that the version has; gives the sides from before, 0 for a new
    /// one.
    /// - Complexity: O(log *n*) in the marks to find the place, and O(*n*) in those that are newer to put a
    ///   version there that has no mark yet.
    @discardableResult
    mutating func push(_ version: LocalVersion, _ run: Int, _ sides: UInt8) -> UInt8 {
        makeRoom(for: 1)
        return withMarks { Self.push(version, run, sides, onto: &$0, &$1) }
    }

    /// Makes room for so many marks more.
    mutating func makeRoom(for more: Int) {
        guard marks.count - count < more else { return }
        marks.append(contentsOf: repeatElement(.none, count: max(8, marks.count, more)))
    }

    /// Gives the marks, and how many there are, to a body that changes many of them: what an array asks
    /// before each change is asked once.
    mutating func withMarks<Result>(_ body: (inout MutableSpan<Mark>, inout Int) -> Result) -> Result {
        var count = count
        defer { self.count = count }
        var span = marks.mutableSpan
        return body(&span, &count)
    }

    /// As ``push(_:_:_:)``, where there is room.
    static func push(
        _ version: LocalVersion, _ run: Int, _ sides: UInt8, onto marks: inout MutableSpan<Mark>,
        _ count: inout Int
    ) -> UInt8 {
        // There are few, and the wanted place is near the newest; but for the past that thousands share.
        let near = max(0, count - 8)
        var index = count
        while index > near, marks[index - 1].version > version { index -= 1 }
        if index == near, near > 0 { index = Self.end(of: version, among: near, of: marks) }
        if index > 0, marks[index - 1].version == version {
            let before = marks[index - 1].sides
            marks[index - 1].sides |= sides
            return before
        }
        var place = count
        while place > index {
            marks[place] = marks[place - 1]
            place -= 1
        }
        marks[index] = Mark(version: version, run: run, sides: sides)
        count += 1
        return 0
    }

    /// How many of the first marks are no newer than a version.
    private static func end(
        of version: LocalVersion, among count: Int, of marks: borrowing MutableSpan<Mark>
    ) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
