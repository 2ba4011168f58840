import DunlinCausality

extension Text {
    /// A place that stays with the scalar behind (`before`) or before it (`after`).
    ///
    /// The first call replays the history into an index that the text keeps from then on.
    /// - Throws: ``TextError/outOfRange(_:count:)``, or as ``string(at:)``.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func anchor(at position: Int, side: TextAnchor.Side) throws(TextError) -> TextAnchor {
        guard position >= 0, position <= count else { throw .outOfRange(position..<position, count: count) }
        try open()
        content.updateIndex(graph: graph)
        let neighbour = side == .before ? position : position - 1
        guard let version = content.insertion(at: neighbour)?.version else {
            return side == .before ? .end : .start
        }
        return TextAnchor(event: graph.event(at: version), side: side)
    }

    /// Where an anchor is now, in scalars; nil when what it names has not arrived here.
    /// - Throws: as ``string(at:)``.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func position(of anchor: TextAnchor) throws(TextError) -> Int? {
        guard let event = anchor.event else { return anchor.side == .after ? 0 : count }
        try open()
        content.updateIndex(graph: graph)
        guard let version = graph.localVersion(of: event), let place = content.place(of: version) else {
            return nil
        }
        return place.position + (anchor.side == .after && place.deletions == 0 ? 1 : 0)
    }

    /// Who wrote a range of scalars, in runs.
    /// - Throws: ``TextError/outOfRange(_:count:)``, or as ``string(at:)``.
    /// - Complexity: O(log *n*) for each run, once the index is made.
    public mutating func authorship(of range: Range<Int>) throws(TextError) -> [TextAuthorship] {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        try open()
        content.updateIndex(graph: graph)
        var result: [TextAuthorship] = []
        var position = range.lowerBound
        while position < range.upperBound, let (version, count) = content.insertion(at: position) {
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
