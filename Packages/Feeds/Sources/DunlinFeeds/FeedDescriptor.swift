import DunlinEncoding
import DunlinKeys

/// What a feed is for.
public enum FeedPurpose: UInt64, Hashable, Sendable {
    /// Credentials.
    case control = 0
    /// Transactions.
    case data = 1
}

/// Names a feed: one device's log of one purpose in one space. Its hash enters every signature of the feed.
public struct FeedDescriptor: Hashable, Sendable {
    /// The id of the space.
    public var space: Digest
    /// The device that writes the feed.
    public var device: PublicSigningKey
    /// The key that signs the feed, and names it.
    public var feed: PublicSigningKey
    /// What the feed holds.
    public var purpose: FeedPurpose

    /// A descriptor of these fields.
    public init(space: Digest, device: PublicSigningKey, feed: PublicSigningKey, purpose: FeedPurpose) {
        self.space = space
        self.device = device
        self.feed = feed
        self.purpose = purpose
    }

    /// H of the descriptor's CBOR, in the place of hypercore's manifest hash.
    public var context: Digest { Digest.blake2b(encoded()) }

    /// The descriptor as CBOR.
    public func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, space.encodedValue), (2, device.encodedValue), (3, feed.encodedValue),
            (4, .unsigned(purpose.rawValue)),
        ]).encoded()
    }

    /// Reads ``encoded()``.
    /// - Throws: ``CBORError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(CBORError) {
        var fields = try CBORFields(CBORValue(decoding: bytes))
        space = try Digest(fields.value(1))
        device = try PublicSigningKey(fields.value(2))
        feed = try PublicSigningKey(fields.value(3))
        guard let purpose = FeedPurpose(rawValue: try fields.unsigned(4)) else { throw .notCanonical }
        self.purpose = purpose
        try fields.finish()
    }
}
