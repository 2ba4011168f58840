import DunlinCausality
import DunlinEncoding

/// Events of a map for another replica: a batch of events, and what they did by columns.
/// - Source: `Docs/Spec/Maps.md`, "A map alone".
struct MapUpdate {
    let batch: EventBatch
    /// In a history: events that survived before its horizon, which come before those of the batch in all
    /// columns.
    let survivorCount: Int
    /// In the order of their first use.
    let keys: [UTF8String]
    /// Where each key is in `keys`.
    let keyPlaces: [UTF8String: UInt32]
    /// For each event the place of its key in `keys`.
    let keyOf: [UInt32]
    let operations: [MapOperation]
    /// As in ``MapLog``.
    let values: [CBORValue]

    // MARK: Writing

    /// The events in `spans`, which ascend and lie behind the horizon.
    static func encode(_ spans: [Range<LocalVersion>], graph: CausalGraph, log: MapLog) -> [UInt8] {
        var writer = ByteWriter()
        EventBatch(of: graph, in: spans).write(&writer)
        write(spans, log, &writer)
        return writer.bytes
    }

    /// All events, and where they begin.
    static func encodeHistory(graph: CausalGraph, log: MapLog) -> [UInt8] {
        var writer = ByteWriter()
        graph.writeHorizon(&writer)
        let events = graph.survivorCount..<graph.count
        EventBatch(of: graph, in: events.isEmpty ? [] : [events]).write(&writer)
        write(log.count > 0 ? [0..<log.count] : [], log, &writer)
        writer.endWithChecksum()
        return writer.bytes
    }

    /// What events did.
    private static func write(_ spans: [Range<LocalVersion>], _ log: MapLog, _ writer: inout ByteWriter) {
        if spans.count == 1, spans[0] == 0..<log.count {
            // The log's keys are in the order of their first use.
            write(keys: log.keys, &writer)
            write(log.operations, &writer)
            write(places: log.keyOf, of: log.keys.count, &writer)
            if log.hasOnlySets {
                return CBORColumn.write(log.values, &writer)
            }
        } else {
            var keys: [UTF8String] = [], places: [UInt32: UInt32] = [:], keyOf: [UInt32] = []
            for key in spans.lazy.flatMap({ log.keyOf[$0] }) {
                if let place = places[key] {
                    keyOf.append(place)
                } else {
                    places[key] = UInt32(keys.count)
                    keyOf.append(UInt32(keys.count))
                    keys.append(log.keys[Int(key)])
                }
            }
            write(keys: keys, &writer)
            write(spans.flatMap { log.operations[$0] }, &writer)
            write(places: keyOf, of: keys.count, &writer)
        }
        let versions = spans.joined()
        CBORColumn.write(versions.filter { log.operations[$0] == .set }.map { log.values[$0] }, &writer)
        for version in versions where log.operations[version] == .increment {
            writer.zigzag(log.amount(at: version))
        }
    }

    private static func write(keys: [UTF8String], _ writer: inout ByteWriter) {
        writer.varint(UInt64(keys.count))
        for key in keys { writer.sized(key.bytes) }
    }

    private static func write(_ operations: [MapOperation], _ writer: inout ByteWriter) {
        guard var operation = operations.first else { return }
        var length: UInt64 = 0
        for next in operations {
            if next != operation {
                writer.varint(length)
                writer.u8(operation.rawValue)
                (operation, length) = (next, 0)
            }
            length += 1
        }
        writer.varint(length)
        writer.u8(operation.rawValue)
    }

    /// Bytes of a place among so many keys.
    private static func width(_ keyCount: Int) -> Int {
        switch keyCount {
        case ...0x100: 1
        case ...0x1_0000: 2
        case ...0x100_0000: 3
        default: 4
        }
    }

    /// The lowest bytes of all places, then the next ones: apart they compress better, and read without
    /// branches.
    private static func write(places: [UInt32], of keyCount: Int, _ writer: inout ByteWriter) {
        for byte in 0..<width(keyCount) {
            let shift = UInt32(8 * byte)
            writer.raw(places.map { UInt8(truncatingIfNeeded: $0 >> shift) })
        }
    }

    // MARK: Reading

    /// - Throws: ``MapError/malformed``.
    init(decoding bytes: [UInt8]) throws(MapError) {
        var reader = ByteReader(bytes)
        try self.init(reading: &reader, survivorCount: 0)
    }

    /// Reads all that is left.
    /// - Throws: ``MapError/malformed``.
    init(reading reader: inout ByteReader, survivorCount: Int) throws(MapError) {
        self.survivorCount = survivorCount
        do throws(ByteError) {
            batch = try EventBatch(reading: &reader)
            (keys, keyPlaces) = try Self.readKeys(&reader)
            // From here on each event takes at least a byte, so that nothing is made room for that is not
            // there.
            let count = survivorCount + batch.count
            guard count <= reader.remaining else { throw .truncated(at: reader.offset) }
            operations = try Self.readOperations(&reader, count: count)
            keyOf = try Self.readPlaces(&reader, count: count, keyCount: keys.count)
            let setCount = operations.reduce(0) { $0 + ($1 == .set ? 1 : 0) }
            let set = try CBORColumn.read(&reader, count: setCount)
            if setCount == count {
                values = set
            } else {
                var values: [CBORValue] = [], next = 0
                values.reserveCapacity(count)
                for operation in operations {
                    switch operation {
                    case .set:
                        values.append(set[next])
                        next += 1
                    case .delete: values.append(.null)
                    case .increment: values.append(.integer(try reader.zigzag()))
                    }
                }
                self.values = values
            }
            try reader.finish()
        } catch { throw .malformed }
    }

    private static func readKeys(
        _ reader: inout ByteReader
    ) throws(ByteError) -> ([UTF8String], places: [UTF8String: UInt32]) {
        let start = reader.offset
        var keys: [UTF8String] = []
        // No two are alike, so all but one are of two bytes or more with their length.
        for _ in 0..<(try reader.count()) {
            let at = reader.offset
            guard let key = UTF8String(validating: try reader.sized()) else { throw .notCanonical(at: at) }
            keys.append(key)
        }
        guard keys.count <= Int(UInt32.max) else { throw .notCanonical(at: start) }
        var places = [UTF8String: UInt32](minimumCapacity: keys.count)
        for (place, key) in keys.enumerated() {
            guard places.updateValue(UInt32(place), forKey: key) == nil else {
                throw .notCanonical(at: start)
            }
        }
        return (keys, places)
    }

    private static func readOperations(
        _ reader: inout ByteReader, count: Int
    ) throws(ByteError) -> [MapOperation] {
        var operations: [MapOperation] = []
        operations.reserveCapacity(count)
        while operations.count < count {
            let at = reader.offset
            let length = try reader.varint()
            guard length > 0, length <= UInt64(count - operations.count),
                let operation = MapOperation(rawValue: try reader.u8()), operation != operations.last
            else { throw .notCanonical(at: at) }
            operations.append(contentsOf: repeatElement(operation, count: Int(length)))
        }
        return operations
    }

    private static func readPlaces(
        _ reader: inout ByteReader, count: Int, keyCount: Int
    ) throws(ByteError) -> [UInt32] {
        let at = reader.offset
        var places = [UInt32](repeating: 0, count: count)
        for byte in 0..<width(keyCount) {
            let shift = UInt32(8 * byte)
            let plane = try reader.raw(count: count)
            for index in 0..<count { places[index] |= UInt32(plane[index]) << shift }
        }
        // Each key is used, and they are in the order in which they are used first.
        var used: UInt32 = 0
        for place in places {
            guard place <= used, place < UInt32(keyCount) else { throw .notCanonical(at: at) }
            if place == used { used += 1 }
        }
        guard used == UInt32(keyCount) else { throw .notCanonical(at: at) }
        return places
    }
}
