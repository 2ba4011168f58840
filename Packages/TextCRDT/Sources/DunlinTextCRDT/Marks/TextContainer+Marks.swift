import DunlinCausality
import DunlinEncoding

extension TextContainer {
    /// Whether anybody ever marked something here.
    public var hasMarks: Bool { !marks.isEmpty }

    /// The replicas that marks hold on to, sorted.
    public var markReplicas: [ReplicaID] {
        Set(marks.flatMap { [$0.start.event?.replica, $0.end.event?.replica] }.compactMap(\.self)).sorted()
    }

    /// The anchors of a mark over a range of scalars, which lie in the text.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func anchors(
        around range: Range<Int>, expansion: MarkExpansion, graph: CausalGraph
    ) -> (start: TextAnchor, end: TextAnchor) {
        // An end that takes in what is typed there holds on to the scalar beyond it.
        let before = expansion == .before || expansion == .both
        let after = expansion == .after || expansion == .both
        return (
            anchor(at: range.lowerBound, side: before ? .after : .before, graph: graph),
            anchor(at: range.upperBound, side: after ? .before : .after, graph: graph)
        )
    }

    /// Adds a mark that was made here, an event later than those of all marks so far.
    mutating func add(_ mark: TextMark) { marks.append(mark) }

    /// Adds a mark that anybody may have made, an event later than those of all marks so far.
    public mutating func addForeign(_ mark: TextMark) {
        openMarks.append(marks.count)
        marks.append(mark)
        marks[marks.count - 1].standing = .open
    }

    /// Brings the index up to date when there are marks, so that what they show can be read afterwards
    /// without a replay of the history.
    /// - Complexity: O(log *n*) in the runs for each operation since the last time; O(*n* log *n*) the first,
    ///   and when a mark of somebody else ends at a scalar that is deleted now.
    public mutating func followMarks(graph: CausalGraph) {
        guard hasMarks else { return }
        updateIndex(graph: graph)
        judgeMarks(graph: graph)
    }

    // MARK: Reading

    /// What marks show: by the bytes of the keys, then by the first place.
    /// - Complexity: O(*m* log *m*) in the marks ever made, and the bytes of their values.
    public mutating func attributes(graph: CausalGraph) -> [TextAttribute] {
        judgeMarks(graph: graph)
        var spans: [UTF8String: [MarkStack.Span]] = [:]
        for (index, mark) in marks.enumerated() {
            guard let range = range(of: mark, graph: graph), !range.isEmpty else { continue }
            spans[mark.key, default: []].append((range, index))
        }
        func precedes(_ a: Int, _ b: Int) -> Bool {
            let a = marks[a].version, b = marks[b].version
            return (graph.lamport(at: a), graph.event(at: a).replica)
                < (graph.lamport(at: b), graph.event(at: b).replica)
        }
        var attributes: [TextAttribute] = []
        for (key, spans) in spans.sorted(by: { $0.key < $1.key }) {
            var places: [CBORValue: Int] = [:]
            for shown in MarkStack.shown(spans, precedes: precedes) {
                guard let value = marks[shown.mark].value else { continue }
                guard let place = places[value] else {
                    places[value] = attributes.count
                    attributes.append(TextAttribute(key: key, value: value, ranges: [shown.range]))
                    continue
                }
                attributes[place].add(shown.range)
            }
        }
        return attributes
    }

    /// The text in runs of equal attributes, from its beginning to its end.
    /// - Complexity: O(*m* log *m*) in the marks ever made, and the attributes of all runs.
    public mutating func attributedRuns(graph: CausalGraph) -> [AttributedRun] {
        AttributedRun.runs(of: attributes(graph: graph), count: count)
    }

    // MARK: Saving

    /// - Parameter places: of ``markReplicas`` in the table that ``readMarks(_:replicas:eventCount:)`` gets.
    /// - Source: `Docs/Spec/Sequences.md`, "Anchors and marks".
    public func writeMarks(_ writer: inout ByteWriter, places: [ReplicaID: Int]) {
        TextMark.write(marks, &writer, places: places)
    }

    /// Reads what ``writeMarks(_:places:)`` writes.
    /// - Parameter eventCount: events in the owner's graph.
    /// - Throws: ``ByteError`` for bytes that are none.
    public mutating func readMarks(
        _ reader: inout ByteReader, replicas: [ReplicaID], eventCount: Int
    ) throws(ByteError) {
        marks = try TextMark.read(&reader, replicas: replicas, eventCount: eventCount)
        openMarks = Array(marks.indices)
        markIndex = MarkIndex()
    }
}

extension TextAttribute {
    /// Adds a range behind all others.
    fileprivate mutating func add(_ range: Range<Int>) {
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}

extension AttributedRun {
    /// A text of so many scalars in runs of equal attributes, from its beginning to its end.
    /// - Complexity: O(*n* log *n*) in the ranges, and the attributes of all runs.
    public static func runs(of shown: [TextAttribute], count: Int) -> [AttributedRun] {
        // What becomes of a key at a place; nil where its attribute ends.
        var changes: [(place: Int, key: UTF8String, value: CBORValue?)] = []
        for attribute in shown {
            for range in attribute.ranges {
                changes.append((range.lowerBound, attribute.key, attribute.value))
                changes.append((range.upperBound, attribute.key, nil))
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
}
