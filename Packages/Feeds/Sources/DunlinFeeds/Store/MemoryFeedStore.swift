import DunlinKeys

/// Feeds that live as long as the process.
public final class MemoryFeedStore: FeedReading {
    private var contents = FeedContents()

    public init() {}

    /// Writes all of it or nothing.
    public func commit(_ writes: [FeedWrite]) throws(StoreError) {
        var next = contents
        for write in writes { try next.write(write) }
        contents = next
    }

    public func feeds() throws(StoreError) -> [FeedDescriptor] { contents.descriptors }

    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try contents.state(of: feed)
    }

    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try contents.blocks(of: feed, range)
    }

    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try contents.nodes(of: feed, indices)
    }
}
