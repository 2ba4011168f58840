import DunlinEncoding
import DunlinKeys

/// Names a feed: one log in one space. Its hash enters every signature of the feed.
///
/// Whose feed it is, and what it holds, is not part of its name: that is what devices say of themselves, and
/// two could say it of one feed. Then all still agree which blocks it has.
public struct FeedDescriptor: Hashable, Sendable {
    /// The id of the space.
    public var space: Digest
    /// The key that signs the feed, and names it.
    public var feed: PublicSigningKey

    /// A descriptor of these fields.
    public init(space: Digest, feed: PublicSigningKey) {
        self.space = space
        self.feed = feed
    }

    /// H of the descriptor's CBOR, in the place of hypercore's manifest hash.
    public var context: Digest { Digest.blake2b(encoded()) }

    /// The descriptor as CBOR.
    public func encoded() -> [UInt8] {
        CBORValue.fields([(1, space.encodedValue), (2, feed.encodedValue)]).encoded()
    }

    /// Reads ``encoded()``.
    /// - Throws: ``CBORError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(CBORError) {
        var fields = try CBORFields(CBORValue(decoding: bytes))
        space = try Digest(fields.value(1))
        feed = try PublicSigningKey(fields.value(2))
        try fields.finish()
    }
}
