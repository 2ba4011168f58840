import DunlinKeys
import DunlinObjects

/// Objects that one data feed alone can change, so that nobody can put words into another's mouth or take
/// them away. Their ids say which feed, and no list for an app shows them.
/// - Source: `Docs/Spec/Blocks.md`, "Owned objects".
public enum OwnedObject: UInt8, Hashable, Sendable, CaseIterable {
    /// What a device's identity says of itself in the space.
    case card = 0
    /// What a device has sent to others of the space.
    case letters = 1

    /// "owned" in ASCII; random ids begin so once in 2^40.
    private static let prefix: [UInt8] = [0x6f, 0x77, 0x6e, 0x65, 0x64]

    /// The object of this kind that belongs to a data feed.
    public func id(of feed: PublicSigningKey) -> ObjectID { Self.id(kind: rawValue, of: feed) }

    private static func id(kind: UInt8, of feed: PublicSigningKey) -> ObjectID {
        let owner = Digest.blake2b(Array("owned".utf8), [kind], feed.bytes).bytes
        let bytes = prefix + [kind] + owner.prefix(10)
        func half(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return ObjectID(high: half(0), low: half(8))
    }

    /// Whether an object belongs to a feed, whichever; kinds of later versions, too.
    public static func isOwned(_ object: ObjectID) -> Bool { object.bytes.starts(with: prefix) }

    /// Whether changes of an object in a feed have effect: in all that nobody owns, and in one's own.
    static func isWritable(_ object: ObjectID, by feed: PublicSigningKey) -> Bool {
        let bytes = object.bytes
        guard bytes.starts(with: prefix) else { return true }
        return object == id(kind: bytes[prefix.count], of: feed)
    }
}
