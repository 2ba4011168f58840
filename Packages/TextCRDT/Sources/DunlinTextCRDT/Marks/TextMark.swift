import DunlinCausality
import DunlinEncoding

/// Whether text that is typed at an end of a mark becomes a part of it: bold does behind it, a link on no
/// side.
public enum MarkExpansion: UInt8, Hashable, Sendable, CaseIterable {
    case none = 0
    case before = 1
    case after = 2
    case both = 3
}

/// Scalars with the same attributes.
public struct AttributedRun: Hashable, Sendable {
    /// The scalars.
    public var range: Range<Int>
    /// What marks say of them, by key.
    public var attributes: [UTF8String: CBORValue]
}

/// That somebody gave the text between two anchors an attribute, or took one away.
struct TextMark: Hashable, Sendable {
    /// The event in the text's graph; in an update its number.
    var version: LocalVersion
    var start: TextAnchor
    var end: TextAnchor
    var key: UTF8String
    /// Nil takes the attribute away.
    var value: CBORValue?
}

extension TextMark {
    /// Bytes that a key has at most.
    static let longestKey = 65_536

    /// A value as all replicas will read it, the keys of maps in order; nil for one that none could read.
    static func readable(_ value: CBORValue?) -> CBORValue?? {
        guard let value else { return .some(nil) }
        guard let read = try? CBORValue(decoding: value.encoded(), limits: .userData) else { return nil }
        return .some(read)
    }

    /// - Parameter previous: number of the mark before, -1 if there is none.
    func write(_ writer: inout ByteWriter, after previous: Int, batch: EventBatch) {
        writer.varint(UInt64(version - previous))
        writer.u8(
            start.side.rawValue | (start.event == nil ? 0 : 2) | end.side.rawValue << 2
                | (end.event == nil ? 0 : 8) | (value == nil ? 0 : 16))
        for anchor in [start, end] {
            guard let event = anchor.event else { continue }
            writer.varint(UInt64(batch.replicas.firstIndex(of: event.replica) ?? 0))
            writer.varint(event.sequence)
        }
        writer.sized(key.bytes)
        if let value { writer.sized(value.encoded()) }
    }

    /// Reads what ``write(_:after:batch:)`` wrote.
    init(
        reading reader: inout ByteReader, after previous: Int, eventCount: Int, _ replicas: [ReplicaID]
    ) throws(ByteError) {
        let at = reader.offset
        let step = try reader.varint()
        guard step > 0, step < UInt64(eventCount - previous) else { throw .notCanonical(at: at) }
        version = previous + Int(step)
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
