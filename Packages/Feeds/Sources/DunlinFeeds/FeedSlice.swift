import DunlinEncoding
import DunlinKeys

/// Blocks of a feed with all that is needed to verify them at the feed's present end.
public struct FeedSlice: Hashable, Sendable {
    /// Number of the first block.
    public var start: UInt64
    public var blocks: [[UInt8]]
    /// A head of the feed at or beyond the last block.
    public var head: SignedHead
    /// The maximal subtrees between the last block and the head's length, left to right.
    public var upgrade: [TreeNode]

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
    public var descriptor: FeedDescriptor
    public var start: UInt64
    public var blocks: [[UInt8]]
    /// Nodes of the new blocks, those of the proof, and all above them: nothing else is ever needed to serve
    /// any range of the feed under `head`.
    public var nodes: [TreeNode]
    public var head: SignedHead

    public init(
        descriptor: FeedDescriptor, start: UInt64, blocks: [[UInt8]], nodes: [TreeNode], head: SignedHead
    ) {
        self.descriptor = descriptor
        self.start = start
        self.blocks = blocks
        self.nodes = nodes
        self.head = head
    }

    public var end: UInt64 { start + UInt64(blocks.count) }
}
