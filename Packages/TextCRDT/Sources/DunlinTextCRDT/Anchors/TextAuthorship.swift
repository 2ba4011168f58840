import DunlinCausality
import DunlinSequences

/// Who wrote a run of scalars: one replica, by events with consecutive numbers.
public struct TextAuthorship: Hashable, Sendable {
    /// The scalars.
    public var range: Range<Int>
    /// The event that inserted the first of them; each next scalar's has the next number.
    public var first: EventID
    /// Lamport time of that event.
    public var lamport: UInt64

    fileprivate func continues(into next: TextAuthorship) -> Bool {
        range.upperBound == next.range.lowerBound && first.replica == next.first.replica
            && first.sequence + UInt64(range.count) == next.first.sequence
    }
}

extension TextContainer {
    /// Who wrote a range of scalars, in runs; the range is clamped to the text.
    ///
    /// The first call replays the history into an index that the text keeps from then on.
    /// - Complexity: O(log *n*) for each run, once the index is made.
    public mutating func authorship(of range: Range<Int>, graph: CausalGraph) -> [TextAuthorship] {
        updateIndex(graph: graph)
        var result: [TextAuthorship] = []
        let range = range.clamped(to: 0..<count)
        var position = range.lowerBound
        while position < range.upperBound, let (version, count) = insertion(at: position) {
            // Events that follow one another here may be of several replicas.
            let run = graph.versions(ofRun: graph.runIndex(of: version))
            let length = min(count, range.upperBound - position, run.upperBound - version)
            let authorship = TextAuthorship(
                range: position..<position + length, first: graph.event(at: version),
                lamport: graph.lamport(at: version))
            position += length
            if let last = result.last, last.continues(into: authorship) {
                result[result.count - 1].range = last.range.lowerBound..<position
            } else {
                result.append(authorship)
            }
        }
        return result
    }
}
