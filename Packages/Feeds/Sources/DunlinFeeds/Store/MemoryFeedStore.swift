import DunlinKeys

/// Feeds that live as long as the process.
public final class MemoryFeedStore: FeedStore {
    private var contents = FeedContents()

    public init() {}

    public func commit(_ writes: [FeedWrite]) throws(StoreError) { try contents.commit(writes) }

    public func feeds() throws(StoreError) -> [FeedDescriptor] { contents.descriptors }

    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try contents.state(of: feed)
    }

    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? { try contents.end(of: feed) }

    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try contents.blocks(of: feed, range)
    }

    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try contents.nodes(of: feed, indices)
    }
}
