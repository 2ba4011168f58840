import DunlinCausality
import DunlinEncoding
import DunlinSequences

extension Change {
    /// The change as bytes: the only ones that ``init(decoding:)`` takes for it.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        let replicas = namedReplicas
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.raw(replica.bytes) }
        writer.varint(UInt64(targets.count))
        for target in targets { Self.write(target, replicas, &writer) }
        writeOperations(replicas, &writer)
        return writer.bytes
    }

    private static func write(_ target: Target, _ replicas: [ReplicaID], _ writer: inout ByteWriter) {
        switch target {
        case .root: writer.u8(0)
        case .ensured(let parent, let key, let kind):
            writer.u8(1)
            writer.varint(UInt64(parent))
            writer.sized(key.bytes)
            writer.u8(kind.rawValue)
        case .madeByWriter(let sequence, let kind):
            writer.u8(2)
            writer.varint(0)
            writer.varint(sequence)
            writer.u8(kind.rawValue)
        case .made(let event, let kind):
            writer.u8(2)
            writer.varint(UInt64(1 + (replicas.firstIndex(of: event.replica) ?? 0)))
            writer.varint(event.sequence)
            writer.u8(kind.rawValue)
        }
    }

    private func writeOperations(_ replicas: [ReplicaID], _ writer: inout ByteWriter) {
        writer.varint(UInt64(operations.count))
        Self.writeRuns(operations.map { UInt64($0.operation.code) }, &writer)
        Self.writeRuns(operations.map { UInt64($0.target) }, &writer)
        var positions = ByteWriter(), counts = ByteWriter(), destinations = ByteWriter(), keys = ByteWriter()
        var values = ByteWriter(), amounts = ByteWriter()
        var text: [UInt8] = []
        var position = 0
        func sequence(_ operation: SequenceOperation) {
            positions.zigzag(Int64(operation.position - position))
            position = operation.position
            counts.varint(UInt64(operation.count))
            if operation.kind == .move { destinations.varint(UInt64(operation.destination)) }
        }
        for (_, operation) in operations {
            switch operation {
            case .set(let key, let value):
                keys.sized(key.bytes)
                value.write(&values)
            case .delete(let key): keys.sized(key.bytes)
            case .ensure(let key, _): keys.sized(key.bytes)
            case .text(let operation, let inserted):
                sequence(operation)
                text += inserted
            case .list(let operation, let inserted):
                sequence(operation)
                for value in inserted { value.write(&values) }
            case .add(let amount): amounts.zigzag(amount)
            case .mark(let mark):
                keys.sized(mark.key.bytes)
                if let value = mark.value { values.sized(value.encoded()) }
            }
        }
        for column in [positions, counts, destinations, keys, values, amounts] { writer.raw(column.bytes) }
        writeAnchors(replicas, &writer)
        writer.sized(text)
    }

    private static func writeRuns(_ values: [UInt64], _ writer: inout ByteWriter) {
        var index = 0
        while index < values.count {
            var end = index + 1
            while end < values.count, values[end] == values[index] { end += 1 }
            writer.varint(UInt64(end - index))
            writer.varint(values[index])
            index = end
        }
    }
}

extension Operation {
    /// The number in the column of kinds.
    var code: UInt8 {
        switch self {
        case .set: 0
        case .delete: 1
        case .ensure(_, let kind): 2 + kind.rawValue
        case .text(let operation, _), .list(let operation, _): operation.kind.code
        case .add: 11
        case .mark(let mark): mark.value == nil ? 15 : 14
        }
    }
}

extension SequenceOperation.Kind {
    /// The number in the column of kinds.
    fileprivate var code: UInt8 {
        switch self {
        case .insert: 8
        case .deleteForward: 9
        case .deleteBackward: 10
        case .move: 12
        case .set: 13
        }
    }

    /// The kind with a number in the column of kinds; nil when it is another operation's.
    init?(code: UInt64) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}

extension Operation.NewValue {
    func write(_ writer: inout ByteWriter) {
        switch self {
        case .make(let kind):
            writer.u8(8)
            writer.u8(kind.rawValue)
        case .scalar(let value): value.write(&writer)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteError) {
        let start = reader.offset
        let kind = try reader.u8()
        guard kind != 8 else {
            guard let container = ContainerKind(rawValue: try reader.u8()) else {
                throw .notCanonical(at: start)
            }
            self = .make(container)
            return
        }
        self = .scalar(try Value(kind: kind, &reader))
    }
}

extension Value {
    /// Writes a scalar; a container is written by whoever names it.
    func write(_ writer: inout ByteWriter) {
        switch self {
        case .null, .container: writer.u8(0)
        case .bool(let value): writer.u8(value ? 2 : 1)
        case .integer(let value):
            writer.u8(3)
            writer.zigzag(value)
        case .double(let value):
            writer.u8(4)
            writer.u64(value.canonicalBits)
        case .string(let value):
            writer.u8(5)
            writer.sized(value.bytes)
        case .bytes(let value):
            writer.u8(6)
            writer.sized(value)
        case .reference(let id):
            writer.u8(7)
            writer.raw(id.bytes)
        }
    }

    init(kind: UInt8, _ reader: inout ByteReader) throws(ByteError) {
        let start = reader.offset
        switch kind {
        case 0: self = .null
        case 1: self = .bool(false)
        case 2: self = .bool(true)
        case 3: self = .integer(try reader.zigzag())
        case 4:
            let value = Double(bitPattern: try reader.u64())
            self = .double(value)
        case 5:
            guard let text = UTF8String(validating: try reader.sized()) else {
                throw .notCanonical(at: start)
            }
            self = .string(text)
        case 6: self = .bytes(try reader.sized())
        case 7:
            guard let id = ObjectID(bytes: try reader.raw(count: 16)) else { throw .notCanonical(at: start) }
            self = .reference(id)
        default: throw .notCanonical(at: start)
        }
    }
}
