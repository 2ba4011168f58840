import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinSequences
import Testing

/// What others send, or a disk has spoiled, gives an error or a list, never a trap or a long wait.
@Suite struct HostileBytesTests {
    /// A list of two replicas that edited apart, with values of all kinds.
    private static func makeList() throws -> List {
        var random = SeededGenerator(seed: 3)
        var a = List(replica: .number(1)), b = List(replica: .number(2))
        let values: [CBORValue] = [
            .null, .bool(true), .text("ü"), .unsigned(7), .negative(7), .array([.null]), .bytes([1]),
        ]
        for round in 0..<3 {
            for _ in 0..<6 {
                try a.insert(
                    values[Int.random(in: 0..<7, using: &random)],
                    at: Int.random(in: 0...a.count, using: &random))
                try b.insert(contentsOf: values, at: Int.random(in: 0...b.count, using: &random))
                try b.delete(0..<2)
                try b.move(from: 1, to: 0)
                try b.set(values[round], at: 2)
                if a.count > 3 { try a.move(0..<2, to: 2) }
                try a.set(values[round + 3], at: 0)
            }
            if round == 1 { try b.merge(a.encode()) }
        }
        try a.merge(b.encode())
        return a
    }

    /// A list with an element, so that a refused merge could leave a trace.
    private static func makeReceiver() throws -> List {
        var list = List(replica: .number(9))
        try list.insert(.text("mine"), at: 0)
        return list
    }

    private static func merge(_ bytes: [UInt8]) throws {
        var list = try makeReceiver()
        let version = list.version
        do throws(ListError) {
            try list.merge(bytes)
            #expect(list.elements.count == list.count)
            // What was taken in can be handed on.
            var next = List(replica: .number(10))
            try next.merge(list.encode())
            #expect(next.elements == list.elements)
        } catch {
            #expect(list.elements == [.text("mine")] && list.version == version)
        }
    }

    @Test func `an update that is cut short is refused`() throws {
        let bytes = try Self.makeList().encode()
        for end in bytes.indices {
            var list = try Self.makeReceiver()
            #expect(throws: ListError.malformed) { try list.merge(Array(bytes[..<end])) }
            #expect(list.count == 1)
        }
        var list = try Self.makeReceiver()
        #expect(throws: ListError.malformed) { try list.merge(bytes + [0]) }
    }

    @Test func `an update with any bit flipped, or random bytes in it, is refused or taken in`() throws {
        let bytes = try Self.makeList().encode()
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            try Self.merge(changed)
        }
        var random = SeededGenerator(seed: 5)
        for _ in 0..<4_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 32..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            try Self.merge(changed)
        }
    }

    /// An update of one replica, written by hand.
    private static func update(
        events: UInt64, operations: [SequenceColumns.Operation], values: [UInt8], parents: [UInt64] = []
    ) -> [UInt8] {
        var columns = ByteWriter()
        SequenceColumns.write(operations, &columns)
        return update(events: events, columns: columns.bytes, values: values, parents: parents)
    }

    private static func update(
        events: UInt64, columns: [UInt8], values: [UInt8], parents: [UInt64] = []
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(0)
        writer.varint(1)
        writer.raw([UInt8](repeating: 1, count: 32))
        // One run of this writer, its events, no gap, its parents.
        for number in [1, 0, events, 0, UInt64(parents.count / 2)] + parents { writer.varint(number) }
        writer.raw(columns)
        writer.raw(values)
        return writer.bytes
    }

    private static func insertion(at position: Int, _ count: Int) -> SequenceColumns.Operation {
        SequenceColumns.Operation(
            number: 0, operation: SequenceOperation(.insert, at: position, count: count))
    }

    @Test func `a hand-written update is what the others are compared with`() throws {
        var list = try Self.makeReceiver()
        try list.merge(Self.update(events: 2, operations: [Self.insertion(at: 0, 2)], values: [2, 0]))
        #expect(Set(list.elements) == [.null, .text("mine")] && list.count == 3)
    }

    @Test func `parents that nobody has heard of are missing events`() throws {
        // An event of the writer itself, to come later than these.
        let bytes = Self.update(
            events: 2, operations: [Self.insertion(at: 0, 2)], values: [2, 0], parents: [1, 1 << 40])
        var list = try Self.makeReceiver()
        #expect(throws: ListError.missingEvents) { try list.merge(bytes) }
        #expect(list.elements == [.text("mine")])
    }

    @Test(arguments: [UInt64(1) << 20 + 1, 1 << 30, 1 << 32, 1 << 47])
    func `few bytes cannot ask for room for many values`(count: UInt64) throws {
        var nulls = ByteWriter()
        nulls.varint(count)
        nulls.u8(0)
        // Insertions and settings, at 0.
        for kind: UInt64 in [0, 3] {
            var columns = ByteWriter()
            for number in [1, count << 3 | kind, 0] { columns.varint(number) }
            if kind == 3 { columns.varint(0) }
            let bytes = Self.update(events: count, columns: columns.bytes, values: nulls.bytes)
            var list = try Self.makeReceiver()
            #expect(throws: ListError.malformed) { try list.merge(bytes) }
        }
    }

    @Test func `many values without bytes of their own are sent, saved and opened all the same`() throws {
        let count = 1 << 20 + 5
        var list = List(replica: .number(1)), other = List(replica: .number(2))
        try list.insert(contentsOf: [CBORValue](repeating: .bool(true), count: count), at: 0)
        let update = try list.encode()
        try other.merge(update)
        #expect(other.count == count && other[count - 1] == .bool(true))
        #expect(throws: ListError.malformed) { try other.merge(update + [0]) }
        #expect(throws: ListError.malformed) { try other.merge(update.dropLast() + [1]) }
        var opened = try ListWorld.reopened(list, replica: .number(3))
        try opened.insert(.null, at: count)
        #expect(opened.count == count + 1)
    }

    /// An update of one operation, which inserts nulls if anything.
    private static func update(of operation: SequenceOperation) -> [UInt8] {
        update(
            events: UInt64(operation.count),
            operations: [SequenceColumns.Operation(number: 0, operation: operation)],
            values: operation.kind == .insert ? [UInt8(operation.count), 0] : [])
    }

    @Test func `units beyond the end are void, up to the greatest positions and counts`() throws {
        let cases: [(kind: SequenceOperation.Kind, position: Int, count: Int)] = [
            (.insert, 5, 2), (.insert, 1 << 40, 1), (.deleteForward, 5, 2), (.deleteForward, 0, 1 << 30),
            (.deleteForward, 1 << 40, 1 << 30), (.deleteBackward, 1 << 40, 1 << 30), (.deleteBackward, 7, 8),
        ]
        for item in cases {
            let operation = SequenceOperation(item.kind, at: item.position, count: item.count)
            let bytes = Self.update(of: operation)
            var list = List(replica: .number(9))
            try list.merge(bytes)
            #expect(list.isEmpty, "\(operation)")
            try list.insert(.null, at: 0)
            #expect(try list.elements(at: list.version) == [.null], "\(operation)")
        }
    }

    @Test func `positions and counts beyond the limits are refused`() throws {
        let cases: [(kind: SequenceOperation.Kind, position: Int, count: Int)] = [
            (.insert, 1 << 40, 2), (.insert, (1 << 40) + 1, 1), (.deleteForward, 0, (1 << 30) + 1),
            (.deleteForward, (1 << 40) + 1, 1), (.deleteForward, 1 << 40, 1 << 31),
            (.set, 1 << 40, 2), (.set, (1 << 40) + 1, 1),
            (.deleteBackward, (1 << 40) + 1, 1), (.deleteBackward, 1 << 35, (1 << 30) + 1),
        ]
        for item in cases {
            let operation = SequenceOperation(item.kind, at: item.position, count: item.count)
            let bytes = Self.update(of: operation)
            var list = List(replica: .number(9))
            #expect(throws: ListError.malformed, "\(operation)") { try list.merge(bytes) }
        }
        for move in [
            SequenceOperation(moving: 0, to: (1 << 40) + 1), SequenceOperation(moving: (1 << 40) + 1, to: 0),
        ] {
            let operations = [SequenceColumns.Operation(number: 0, operation: move)]
            var list = try Self.makeReceiver()
            #expect(throws: ListError.malformed) {
                try list.merge(Self.update(events: 1, operations: operations, values: []))
            }
        }
        // More than one unit goes nowhere together.
        var columns = ByteWriter()
        for number: UInt64 in [1, 2 << 3 | 3, 0, 1] { columns.varint(number) }
        var list = try Self.makeReceiver()
        #expect(throws: ListError.malformed) {
            try list.merge(Self.update(events: 2, columns: columns.bytes, values: [2, 0]))
        }
    }

    @Test func `events without an operation, and operations without an event, are refused`() throws {
        let gap = SequenceColumns.Operation(number: 1, operation: SequenceOperation(.insert, at: 0, count: 1))
        for bytes in [
            Self.update(events: 2, operations: [Self.insertion(at: 0, 1)], values: [1, 0]),
            Self.update(events: 2, operations: [gap], values: [1, 0]),
            Self.update(events: 1, operations: [Self.insertion(at: 0, 2)], values: [2, 0]),
            Self.update(events: 1, operations: [Self.insertion(at: 0, 1)], values: [2, 0]),
            Self.update(events: 1, operations: [Self.insertion(at: 0, 1)], values: []),
        ] {
            var list = try Self.makeReceiver()
            #expect(throws: ListError.malformed) { try list.merge(bytes) }
        }
    }

    @Test func `a form that a later version writes is refused`() throws {
        var bytes = try Self.makeList().encode()
        bytes[0] = 1
        var list = try Self.makeReceiver()
        #expect(throws: ListError.malformed) { try list.merge(bytes) }
    }
}
