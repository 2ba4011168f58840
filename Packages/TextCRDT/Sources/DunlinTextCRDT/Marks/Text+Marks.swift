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
    /// - Throws: ``TextError/outOfRange(_:count:)``, or as ``string(at:)``.
    /// - Source: Litt, Lim, Kleppmann and van Hardenberg 2022, "Peritext".
    public mutating func mark(
        _ range: Range<Int>, _ key: UTF8String, _ value: CBORValue?, expansion: MarkExpansion = .after
    ) throws(TextError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        // An end that takes in what is typed there holds on to the scalar beyond it.
        let start = try anchor(
            at: range.lowerBound, side: expansion == .before || expansion == .both ? .after : .before)
        let end = try anchor(
            at: range.upperBound, side: expansion == .after || expansion == .both ? .before : .after)
        guard let versions = append(1) else { throw .malformed }
        marks.append(
            TextMark(version: versions.lowerBound, start: start, end: end, key: key, value: value))
    }

    /// The text in runs of equal attributes, from its beginning to its end.
    /// - Throws: as ``string(at:)``.
    /// - Complexity: O(*m* log *m*) in the marks ever made, and their overlaps.
    public mutating func attributedRuns() throws(TextError) -> [AttributedRun] {
        var spans: [(range: Range<Int>, mark: Int)] = []
        try open()
        for (index, mark) in marks.enumerated() {
            guard let start = try position(of: mark.start), let end = try position(of: mark.end), start < end
            else { continue }
            spans.append((start..<end, index))
        }
        var borders: Set<Int> = [0, count]
        for span in spans { borders.formUnion([span.range.lowerBound, span.range.upperBound]) }
        let places = borders.sorted()
        spans.sort { $0.range.lowerBound < $1.range.lowerBound }
        var runs: [AttributedRun] = []
        var active: [(range: Range<Int>, mark: Int)] = []
        var next = 0
        for (start, end) in zip(places, places.dropFirst()) {
            active.removeAll { $0.range.upperBound <= start }
            while next < spans.count, spans[next].range.lowerBound <= start {
                active.append(spans[next])
                next += 1
            }
            let attributes = self.attributes(of: active.map(\.mark))
            if let last = runs.last, last.attributes == attributes {
                runs[runs.count - 1].range = last.range.lowerBound..<end
            } else {
                runs.append(AttributedRun(range: start..<end, attributes: attributes))
            }
        }
        return runs
    }

    /// What marks that overlap say together.
    private func attributes(of active: [Int]) -> [UTF8String: CBORValue] {
        var winners: [UTF8String: Int] = [:]
        for index in active {
            if let other = winners[marks[index].key], !precedes(marks[other], marks[index]) { continue }
            winners[marks[index].key] = index
        }
        return winners.compactMapValues { marks[$0].value }
    }

    private func precedes(_ a: TextMark, _ b: TextMark) -> Bool {
        (graph.lamport(at: a.version), graph.event(at: a.version).replica)
            < (graph.lamport(at: b.version), graph.event(at: b.version).replica)
    }
}
