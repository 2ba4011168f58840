import DunlinCausality
import DunlinEncoding

/// - Source: `Docs/Spec/Sequences.md`, "Anchors and marks".
extension TextMark {
    /// Marks in the order of their events.
    /// - Parameter places: of all replicas that their anchors speak of, in the table before them.
    static func write(_ marks: [TextMark], _ writer: inout ByteWriter, places: [ReplicaID: Int]) {
        writer.varint(UInt64(marks.count))
        var previous = -1
        for mark in marks {
            mark.write(&writer, after: previous, places: places)
            previous = mark.version
        }
    }

    /// Reads what ``write(_:_:places:)`` wrote.
    static func read(
        _ reader: inout ByteReader, replicas: [ReplicaID], eventCount: Int
    ) throws(ByteError) -> [TextMark] {
        var marks: [TextMark] = []
        // A distance, a head and a key.
        for _ in 0..<(try reader.count(bytesEach: 3)) {
            marks.append(
                try TextMark(
                    reading: &reader, after: marks.last?.version ?? -1, replicas: replicas,
                    eventCount: eventCount))
        }
        return marks
    }

    /// - Parameter previous: number of the mark before, -1 if there is none.
    private func write(_ writer: inout ByteWriter, after previous: Int, places: [ReplicaID: Int]) {
        writer.varint(UInt64(version - previous))
        writer.u8(
            start.side.rawValue | (start.event == nil ? 0 : 2) | end.side.rawValue << 2
                | (end.event == nil ? 0 : 8) | (value == nil ? 0 : 16))
        for anchor in [start, end] {
            guard let event = anchor.event else { continue }
            writer.varint(UInt64(places[event.replica] ?? 0))
            writer.varint(event.sequence)
        }
        writer.sized(key.bytes)
        if let value { writer.sized(value.encoded()) }
    }

    private init(
        reading reader: inout ByteReader, after previous: Int, replicas: [ReplicaID], eventCount: Int
    ) throws(ByteError) {
        let at = reader.offset
        let step = try reader.varint()
        guard step > 0, step < UInt64(eventCount - previous) else { throw .notCanonical(at: at) }
        version = previous + Int(step)
        standing = .open
        let head = try reader.u8()
        guard head < 32 else { throw .notCanonical(at: at) }
        start = try Self.anchor(head, &reader, replicas)
        end = try Self.anchor(head >> 2, &reader, replicas)
        guard let key = UTF8String(validating: try reader.sized(atMost: Self.longestKey)) else {
            throw .notCanonical(at: at)
        }
        self.key = key
        if head & 16 != 0 {
            let bytes = try reader.sized()
            do { value = try CBORValue(decoding: bytes, limits: .userData) } catch {
                throw .notCanonical(at: at)
            }
        }
    }

    /// The places of replicas in a table.
    static func places(in replicas: [ReplicaID]) -> [ReplicaID: Int] {
        Dictionary(replicas.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func anchor(
        _ head: UInt8, _ reader: inout ByteReader, _ replicas: [ReplicaID]
    ) throws(ByteError) -> TextAnchor {
        let side: TextAnchor.Side = head & 1 == 0 ? .before : .after
        guard head & 2 != 0 else { return TextAnchor(event: nil, side: side) }
        let at = reader.offset
        let index = try reader.varint()
        guard index < UInt64(replicas.count) else { throw .notCanonical(at: at) }
        return TextAnchor(
            event: EventID(replica: replicas[Int(index)], sequence: try reader.varint()), side: side)
    }
}
