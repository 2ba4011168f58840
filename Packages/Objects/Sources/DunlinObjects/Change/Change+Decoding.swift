import DunlinCausality
import DunlinEncoding
import DunlinSequences

extension Change {
    /// Reads a change; what is accepted encodes to the same bytes.
    /// - Throws: ``ObjectError/malformed`` or the cause.
    public init(decoding bytes: [UInt8]) throws(ObjectError) {
        self.init()
        do {
            var reader = ByteReader(bytes)
            guard try reader.u8() == 1 else { throw ByteError.notCanonical(at: 0) }
            var replicas: [ReplicaID] = []
            for _ in 0..<(try reader.count(bytesEach: 32)) {
                guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                    throw ByteError.notCanonical(at: reader.offset)
                }
                replicas.append(replica)
            }
            for index in 0..<(try reader.count()) {
                targets.append(try Self.readTarget(&reader, replicas: replicas, index: index))
            }
            try readOperations(&reader, replicas)
            try reader.finish()
        } catch let error as ByteError {
            throw .bytes(error)
        } catch { throw .malformed }
        guard encoded() == bytes else { throw .malformed }
    }

    private static func readTarget(
        _ reader: inout ByteReader, replicas: [ReplicaID], index: Int
    ) throws(ByteError) -> Target {
        let start = reader.offset
        switch try reader.u8() {
        case 0: return .root
        case 1:
            let parent = try reader.varint()
            guard parent < UInt64(index), let key = UTF8String(validating: try reader.sized()),
                let kind = ContainerKind(rawValue: try reader.u8())
            else { throw .notCanonical(at: start) }
            return .ensured(parent: Int(parent), key: key, kind: kind)
        case 2:
            let writer = try reader.varint(), sequence = try reader.varint()
            guard let kind = ContainerKind(rawValue: try reader.u8()), writer <= UInt64(replicas.count) else {
                throw .notCanonical(at: start)
            }
            guard writer > 0 else { return .madeByWriter(sequence: sequence, kind: kind) }
            return .made(EventID(replica: replicas[Int(writer) - 1], sequence: sequence), kind: kind)
        default: throw .notCanonical(at: start)
        }
    }

    private mutating func readOperations(
        _ reader: inout ByteReader, _ replicas: [ReplicaID]
    ) throws(ByteError) {
        let start = reader.offset
        let count = try reader.varint()
        guard count <= UInt64(Self.operationLimit) else {
            throw .tooLong(byteCount: count, limit: Self.operationLimit)
        }
        let codes = try Self.readRuns(&reader, count: Int(count), below: 16)
        let indices = try Self.readRuns(&reader, count: Int(count), below: UInt64(targets.count))
        let kinds = codes.compactMap(SequenceOperation.Kind.init(code:))
        var positions: [Int] = [], counts: [Int] = []
        var position: Int64 = 0
        for _ in kinds {
            let (next, overflow) = position.addingReportingOverflow(try reader.zigzag())
            guard !overflow, (0...(1 << 40)).contains(next) else { throw .notCanonical(at: start) }
            position = next
            positions.append(Int(next))
        }
        for kind in kinds {
            let units = try reader.varint()
            guard (1...(kind == .move ? 1 : 1 << 30)).contains(units) else {
                throw .notCanonical(at: start)
            }
            counts.append(Int(units))
        }
        var destinations: [Int] = []
        for kind in kinds {
            let destination = kind == .move ? try reader.varint() : 0
            guard destination <= 1 << 40 else { throw .notCanonical(at: start) }
            destinations.append(Int(destination))
        }
        var keys: [UTF8String] = []
        for _ in 0..<codes.count(where: { $0 < 8 || $0 > 13 }) {
            guard let key = UTF8String(validating: try reader.sized(atMost: Self.longestKey)) else {
                throw .notCanonical(at: start)
            }
            keys.append(key)
        }
        var columns = Columns(
            positions: positions, counts: counts, destinations: destinations, keys: keys)
        for (code, index) in zip(codes, indices) {
            let operation = try columns.operation(code, target: targets[Int(index)].kind, &reader)
            operations.append((Int(index), operation))
        }
        for index in operations.indices {
            if case .add = operations[index].operation {
                operations[index].operation = .add(try reader.zigzag())
            }
        }
        try readAnchors(&reader, replicas)
        try readText(&reader)
    }

    private mutating func readText(_ reader: inout ByteReader) throws(ByteError) {
        let start = reader.offset
        let text = try reader.sized()
        guard String(validating: text, as: UTF8.self) != nil else { throw .notCanonical(at: start) }
        var offset = 0
        for index in operations.indices {
            guard case .text(let operation, _) = operations[index].operation, operation.kind == .insert else {
                continue
            }
            let first = offset
            var scalars = 0
            while offset < text.count {
                if text[offset] & 0xc0 != 0x80 {
                    if scalars == operation.count { break }
                    scalars += 1
                }
                offset += 1
            }
            guard scalars == operation.count else { throw .notCanonical(at: start) }
            operations[index].operation = .text(operation, inserted: Array(text[first..<offset]))
        }
        guard offset == text.count else { throw .notCanonical(at: start) }
    }

    private static func readRuns(
        _ reader: inout ByteReader, count: Int, below bound: UInt64
    ) throws(ByteError) -> [UInt64] {
        var values: [UInt64] = []
        while values.count < count {
            let start = reader.offset
            let length = try reader.varint(), value = try reader.varint()
            guard length > 0, length <= UInt64(count - values.count), value < bound else {
                throw .notCanonical(at: start)
            }
            values += repeatElement(value, count: Int(length))
        }
        return values
    }
}

/// The columns that are read before the values, handed out in the order of the operations.
private struct Columns {
    var positions: [Int]
    var counts: [Int]
    /// 0 for what is no move.
    var destinations: [Int]
    var keys: [UTF8String]
    private var sequence = 0
    private var key = 0

    init(positions: [Int], counts: [Int], destinations: [Int], keys: [UTF8String]) {
        self.positions = positions
        self.counts = counts
        self.destinations = destinations
        self.keys = keys
    }

    mutating func operation(
        _ code: UInt64, target: ContainerKind, _ reader: inout ByteReader
    ) throws(ByteError) -> Operation {
        let start = reader.offset
        switch (code, target) {
        case (0, .map): return .set(key: nextKey(), try Operation.NewValue(&reader))
        case (1, .map): return .delete(key: nextKey())
        case (2...5, .map):
            guard let kind = ContainerKind(rawValue: UInt8(code - 2)) else { throw .notCanonical(at: start) }
            return .ensure(key: nextKey(), kind)
        case (8...10, .text): return .text(try nextSequence(code), inserted: [])
        case (8...10, .list), (12...13, .list):
            let operation = try nextSequence(code)
            guard operation.kind.bringsValues else { return .list(operation, inserted: []) }
            guard operation.count <= reader.remaining else { throw .truncated(at: start) }
            var inserted: [Operation.NewValue] = []
            for _ in 0..<operation.count { inserted.append(try Operation.NewValue(&reader)) }
            return .list(operation, inserted: inserted)
        case (11, .counter): return .add(0)
        case (14, .text), (15, .text):
            return .mark(try Operation.Mark(nextKey(), hasValue: code == 14, &reader))
        default: throw .notCanonical(at: start)
        }
    }

    private mutating func nextKey() -> UTF8String {
        defer { key += 1 }
        return keys[key]
    }

    private mutating func nextSequence(_ code: UInt64) throws(ByteError) -> SequenceOperation {
        defer { sequence += 1 }
        let kind = SequenceOperation.Kind(code: code), position = UInt64(positions[sequence])
        let operation =
            kind == .move
            ? SequenceOperation(readingMoveOf: position, to: UInt64(destinations[sequence]))
            : kind.flatMap {
                SequenceOperation(reading: $0, at: position, count: UInt64(counts[sequence]))
            }
        guard let operation else { throw .notCanonical(at: 0) }
        return operation
    }
}
