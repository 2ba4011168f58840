import DunlinKeys

/// Feeds in memory, as a value: what a store in memory is made of.
public struct FeedContents: Sendable {
    private struct Contents: Sendable {
        var descriptor: FeedDescriptor
        var blocks: [[UInt8]] = []
        var nodes: [UInt64: TreeNode] = [:]
        var head: SignedHead?
    }

    private var contents: [PublicSigningKey: Contents] = [:]

    /// No feeds.
    public init() {}

    /// Writes all of it or nothing.
    /// - Complexity: O(*b*) in what is written.
    public mutating func commit(_ writes: [FeedWrite]) throws(StoreError) {
        var lengths: [PublicSigningKey: UInt64] = [:]
        for write in writes {
            let feed = write.descriptor.feed
            let length = lengths[feed] ?? UInt64(contents[feed]?.blocks.count ?? 0)
            guard write.start == length else { throw .missing(feed: feed, block: length) }
            lengths[feed] = write.end
        }
        for write in writes { put(write) }
    }

    /// Writes blocks that follow what is here.
    public mutating func write(_ write: FeedWrite) throws(StoreError) { try commit([write]) }

    private mutating func put(_ write: FeedWrite) {
        // Taken out while it changes, so that no array is copied.
        var feed =
            contents.removeValue(forKey: write.descriptor.feed) ?? Contents(descriptor: write.descriptor)
        feed.blocks += write.blocks
        for node in write.nodes { feed.nodes[node.index] = node }
        feed.head = write.head
        contents[write.descriptor.feed] = feed
    }

    /// All feeds of which anything is kept, in the order of their keys.
    public var descriptors: [FeedDescriptor] {
        contents.values.map(\.descriptor).sorted { $0.feed < $1.feed }
    }

    /// See ``FeedReading/state(of:)``.
    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        guard let found = contents[feed] else { return nil }
        let length = UInt64(found.blocks.count)
        let roots = try nodes(of: feed, FlatTree.roots(length))
        guard let frontier = MerkleFrontier(length: length, roots: roots) else {
            throw .damaged("tree of a feed")
        }
        return FeedState(descriptor: found.descriptor, frontier: frontier, head: found.head)
    }

    /// See ``FeedReading/end(of:)``.
    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? {
        guard let found = contents[feed], let head = found.head else { return nil }
        return FeedEnd(length: UInt64(found.blocks.count), head: head)
    }

    /// See ``FeedReading/blocks(of:_:)``.
    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        guard let found = contents[feed], range.upperBound <= UInt64(found.blocks.count) else {
            throw .missing(feed: feed, block: range.upperBound)
        }
        return Array(found.blocks[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        var nodes: [TreeNode] = []
        for index in indices {
            guard let node = contents[feed]?.nodes[index] else {
                throw .missing(feed: feed, block: index / 2)
            }
            nodes.append(node)
        }
        return nodes
    }
}
