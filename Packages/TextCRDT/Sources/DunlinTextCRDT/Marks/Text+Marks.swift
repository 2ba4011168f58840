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
    /// - Throws: ``TextError/outOfRange(_:count:)``; ``TextError/malformed`` for a key of more than 65,536
    ///   bytes or a value that nobody could read; or as ``string(at:)``.
    /// - Source: Litt, Lim, Kleppmann and van Hardenberg 2022, "Peritext".
    public mutating func mark(
        _ range: Range<Int>, _ key: UTF8String, _ value: CBORValue?, expansion: MarkExpansion = .after
    ) throws(TextError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        // What is beyond the limits would make the text unreadable for everybody, its own saved history too.
        guard key.utf8Count <= TextMark.longestKey, let value = TextMark.readable(value) else {
            throw .malformed
        }
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
    /// - Complexity: O(*m* log *m*) in the marks ever made, and the attributes of all runs.
    public mutating func attributedRuns() throws(TextError) -> [AttributedRun] {
        try open()
        var spans: [UTF8String: [(range: Range<Int>, mark: Int)]] = [:]
        for (index, mark) in marks.enumerated() {
            guard let start = try position(of: mark.start), let end = try position(of: mark.end), start < end
            else { continue }
            spans[mark.key, default: []].append((start..<end, index))
        }
        // What becomes of a key at a place; nil where its attribute ends.
        var changes: [(place: Int, key: UTF8String, value: CBORValue?)] = []
        for (key, spans) in spans {
            for shown in MarkStack.shown(spans, precedes: { precedes(marks[$0], marks[$1]) }) {
                guard let value = marks[shown.mark].value else { continue }
                changes.append((shown.range.lowerBound, key, value))
                changes.append((shown.range.upperBound, key, nil))
            }
        }
        // Of one key an end comes before what begins at the same place.
        changes.sort { ($0.place, $0.value == nil ? 0 : 1) < ($1.place, $1.value == nil ? 0 : 1) }
        var runs: [AttributedRun] = []
        var attributes: [UTF8String: CBORValue] = [:]
        var reached = 0
        func add(upTo end: Int) {
            guard end > reached else { return }
            if let last = runs.last, last.attributes == attributes {
                runs[runs.count - 1].range = last.range.lowerBound..<end
            } else {
                runs.append(AttributedRun(range: reached..<end, attributes: attributes))
            }
            reached = end
        }
        for change in changes {
            add(upTo: change.place)
            attributes[change.key] = change.value
        }
        add(upTo: count)
        return runs
    }

    /// Whether `b` says the value where both marks lie.
    func precedes(_ a: TextMark, _ b: TextMark) -> Bool {
        (graph.lamport(at: a.version), graph.event(at: a.version).replica)
            < (graph.lamport(at: b.version), graph.event(at: b.version).replica)
    }
}
