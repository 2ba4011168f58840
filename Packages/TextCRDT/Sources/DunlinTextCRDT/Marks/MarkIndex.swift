import DunlinCausality

/// Which marks lie over given scalars, whether these are there or deleted.
///
/// Scalars never change places, so the ends of marks never do either. Marks are kept in levels, each an array
/// by the marks' starts that is searched as a tree; a new mark makes a level of its own, which takes in the
/// smaller ones.
struct MarkIndex: Sendable {
    /// An end of a mark.
    struct Border: Sendable {
        /// The event of the scalar beside it; -1 for the beginning of the text, `Int.max` for its end.
        var version: LocalVersion
        var isAfter: Bool

        /// Whether it stands before a scalar.
        func isBefore(_ scalar: LocalVersion, _ precedes: Order) -> Bool {
            version == scalar ? !isAfter : Self.precedes(version, scalar, precedes)
        }

        fileprivate func isBefore(_ other: Border, _ precedes: Order) -> Bool {
            version == other.version
                ? !isAfter && other.isAfter : Self.precedes(version, other.version, precedes)
        }

        private static func precedes(_ a: LocalVersion, _ b: LocalVersion, _ precedes: Order) -> Bool {
            if a == -1 || b == .max { return true }
            return b != -1 && a != .max && precedes(a, b)
        }
    }

    /// Whether one event's scalar stands, or stood, before another's.
    typealias Order = (LocalVersion, LocalVersion) -> Bool

    private struct Entry: Sendable {
        var start: Border
        var end: Border
        /// Its place among all marks.
        var mark: Int
        var version: LocalVersion
        /// Of the entries below it in the tree and itself.
        var lastEnd: Border
        var firstVersion: LocalVersion

        init(from start: Border, to end: Border, mark: Int, version: LocalVersion) {
            (self.start, self.end, lastEnd) = (start, end, end)
            (self.mark, self.version, firstVersion) = (mark, version, version)
        }
    }

    /// Ever smaller ones.
    private var levels: [[Entry]] = []
    /// Marks that were taken in.
    private var reached = 0
    /// Marks that nobody needs, until the level that they are in is made anew.
    private var leftOut: Set<Int> = []
    /// What undoing marked the text with; here, since it goes when the events get other local versions.
    var pin: UndoPin?

    /// Takes in the marks that are new.
    ///
    /// What has no place now gets none later: only faulty writers name scalars that nobody knows.
    /// - Complexity: O(log² *m*) comparisons for each new mark, over time.
    mutating func update(with marks: [TextMark], border: (TextAnchor) -> Border?, precedes: Order) {
        guard reached < marks.count else { return }
        var entries: [Entry] = []
        for index in reached..<marks.count {
            guard marks[index].standing != .void, let start = border(marks[index].start),
                let end = border(marks[index].end)
            else { continue }
            entries.append(Entry(from: start, to: end, mark: index, version: marks[index].version))
        }
        reached = marks.count
        add(entries, precedes)
    }

    /// Takes in spans that are not of marks.
    mutating func add(_ spans: [(start: Border, end: Border)], precedes: Order) {
        add(spans.map { Entry(from: $0.start, to: $0.end, mark: -1, version: 0) }, precedes)
    }

    private mutating func add(_ added: [Entry], _ precedes: Order) {
        var entries = added
        guard !entries.isEmpty else { return }
        while let last = levels.last, last.count <= 2 * entries.count {
            for entry in last where leftOut.remove(entry.mark) == nil { entries.append(entry) }
            levels.removeLast()
        }
        entries.sort { $0.start.isBefore($1.start, precedes) }
        _ = Self.join(&entries, 0..<entries.count, precedes)
        levels.append(entries)
    }

    /// Has each entry of a tree know of those below it.
    private static func join(_ entries: inout [Entry], _ range: Range<Int>, _ precedes: Order) -> Int? {
        guard !range.isEmpty else { return nil }
        let top = (range.lowerBound + range.upperBound) / 2
        entries[top].lastEnd = entries[top].end
        entries[top].firstVersion = entries[top].version
        for part in [range.lowerBound..<top, top + 1..<range.upperBound] {
            guard let below = join(&entries, part, precedes) else { continue }
            if entries[top].lastEnd.isBefore(entries[below].lastEnd, precedes) {
                entries[top].lastEnd = entries[below].lastEnd
            }
            entries[top].firstVersion = min(entries[top].firstVersion, entries[below].firstVersion)
        }
        return top
    }

    /// The marks that may lie over scalars from `first` to `last`, or over the gap behind that, and were made
    /// before a version: places among all marks, in no order.
    /// - Complexity: O((1 + *k*) log² *m*) comparisons for *k* marks that are found.
    func marks(
        from first: LocalVersion, to last: LocalVersion, before version: LocalVersion, precedes: Order
    ) -> [Int] {
        var found: [Int] = []
        for entries in levels {
            var open = [0..<entries.count]
            while let range = open.popLast() {
                guard !range.isEmpty else { continue }
                let top = (range.lowerBound + range.upperBound) / 2, entry = entries[top]
                guard entry.firstVersion < version, !entry.lastEnd.isBefore(first, precedes) else { continue }
                open.append(range.lowerBound..<top)
                guard entry.start.version == last || entry.start.isBefore(last, precedes) else { continue }
                open.append(top + 1..<range.upperBound)
                if entry.version < version, !entry.end.isBefore(first, precedes),
                    !leftOut.contains(entry.mark)
                {
                    found.append(entry.mark)
                }
            }
        }
        return found
    }

    /// The last end of what begins before a scalar.
    /// - Complexity: O(log² *m*) comparisons.
    func lastEnd(ofWhatBeginsBefore scalar: LocalVersion, precedes: Order) -> Border? {
        var last: Border?
        func reach(_ end: Border) {
            if last?.isBefore(end, precedes) ?? true { last = end }
        }
        for entries in levels {
            var range = 0..<entries.count
            while !range.isEmpty {
                let top = (range.lowerBound + range.upperBound) / 2, left = range.lowerBound..<top
                guard entries[top].start.isBefore(scalar, precedes) else {
                    range = left
                    continue
                }
                reach(entries[top].end)
                if !left.isEmpty { reach(entries[(left.lowerBound + left.upperBound) / 2].lastEnd) }
                range = top + 1..<range.upperBound
            }
        }
        return last
    }

    /// Leaves out a mark over which a later one with the same ends and key lies.
    mutating func leaveOut(_ mark: Int) { leftOut.insert(mark) }
}
