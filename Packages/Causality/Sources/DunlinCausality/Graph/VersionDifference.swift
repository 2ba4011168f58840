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
    /// - Complexity: O(*d*) in the runs between the two versions and their meeting point, times the branches.
    public mutating func find(_ a: Frontier, _ b: Frontier, in graph: CausalGraph) {
        // Emptying an array costs more than asking whether it is empty.
        if walk.count > 0 { walk.removeAll() }
        if !descendingA.isEmpty { descendingA.removeAll(keepingCapacity: true) }
        if !descendingB.isEmpty { descendingB.removeAll(keepingCapacity: true) }
        open = 0
        if a == b { return }
        for version in a { push(version, run(of: version, in: graph), 1) }
        for version in b { push(version, run(of: version, in: graph), 2) }
        while open > 0, let top = walk.pop() {
            if top.sides != Self.both { open -= 1 }
            // Within the run the chain goes down until another mark lies on it.
            if let next = walk.top, next.run == top.run {
                record(next.version + 1..<top.version + 1, top.sides)
                push(next.version, next.run, top.sides)
                continue
            }
            record(graph.records[top.run].start..<top.version + 1, top.sides)
            if graph.records[top.run].parentRun >= 0 {
                push(graph.records[top.run].parent, Int(graph.records[top.run].parentRun), top.sides)
                continue
            }
            for offset in 0..<graph.records[top.run].parentCount {
                let parent = graph.parent(offset, ofRun: top.run)
                push(parent.version, parent.run, top.sides)
            }
        }
    }

    private mutating func run(of version: LocalVersion, in graph: CausalGraph) -> Int {
        near = graph.runIndex(of: version, near: near)
        return near
    }

    private mutating func push(_ version: LocalVersion, _ run: Int, _ sides: UInt8) {
        let before = walk.push(version, run, sides)
        let wasOpen = before == 1 || before == 2
        let isOpen = before | sides != Self.both
        if isOpen != wasOpen { open += isOpen ? 1 : -1 }
    }

    private mutating func record(_ span: Range<LocalVersion>, _ sides: UInt8) {
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
