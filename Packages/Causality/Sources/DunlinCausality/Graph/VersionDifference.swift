/// What one version holds and another does not, found by walking down from both until all that is left is in
/// both.
///
/// Keeps its memory, for those who ask often; ``CausalGraph/difference(_:_:)`` asks once.
/// - Source: Gentle and Kleppmann 2024, section 3.2.
public struct VersionDifference: Sendable {
    private static let both: UInt8 = 3

    private var walk = VersionWalk()
    /// Marks that are not yet known to be in both pasts.
    private var open = 0
    /// The run that was looked for last: versions that are compared by turns are close to each other.
    private var near = 0
    private var descendingA: [Range<LocalVersion>] = []
    private var descendingB: [Range<LocalVersion>] = []

    /// Nothing found yet.
    public init() {}

    /// The events in the past of the first version alone, as ascending spans.
    public var onlyA: [Range<LocalVersion>] { descendingA.reversed() }
    /// The events in the past of the second version alone, as ascending spans.
    public var onlyB: [Range<LocalVersion>] { descendingB.reversed() }

    /// Calls `body` with the spans of the first version alone, the newest first.
    public func forEachOnlyA(_ body: (Range<LocalVersion>) -> Void) { for span in descendingA { body(span) } }
    /// Calls `body` with the spans of the second version alone, the oldest first.
    public func forEachOnlyB(_ body: (Range<LocalVersion>) -> Void) {
        for span in descendingB.reversed() { body(span) }
    }

    /// Compares two versions of a graph.
    /// - Complexity: as ``CausalGraph/difference(_:_:)``.
    public mutating func find(_ a: Frontier, _ b: Frontier, in graph: CausalGraph) {
        // Emptying an array costs more than asking whether it is empty.
        if !descendingA.isEmpty { descendingA.removeAll(keepingCapacity: true) }
        if !descendingB.isEmpty { descendingB.removeAll(keepingCapacity: true) }
        walk.removeAll()
        open = 0
        if a == b { return }
        walk.makeRoom(for: a.count + b.count)
        for version in a { push(version, run(of: version, in: graph), 1) }
        for version in b { push(version, run(of: version, in: graph), 2) }
        var walk = VersionWalk()
        swap(&walk, &self.walk)
        while let wanted = walk.withMarks({ goDown(&$0, &$1, in: graph) }) { walk.makeRoom(for: wanted) }
        swap(&walk, &self.walk)
    }

    /// Goes on until all marks are in both pasts.
    /// - Returns: nil at the end; else for how many marks more there has to be room.
    private mutating func goDown(
        _ marks: inout MutableSpan<VersionWalk.Mark>, _ count: inout Int, in graph: CausalGraph
    ) -> Int? {
        while open > 0, count > 0 {
            let top = marks[count - 1]
            let record = graph.records[top.run]
            // Within the run the chain goes down until another mark lies on it.
            let meets = count > 1 && marks[count - 2].run == top.run
            let wanted = meets ? 1 : record.parentCount
            if marks.count - count + 1 < wanted { return wanted }
            count -= 1
            if top.sides != Self.both { open -= 1 }
            if meets {
                let next = marks[count - 1]
                add(next.version + 1..<top.version + 1, top.sides)
                push(next.version, next.run, top.sides, &marks, &count)
                continue
            }
            add(record.start..<top.version + 1, top.sides)
            if record.parentRun >= 0 {
                push(record.parent, Int(record.parentRun), top.sides, &marks, &count)
                continue
            }
            for offset in 0..<record.parentCount {
                let parent = graph.parent(offset, ofRun: top.run)
                push(parent.version, parent.run, top.sides, &marks, &count)
            }
        }
        return nil
    }

    private mutating func run(of version: LocalVersion, in graph: CausalGraph) -> Int {
        near = graph.runIndex(of: version, near: near)
        return near
    }

    private mutating func push(_ version: LocalVersion, _ run: Int, _ sides: UInt8) {
        count(sides, before: walk.push(version, run, sides))
    }

    private mutating func push(
        _ version: LocalVersion, _ run: Int, _ sides: UInt8, _ marks: inout MutableSpan<VersionWalk.Mark>,
        _ count: inout Int
    ) {
        self.count(sides, before: VersionWalk.push(version, run, sides, onto: &marks, &count))
    }

    /// Counts a mark that was given sides.
    private mutating func count(_ sides: UInt8, before: UInt8) {
        let wasOpen = before == 1 || before == 2
        let isOpen = before | sides != Self.both
        if isOpen != wasOpen { open += isOpen ? 1 : -1 }
    }

    private mutating func add(_ span: Range<LocalVersion>, _ sides: UInt8) {
        if sides == 1 { Self.add(span, to: &descendingA) }
        if sides == 2 { Self.add(span, to: &descendingB) }
    }

    /// Spans come in descending order.
    private static func add(_ span: Range<LocalVersion>, to spans: inout [Range<LocalVersion>]) {
        let last = spans.count - 1
        if last >= 0, spans[last].lowerBound == span.upperBound {
            spans[last] = span.lowerBound..<spans[last].upperBound
        } else {
            spans.append(span)
        }
    }
}
