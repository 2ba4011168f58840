import DunlinKeys

/// Feeds that live as long as the process.
public final class MemoryFeedStore: FeedStore {
    private var contents = FeedContents()

    /// A store without feeds.
    public init() {}

    /// See ``FeedStore/commit(_:)``; nothing here is durable.
    public func commit(_ writes: [FeedWrite]) throws(StoreError) { try contents.commit(writes) }

    /// See ``FeedReading/feeds()``.
    public func feeds() throws(StoreError) -> [FeedDescriptor] { contents.descriptors }

    /// See ``FeedReading/state(of:)``.
    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try contents.state(of: feed)
    }

    /// See ``FeedReading/end(of:)``.
    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? { try contents.end(of: feed) }

    /// See ``FeedReading/blocks(of:_:)``.
    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try contents.blocks(of: feed, range)
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try contents.nodes(of: feed, indices)
    }
}
