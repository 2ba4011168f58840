import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// Events of a list for another replica: a batch of events, what they did by columns, and what was inserted.
/// - Source: `Docs/Spec/Lists.md`, "An update".
struct ListUpdate {
    var batch: EventBatch
    var operations: [SequenceColumns.Operation]
    /// What the operations insert and set, one after the other.
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
            operations = try SequenceColumns.read(&reader, eventCount: batch.count, kinds: .list)
            var reached = 0, units = 0
            for item in operations {
                // A list's events are its operations: none is missing.
                guard item.number == reached else { throw ByteError.notCanonical(at: reader.offset) }
                reached = item.end
                if item.operation.kind.bringsValues { units += item.operation.count }
            }
            guard reached == batch.count else { throw ByteError.notCanonical(at: reader.offset) }
            values = try ListFormat.read(&reader, count: units)
        } catch { throw .malformed }
    }
}
