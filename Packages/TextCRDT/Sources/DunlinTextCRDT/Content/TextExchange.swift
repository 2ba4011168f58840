import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// The encoding of a text document's events for another replica.
///
/// A table of replicas, then spans in causal order: replica, number of the first event, parents as events,
/// operation, and for insertions the text.
enum TextExchange {
    struct Span {
        var replica: ReplicaID
        var sequence: UInt64
        var parents: [EventID]
        var operation: TextOperation

        /// The span without its first `count` units.
        func dropFirst(_ count: Int) -> Span {
            let old = operation.operation
            let text = String(decoding: operation.inserted, as: UTF8.self).unicodeScalars.dropFirst(count)
            let rest = SequenceOperation(
                old.kind, at: old.position(ofUnit: count), count: old.count - count)
            return Span(
                replica: replica, sequence: sequence + UInt64(count),
                parents: [EventID(replica: replica, sequence: sequence + UInt64(count) - 1)],
                operation: TextOperation(
                    operation: rest, inserted: Array(String(String.UnicodeScalarView(text)).utf8)))
        }
    }

    static func encode(
        graph: CausalGraph, content: TextContainer, from version: VersionVector, to frontier: Frontier
    ) -> [UInt8] {
        let replicas = graph.replicas
        let index = Dictionary(
            replicas.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var writer = ByteWriter()
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.raw(replica.bytes) }
        var body = ByteWriter()
        var spans: UInt64 = 0
        let known = graph.frontier(of: version)
        for span in graph.difference(frontier, known).onlyA {
            for (versions, operation) in content.operations(in: span) {
                var first = versions.lowerBound
                while first < versions.upperBound {
                    let run = graph.runs[graph.runIndex(of: first)]
                    let end = min(run.versions.upperBound, versions.upperBound)
                    let part = Self.part(operation, first - versions.lowerBound..<end - versions.lowerBound)
                    write(part, at: first, graph: graph, index: index, &body)
                    spans += 1
                    first = end
                }
            }
        }
        writer.varint(spans)
        writer.raw(body.bytes)
        return writer.bytes
    }

    private static func part(_ operation: TextOperation, _ units: Range<Int>) -> TextOperation {
        if units == 0..<operation.operation.count { return operation }
        let text = String(decoding: operation.inserted, as: UTF8.self).unicodeScalars
            .dropFirst(units.lowerBound).prefix(units.count)
        return TextOperation(
            operation: SequenceOperation(
                operation.operation.kind, at: operation.operation.position(ofUnit: units.lowerBound),
                count: units.count),
            inserted: Array(String(String.UnicodeScalarView(text)).utf8))
    }

    private static func write(
        _ operation: TextOperation, at version: LocalVersion, graph: CausalGraph, index: [ReplicaID: Int],
        _ writer: inout ByteWriter
    ) {
        let event = graph.event(at: version)
        writer.varint(UInt64(index[event.replica] ?? 0))
        writer.varint(event.sequence)
        let parents = graph.parents(of: version)
        writer.varint(UInt64(parents.count))
        for parent in parents {
            let event = graph.event(at: parent)
            writer.varint(UInt64(index[event.replica] ?? 0))
            writer.varint(event.sequence)
        }
        writer.u8(operation.operation.kind.rawValue)
        writer.varint(UInt64(operation.operation.position))
        writer.varint(UInt64(operation.operation.count))
        if operation.operation.kind == .insert { writer.sized(operation.inserted) }
    }

    static func decode(_ bytes: [UInt8]) throws(TextError) -> [Span] {
        do {
            var reader = ByteReader(bytes)
            var replicas: [ReplicaID] = []
            for _ in 0..<(try reader.count(bytesEach: 32)) {
                guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                    throw TextError.malformed
                }
                replicas.append(replica)
            }
            var spans: [Span] = []
            for _ in 0..<(try reader.count(bytesEach: 6)) { spans.append(try span(&reader, replicas)) }
            try reader.finish()
            return spans
        } catch { throw .malformed }
    }

    private static func span(_ reader: inout ByteReader, _ replicas: [ReplicaID]) throws -> Span {
        let first = try event(&reader, replicas)
        var parents: [EventID] = []
        for _ in 0..<(try reader.count(bytesEach: 2)) { parents.append(try event(&reader, replicas)) }
        guard let kind = SequenceOperation.Kind(rawValue: try reader.u8()) else { throw TextError.malformed }
        let position = try reader.varint(), count = try reader.varint()
        guard count <= 1 << 32, first.sequence <= .max - count,
            let operation = SequenceOperation(reading: kind, at: position, count: count)
        else { throw TextError.malformed }
        let inserted = kind == .insert ? try reader.sized() : []
        if kind == .insert {
            guard let text = String(validating: inserted, as: UTF8.self),
                text.unicodeScalars.count == Int(count)
            else { throw TextError.malformed }
        }
        return Span(
            replica: first.replica, sequence: first.sequence, parents: parents,
            operation: TextOperation(operation: operation, inserted: inserted))
    }

    private static func event(_ reader: inout ByteReader, _ replicas: [ReplicaID]) throws -> EventID {
        let index = try reader.varint()
        guard index < UInt64(replicas.count) else { throw TextError.malformed }
        return EventID(replica: replicas[Int(index)], sequence: try reader.varint())
    }
}
