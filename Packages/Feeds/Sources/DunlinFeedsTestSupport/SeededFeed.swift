import DunlinEncoding
import DunlinFeeds
import DunlinKeys

/// A feed whose key comes from a number, for tests.
public struct SeededFeed {
    /// Signs the feed.
    public let key: SigningKey
    /// The feed as it stands.
    public var state: FeedState

    /// The feed of a number: its keys follow from it.
    public init(_ number: UInt64) throws(KeyError) {
        var random = SeededRandom(seed: number)
        key = try SigningKey.make(random: &random)
        state = FeedState(
            FeedDescriptor(space: Digest.blake2b(Array("space".utf8)), feed: key.publicKey))
    }

    /// Appends blocks, signed.
    public mutating func append(_ blocks: [[UInt8]]) throws(FeedError) -> FeedWrite {
        try state.append(blocks, signingWith: key)
    }
}
