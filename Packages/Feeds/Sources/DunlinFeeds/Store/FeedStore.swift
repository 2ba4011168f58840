import DunlinKeys

/// How much of a feed is stored, and under which head.
public struct FeedEnd: Hashable, Sendable {
    /// Number of blocks here.
    public var length: UInt64
    /// The signature over the feed of that length.
    public var head: SignedHead

    /// The end of a feed.
    public init(length: UInt64, head: SignedHead) {
        self.length = length
        self.head = head
    }
}

/// Reads feeds. Sees every commit that returned.
public protocol FeedReading {
    /// All feeds of which anything is stored, in the order of their keys.
    func feeds() throws(StoreError) -> [FeedDescriptor]
    /// A feed's present end with its tree; nil when nothing of it is stored.
    func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState?
    /// A feed's present end; nil when nothing of it is stored. Cheaper than its state.
    func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd?
    /// Blocks of a range, which is stored whole.
    /// - Throws: ``StoreError/missing(feed:block:)`` when it is not.
    func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]]
    /// Tree nodes by their numbers.
    /// - Throws: ``StoreError/missing(feed:block:)`` when one is not stored.
    func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode]
}

/// Keeps feeds. Whoever owns it calls it from one isolation domain.
public protocol FeedStore: AnyObject, FeedReading {
    /// Writes all of it or nothing; durable when it returns.
    /// - Throws: ``StoreError/missing(feed:block:)`` for blocks that do not follow what is stored.
    func commit(_ writes: [FeedWrite]) throws(StoreError)
}

extension FeedReading {
    /// Blocks with their proof against the stored head, for another peer; nil when none of them is here.
    ///
    /// At least one block, then as many as fit into `byteLimit`.
    /// - Complexity: O(*b* + log *n*); nothing but the head and the blocks is read when they end at the head.
    public func slice(
        of feed: PublicSigningKey, _ range: Range<UInt64>, byteLimit: Int
    ) throws(StoreError) -> FeedSlice? {
        guard let here = try end(of: feed) else { return nil }
        let head = here.head
        let range = range.clamped(to: 0..<here.length)
        guard !range.isEmpty else { return nil }
        var blocks: [[UInt8]] = []
        var bytes = 0
        for block in try self.blocks(of: feed, range) {
            bytes += block.count
            if !blocks.isEmpty, bytes > byteLimit { break }
            blocks.append(block)
        }
        let end = range.lowerBound + UInt64(blocks.count)
        let upgrade = try nodes(of: feed, FlatTree.subtrees(end..<head.length))
        return FeedSlice(start: range.lowerBound, blocks: blocks, head: head, upgrade: upgrade)
    }

    /// The hash of the tree at an earlier length.
    public func treeHash(of feed: PublicSigningKey, length: UInt64) throws(StoreError) -> Digest {
        TreeNode.treeHash(try nodes(of: feed, FlatTree.roots(length)))
    }

    /// The end that the feed's state tells.
    /// - Complexity: That of the state.
    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? {
        guard let state = try state(of: feed), let head = state.head else { return nil }
        return FeedEnd(length: state.length, head: head)
    }

    /// The proof that the stored head continues what was signed at an earlier length.
    public func upgrade(of feed: PublicSigningKey, from length: UInt64) throws(StoreError) -> UpgradeProof? {
        guard let here = try end(of: feed), length <= here.length else { return nil }
        return UpgradeProof(nodes: try nodes(of: feed, FlatTree.subtrees(length..<here.head.length)))
    }

    /// The proof of one stored block against the stored head.
    public func proof(of feed: PublicSigningKey, block number: UInt64) throws(StoreError) -> BlockProof? {
        guard let here = try end(of: feed), number < here.length else { return nil }
        let head = here.head
        let roots = FlatTree.roots(head.length)
        var indices: [UInt64] = []
        var node = 2 * number
        while !roots.contains(node) {
            indices.append(FlatTree.sibling(node))
            node = FlatTree.parent(node)
        }
        return BlockProof(
            number: number, siblings: try nodes(of: feed, indices), roots: try nodes(of: feed, roots))
    }
}
