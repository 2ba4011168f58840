import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// Events of a list for another replica: a batch of events, what they did by columns, and what was inserted.
/// - Source: `Docs/Spec/Lists.md`, "An update".
struct ListUpdate {
    var batch: EventBatch
    var operations: [SequenceColumns.Operation]
    /// What the operations insert, one after the other.
    var values: [CBORValue]

    /// The events in `spans`, which ascend.
    static func encode(
        _ spans: [Range<LocalVersion>], graph: CausalGraph, content: ListContainer<CBORValue>
    ) -> [UInt8] {
        var writer = ByteWriter()
        ListFormat.writeForm(&writer)
        EventBatch(of: graph, in: spans).write(&writer)
        let (operations, inserted) = content.log.operations(in: spans)
        SequenceColumns.write(operations, &writer)
        var values: [CBORValue] = []
        for units in inserted { values += content.inserted(units) ?? [] }
        ListFormat.write(values, &writer)
        return writer.bytes
    }

    /// - Throws: ``ListError/malformed``.
    init(decoding bytes: [UInt8]) throws(ListError) {
        do throws(ByteError) {
            var reader = ByteReader(bytes)
            try ListFormat.readForm(&reader)
            batch = try EventBatch(reading: &reader)
            operations = try SequenceColumns.read(&reader, eventCount: batch.count)
            var reached = 0, units = 0
            for item in operations {
                // A list's events are its operations: none is missing.
                guard item.number == reached else { throw ByteError.notCanonical(at: reader.offset) }
                reached = item.end
                if item.operation.kind == .insert { units += item.operation.count }
            }
            guard reached == batch.count else { throw ByteError.notCanonical(at: reader.offset) }
            values = try ListFormat.read(&reader, count: units)
        } catch { throw .malformed }
    }
}

/// Goes through the operations of an update, cut where runs of events end.
struct ListUpdateReader {
    private let operations: [SequenceColumns.Operation]
    private var index = 0
    /// The next event.
    private var number = 0
    /// Units inserted by the operations before the one at `index`.
    private var units = 0

    init(_ update: ListUpdate) { operations = update.operations }

    /// Leaves out the events before one.
    mutating func skip(to number: Int) {
        while index < operations.count, operations[index].end <= number { finish() }
        self.number = number
    }

    private mutating func finish() {
        if operations[index].operation.kind == .insert { units += operations[index].operation.count }
        index += 1
    }

    /// The next operation, or the part of it that lies before an event, and which of the update's values it
    /// inserts; nil when there is none.
    mutating func next(before end: Int) -> (operation: SequenceOperation, values: Range<Int>)? {
        guard number < end, index < operations.count else { return nil }
        let item = operations[index]
        let offset = number - item.number
        let count = min(item.end, end) - number
        number += count
        let operation =
            count == item.operation.count
            ? item.operation
            : SequenceOperation(
                item.operation.kind, at: item.operation.position(ofUnit: offset), count: count)
        let values = operation.kind == .insert ? units + offset..<units + offset + count : units..<units
        if number == item.end { finish() }
        return (operation, values)
    }
}

extension SequenceColumns.Operation {
    fileprivate var end: Int { number + operation.count }
}
