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
        return content.anchor(at: position, side: side, graph: graph)
    }

    /// Where an anchor is now, in scalars; nil when what it names has not arrived here, or was deleted before
    /// the version that ``forgetHistory(before:)`` was given.
    /// - Throws: as ``string(at:)``.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func position(of anchor: TextAnchor) throws(TextError) -> Int? {
        // The ends of the text need no history.
        if anchor.event != nil { try open() }
        return content.position(of: anchor, graph: graph)
    }

    /// Who wrote a range of scalars, in runs.
    /// - Throws: ``TextError/outOfRange(_:count:)``, or as ``string(at:)``.
    /// - Complexity: O(log *n*) for each run, once the index is made.
    public mutating func authorship(of range: Range<Int>) throws(TextError) -> [TextAuthorship] {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        try open()
        return content.authorship(of: range, graph: graph)
    }
}
