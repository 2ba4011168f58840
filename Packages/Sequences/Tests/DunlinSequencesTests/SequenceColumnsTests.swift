import DunlinCausality
import DunlinEncoding
import DunlinSequences
import Testing

@Suite struct SequenceColumnsTests {
    private static func read(_ operation: SequenceOperation) throws -> [SequenceOperation] {
        var writer = ByteWriter()
        SequenceColumns.write([SequenceColumns.Operation(number: 0, operation: operation)], &writer)
        var reader = ByteReader(writer.bytes)
        return try SequenceColumns.read(&reader, eventCount: operation.count, kinds: .list).map(\.operation)
    }

    /// Whoever has the beginning of an operation is sent the rest of it, as an operation of its own.
    @Test(arguments: SequenceOperation.Kind.allCases.filter { $0 != .move })
    func `each part of an operation at the limit can be read by others`(
        kind: SequenceOperation.Kind
    ) throws {
        let limit = 1 << 40, count = 10
        let whole = SequenceOperation(kind, at: kind.bringsValues ? limit - count + 1 : limit, count: count)
        #expect(try Self.read(whole) == [whole])
        for start in 1..<count {
            let part = SequenceOperation(kind, at: whole.position(ofUnit: start), count: count - start)
            #expect(try Self.read(part) == [part])
        }
    }

    @Test func `moves go where they were made to go, up to the limit`() throws {
        for (from, to) in [(0, 0), (3, 1 << 40), (1 << 40, 7)] {
            let move = SequenceOperation(moving: from, to: to)
            #expect(try Self.read(move) == [move])
        }
        #expect(throws: ByteError.self) { try Self.read(SequenceOperation(moving: 3, to: (1 << 40) + 1)) }
    }

    @Test func `an insertion that goes beyond the limit is refused like one that begins there`() {
        for position in [(1 << 40) - 1, 1 << 40, (1 << 40) + 1] {
            #expect(throws: ByteError.self) {
                try Self.read(SequenceOperation(.insert, at: position, count: 3))
            }
        }
    }

    @Test func `what is done at once with more units than others read is several operations`() throws {
        var state = SequenceState()
        let count = (1 << 31) + 7
        let inserts = state.record(.insert, at: 0, versions: 0..<count)
        let deletes = state.record(.deleteForward, at: 3, versions: count..<2 * count - 3)
        #expect(inserts && deletes && state.length == 3)
        var writer = ByteWriter()
        state.log.write(&writer)
        var reader = ByteReader(writer.bytes)
        let log = try SequenceLog(reading: &reader, eventCount: 2 * count - 3, kinds: .list)
        #expect(log.runs == state.log.runs && log.runs.count == 6 && log.insertedCount == count)
    }

    @Test(arguments: [SequenceOperation.Kind.deleteForward, .deleteBackward])
    func `a log with deletions that are void in part, of what was gone already, can be read`(
        kind: SequenceOperation.Kind
    ) throws {
        var graph = CausalGraph(), state = SequenceState()
        let replicas = try (1...2).map {
            try #require(ReplicaID(bytes: [UInt8](repeating: UInt8($0), count: 32)))
        }
        func add(_ operation: SequenceOperation, by writer: Int, on parents: Frontier) throws {
            let frontier = graph.frontier, sequence = graph.nextSequence(of: replicas[writer])
            let versions = try graph.append(
                replica: replicas[writer], sequence: sequence, count: operation.count, parents: parents)
            _ = state.apply(
                operation, versions: versions, parents: parents, frontier: frontier, graph: graph)
        }
        try add(SequenceOperation(.insert, at: 0, count: 2), by: 0, on: [])
        try add(SequenceOperation(.deleteForward, at: 0, count: 2), by: 0, on: [1])
        let position = kind == .deleteForward ? 0 : 3
        try add(SequenceOperation(kind, at: position, count: 4), by: 1, on: [1])
        try add(SequenceOperation(.insert, at: 0, count: 1), by: 0, on: graph.frontier)
        #expect(state.length == 1)
        var writer = ByteWriter()
        state.log.write(&writer)
        var reader = ByteReader(writer.bytes)
        let log = try SequenceLog(reading: &reader, eventCount: graph.count, kinds: .text)
        #expect(log.runs == state.log.runs && log.length(before: graph.count - 1) == 0)
    }
}
