import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// Events of a text for another replica: a batch of events, what they did by columns, and what was inserted.
/// - Source: `Docs/Spec/Sequences.md`, "A text alone".
struct TextUpdate {
    var batch: EventBatch
    var operations: [SequenceColumns.Operation]
    /// Their versions are numbers of the batch.
    var marks: [TextMark]
    /// What the operations insert, one after the other.
    var text: InsertedText

    /// The events in `spans`, which ascend.
    static func encode(
        _ spans: [Range<LocalVersion>], graph: CausalGraph, content: TextContainer, marks: [TextMark]
    ) -> [UInt8] {
        var writer = ByteWriter()
        var batch = EventBatch(of: graph, in: spans)
        let numbered = numbered(marks, in: spans)
        include(numbered, in: &batch)
        batch.write(&writer)
        let (operations, inserted) = content.log.operations(in: spans)
        SequenceColumns.write(operations, &writer)
        write(numbered, batch, &writer)
        for units in inserted { writer.raw(content.text(ofUnits: units)) }
        return writer.bytes
    }

    /// Has a batch name the replicas that marks hold on to.
    static func include(_ marks: [TextMark], in batch: inout EventBatch) {
        for mark in marks {
            for case let event? in [mark.start.event, mark.end.event] { batch.include(event.replica) }
        }
    }

    static func write(_ marks: [TextMark], _ batch: EventBatch, _ writer: inout ByteWriter) {
        writer.varint(UInt64(marks.count))
        var previous = -1
        for mark in marks {
            mark.write(&writer, after: previous, batch: batch)
            previous = mark.version
        }
    }

    static func readMarks(
        _ reader: inout ByteReader, _ replicas: [ReplicaID], eventCount: Int
    ) throws(ByteError) -> [TextMark] {
        var marks: [TextMark] = []
        // A distance, a head and a key.
        for _ in 0..<(try reader.count(bytesEach: 3)) {
            marks.append(
                try TextMark(
                    reading: &reader, after: marks.last?.version ?? -1, eventCount: eventCount, replicas))
        }
        return marks
    }

    /// The marks whose events are in `spans`, with their numbers in a batch of the spans.
    private static func numbered(_ marks: [TextMark], in spans: [Range<LocalVersion>]) -> [TextMark] {
        var result: [TextMark] = []
        var index = 0, number = 0
        for span in spans {
            while index < marks.count, marks[index].version < span.upperBound {
                if marks[index].version >= span.lowerBound {
                    var mark = marks[index]
                    mark.version = number + mark.version - span.lowerBound
                    result.append(mark)
                }
                index += 1
            }
            number += span.count
        }
        return result
    }

    /// - Throws: ``TextError/malformed``.
    init(decoding bytes: [UInt8]) throws(TextError) {
        do throws(ByteError) {
            var reader = ByteReader(bytes)
            batch = try EventBatch(reading: &reader)
            operations = try SequenceColumns.read(&reader, eventCount: batch.count, kinds: .text)
            marks = try Self.readMarks(&reader, batch.replicas, eventCount: batch.count)
            let inserted = try reader.raw(count: reader.remaining)
            guard inserted.span.isWellFormedUTF8 else { throw ByteError.notCanonical(at: 0) }
            text = InsertedText(inserted)
        } catch { throw .malformed }
        guard Self.isWhole(operations, marks, count: batch.count),
            operations.reduce(0, { $0 + ($1.operation.kind == .insert ? $1.operation.count : 0) })
                == text.unitCount
        else { throw .malformed }
    }

    /// The marks that are events of a range.
    /// - Complexity: O(log *n*), and the marks in the range.
    func marks(in events: Range<Int>) -> ArraySlice<TextMark> {
        if marks.isEmpty { return [] }
        func firstMark(from number: Int) -> Int {
            var low = 0, high = marks.count
            while low < high {
                let middle = (low + high) / 2
                if marks[middle].version < number { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return marks[firstMark(from: events.lowerBound)..<firstMark(from: events.upperBound)]
    }

    /// Whether every event is an operation's or a mark's, and of one alone.
    static func isWhole(_ operations: [SequenceColumns.Operation], _ marks: [TextMark], count: Int) -> Bool {
        var reached = 0, mark = 0
        for item in operations {
            while reached < item.number, mark < marks.count, marks[mark].version == reached {
                reached += 1
                mark += 1
            }
            guard item.number == reached else { return false }
            reached += item.operation.count
        }
        while mark < marks.count, marks[mark].version == reached {
            reached += 1
            mark += 1
        }
        return mark == marks.count && reached == count
    }
}
