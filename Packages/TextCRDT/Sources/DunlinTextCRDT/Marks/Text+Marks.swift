import DunlinCausality
import DunlinEncoding

extension Text {
    /// Gives a range of scalars an attribute: bold, a link, a comment.
    ///
    /// Where marks of one key overlap, the one with the greatest (Lamport time, replica) says the value, so
    /// all replicas agree about concurrent ones. Marks of different keys do not touch each other.
    /// - Parameters:
    ///   - value: any value; nil takes the attribute away.
    ///   - expansion: at which ends text that is typed there becomes a part of it.
    /// - Throws: ``TextError/outOfRange(_:count:)``; ``TextError/keyTooLong(byteCount:limit:)``;
    ///   ``TextError/badValue(_:)``; ``TextError/numbersUsedUp``; or as ``string(at:)``.
    /// - Complexity: O(log *n*) once the index is made, which the first mark, anchor or question about
    ///   authors does by a replay of the history.
    /// - Source: Litt, Lim, Kleppmann and van Hardenberg 2022, "Peritext".
    public mutating func mark(
        _ range: Range<Int>, _ key: UTF8String, _ value: CBORValue?, expansion: MarkExpansion = .after
    ) throws(TextError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        // What is beyond the limits would make the text unreadable for everybody, its own saved history too.
        guard key.utf8Count <= TextMark.longestKey else {
            throw .keyTooLong(byteCount: key.utf8Count, limit: TextMark.longestKey)
        }
        let readable: CBORValue?
        do throws(CBORError) { readable = try TextMark.readable(value) } catch { throw .badValue(error) }
        try open()
        let ends = content.anchors(around: range, expansion: expansion, graph: graph)
        guard let versions = append(1) else { throw .numbersUsedUp }
        content.add(
            TextMark(
                version: versions.lowerBound, start: ends.start, end: ends.end, key: key, value: readable))
    }

    /// The text in runs of equal attributes, from its beginning to its end. Of a text that was loaded they
    /// are known without its history.
    /// - Complexity: O(*m* log *m*) in the marks ever made, and the attributes of all runs; the first time
    ///   also O(*n* log *n*) in the history, which is replayed into an index.
    public mutating func attributedRuns() -> [AttributedRun] {
        if let sealed { return AttributedRun.runs(of: sealed.attributes, count: count) }
        return content.attributedRuns(graph: graph)
    }
}
