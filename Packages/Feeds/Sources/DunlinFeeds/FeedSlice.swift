import DunlinEncoding
import DunlinKeys

/// Blocks of a feed with all that is needed to verify them at the feed's present end.
public struct FeedSlice: Hashable, Sendable {
    /// Number of the first block.
    public var start: UInt64
    /// The blocks, from ``start`` on.
    public var blocks: [[UInt8]]
    /// A head of the feed at or beyond the last block.
    public var head: SignedHead
    /// The maximal subtrees between the last block and the head's length, left to right.
    public var upgrade: [TreeNode]

    /// Blocks with what proves that they are the feed's.
    public init(start: UInt64, blocks: [[UInt8]], head: SignedHead, upgrade: [TreeNode]) {
        self.start = start
        self.blocks = blocks
        self.head = head
        self.upgrade = upgrade
    }

    /// The number after that of the last block.
    public var end: UInt64 { start &+ UInt64(blocks.count) }
}

/// What is written to a store when a feed grows.
public struct FeedWrite: Hashable, Sendable {
    /// The feed.
    public var descriptor: FeedDescriptor
    /// The number of the first new block.
    public var start: UInt64
    /// The new blocks.
    public var blocks: [[UInt8]]
    /// Nodes of the new blocks, those of the proof, and all above them: nothing else is ever needed to serve
    /// any range of the feed under `head`.
    public var nodes: [TreeNode]
    /// Signs the feed with them.
    public var head: SignedHead

    /// What is to be stored, tree and all.
    public init(
        descriptor: FeedDescriptor, start: UInt64, blocks: [[UInt8]], nodes: [TreeNode], head: SignedHead
    ) {
        self.descriptor = descriptor
        self.start = start
        self.blocks = blocks
        self.nodes = nodes
        self.head = head
    }

    /// One more than the number of the last block.
    public var end: UInt64 { start + UInt64(blocks.count) }
}
