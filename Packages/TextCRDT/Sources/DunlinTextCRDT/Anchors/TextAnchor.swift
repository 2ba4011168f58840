import DunlinCausality
import DunlinEncoding

/// A place in a text that stays with a scalar whatever is edited around it, here and elsewhere: a cursor, a
/// comment's end, a bookmark.
///
/// When the scalar is deleted, the anchor is where it was. It names the scalar by the event that inserted it,
/// so it means the same on every replica and after saving and loading.
public struct TextAnchor: Hashable, Sendable {
    /// The neighbour with which an anchor stays.
    public enum Side: UInt8, Hashable, Sendable, CaseIterable {
        /// The scalar behind the place: what is typed here goes before the anchor's scalar, and the anchor
        /// behind it.
        case before = 0
        /// The scalar before the place: what is typed here goes behind the anchor.
        case after = 1
    }

    /// The event that inserted the scalar; nil for the beginning (side `after`) or the end (side `before`) of
    /// the text.
    public var event: EventID?
    /// Whether the place is before or after the scalar.
    public var side: Side

    /// The beginning of any text.
    public static let start = TextAnchor(event: nil, side: .after)
    /// The end of any text.
    public static let end = TextAnchor(event: nil, side: .before)

    /// The place before or after a scalar.
    public init(event: EventID?, side: Side) {
        self.event = event
        self.side = side
    }

    /// Side + 2 × whether it names a scalar, as one byte; then the replica's 32 bytes and a varint of its
    /// event's number.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(side.rawValue | (event == nil ? 0 : 2))
        if let event {
            writer.raw(event.replica.bytes)
            writer.varint(event.sequence)
        }
        return writer.bytes
    }

    /// Reads what ``encoded()`` writes.
    /// - Throws: ``ByteError`` for bytes that are none.
    public init(decoding bytes: [UInt8]) throws(ByteError) {
        var reader = ByteReader(bytes)
        let head = try reader.u8()
        guard head < 4, let side = Side(rawValue: head & 1) else { throw .notCanonical(at: 0) }
        self.side = side
        if head & 2 != 0 {
            guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                throw .notCanonical(at: 1)
            }
            event = EventID(replica: replica, sequence: try reader.varint())
        }
        try reader.finish()
    }
}
