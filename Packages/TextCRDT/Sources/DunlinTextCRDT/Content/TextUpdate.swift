import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// Events of a text for another replica: a batch of events, what they did by columns, and what was inserted.
/// - Source: `Docs/Spec/Sequences.md`, "A text alone".
struct TextUpdate {
    var batch: EventBatch
    var operations: [SequenceColumns.Operation]
    /// What the operations insert, one after the other.
    var text: InsertedText

    /// The events in `spans`, which ascend.
    static func encode(_ spans: [Range<LocalVersion>], graph: CausalGraph, content: TextContainer) -> [UInt8] {
        var writer = ByteWriter()
        EventBatch(of: graph, in: spans).write(&writer)
        let (operations, inserted) = content.log.operations(in: spans)
        SequenceColumns.write(operations, &writer)
        for units in inserted { writer.raw(content.text(ofUnits: units)) }
        return writer.bytes
    }

    /// - Throws: ``TextError/malformed``.
    init(decoding bytes: [UInt8]) throws(TextError) {
        do throws(ByteError) {
            var reader = ByteReader(bytes)
            batch = try EventBatch(reading: &reader)
            operations = try SequenceColumns.read(&reader, eventCount: batch.count)
            let inserted = try reader.raw(count: reader.remaining)
            guard inserted.span.isWellFormedUTF8 else { throw ByteError.notCanonical(at: 0) }
            text = InsertedText(inserted)
        } catch { throw .malformed }
        var reached = 0, units = 0
        for item in operations {
            // A text's events are its operations: none is missing.
            guard item.number == reached else { throw .malformed }
            reached += item.operation.count
            if item.operation.kind == .insert { units += item.operation.count }
        }
        guard reached == batch.count, units == text.unitCount else { throw .malformed }
    }
}

/// Goes through the operations of an update, cut where runs of events end.
struct TextUpdateReader {
    private let operations: [SequenceColumns.Operation]
    private let text: InsertedText
    private var index = 0
    /// The next event.
    private var number = 0
    /// Units inserted by the operations before the one at `index`.
    private var units = 0

    init(_ update: TextUpdate) {
        operations = update.operations
        text = update.text
    }

    /// Leaves out the events before one.
    mutating func skip(to number: Int) {
        while index < operations.count, operations[index].end <= number { finish() }
        self.number = number
    }

    private mutating func finish() {
        if operations[index].operation.kind == .insert { units += operations[index].operation.count }
        index += 1
    }

    /// The next operation, or the part of it that lies before an event, and where what it inserts lies in the
    /// update's text; nil when there is none.
    mutating func next(before end: Int) -> (operation: SequenceOperation, bytes: Range<Int>)? {
        guard number < end, index < operations.count else { return nil }
        let item = operations[index]
        let offset = number - item.number
        let count = min(item.end, end) - number
        number += count
        let operation =
            count == item.operation.count
            ? item.operation
            : SequenceOperation(item.operation.kind, at: item.operation.position(ofUnit: offset), count: count)
        var bytes = 0..<0
        if operation.kind == .insert {
            bytes = text.byteRange(of: units + offset..<units + offset + count)
        }
        if number == item.end { finish() }
        return (operation, bytes)
    }
}

extension SequenceColumns.Operation {
    fileprivate var end: Int { number + operation.count }
}
