import DunlinKeys

/// Why a store could not do its work.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The disk is full. Free some space, then try again.
    case full
    /// The folder or file cannot be written.
    case readOnly
    /// Stored bytes do not decode.
    case damaged(String)
    /// Written by a newer version. Update Dunlin.
    case newerFormat(Int)
    /// Blocks that should be here are not.
    case missing(feed: PublicSigningKey, block: UInt64)
    case failed(String)

    public var description: String {
        switch self {
        case .full: "The disk is full; free some space and try again."
        case .readOnly: "The store cannot be written; check the permissions of its folder."
        case .damaged(let what): "The store is damaged: \(what)."
        case .newerFormat(let version): "The store has format \(version), of a newer version; update Dunlin."
        case .missing(_, let block): "Block \(block) of a feed is not in the store."
        case .failed(let reason): "The store failed: \(reason)."
        }
    }
}

/// Reads feeds. Sees every commit that returned.
public protocol FeedReading {
    func feeds() throws(StoreError) -> [FeedDescriptor]
    /// A feed's present end; nil when nothing of it is stored.
    func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState?
    /// Blocks of a range, which is stored whole.
    func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]]
    func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode]
}

extension FeedReading {
    /// Blocks with their proof against the newest head known, for another peer.
    ///
    /// At least one block, then as many as fit into `byteLimit`.
    public func slice(
        of feed: PublicSigningKey, _ range: Range<UInt64>, byteLimit: Int
    ) throws(StoreError) -> FeedSlice? {
        guard let state = try state(of: feed), let head = state.head else { return nil }
        let range = range.clamped(to: 0..<state.length)
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

    /// The proof of one block against the newest head known.
    public func proof(of feed: PublicSigningKey, block number: UInt64) throws(StoreError) -> BlockProof? {
        guard let head = try state(of: feed)?.head, number < head.length else { return nil }
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
