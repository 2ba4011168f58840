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

    public init() {}

    public mutating func write(_ write: FeedWrite) throws(StoreError) {
        var feed = contents.removeValue(forKey: write.descriptor.feed) ?? Contents(descriptor: write.descriptor)
        defer { contents[write.descriptor.feed] = feed }
        guard write.start == UInt64(feed.blocks.count) else {
            throw .missing(feed: write.descriptor.feed, block: UInt64(feed.blocks.count))
        }
        feed.blocks += write.blocks
        for node in write.nodes { feed.nodes[node.index] = node }
        feed.head = write.head
    }

    public var descriptors: [FeedDescriptor] { contents.values.map(\.descriptor).sorted { $0.feed < $1.feed } }

    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        guard let found = contents[feed] else { return nil }
        let length = UInt64(found.blocks.count)
        let roots = try nodes(of: feed, FlatTree.roots(length))
        guard let frontier = MerkleFrontier(length: length, roots: roots) else { throw .damaged("tree of a feed") }
        return FeedState(descriptor: found.descriptor, frontier: frontier, head: found.head)
    }

    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        guard let found = contents[feed], range.upperBound <= UInt64(found.blocks.count) else {
            throw .missing(feed: feed, block: range.upperBound)
        }
        return Array(found.blocks[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        var nodes: [TreeNode] = []
        for index in indices {
            guard let node = contents[feed]?.nodes[index] else { throw .missing(feed: feed, block: index / 2) }
            nodes.append(node)
        }
        return nodes
    }
}
