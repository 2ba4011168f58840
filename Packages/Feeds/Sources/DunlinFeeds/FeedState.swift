import DunlinKeys

/// A feed's present end: enough to append to it or to verify what follows.
public struct FeedState: Hashable, Sendable {
    /// The largest block that is stored.
    public static let blockByteLimit = 256 << 10
    /// Feeds stay shorter than this many blocks.
    public static let lengthLimit: UInt64 = 1 << 40
    /// Feeds stay below this many bytes.
    public static let byteLimit: UInt64 = 1 << 50

    /// The feed.
    public let descriptor: FeedDescriptor
    /// The contiguous blocks that are here.
    public private(set) var frontier: MerkleFrontier
    /// A signed head that is proven to continue these blocks; its length may be beyond them.
    public private(set) var head: SignedHead?

    /// A feed without blocks.
    public init(_ descriptor: FeedDescriptor) {
        self.descriptor = descriptor
        frontier = MerkleFrontier()
    }

    /// Restores a stored feed.
    public init(descriptor: FeedDescriptor, frontier: MerkleFrontier, head: SignedHead?) {
        self.descriptor = descriptor
        self.frontier = frontier
        self.head = head
    }

    /// Blocks in the feed.
    public var length: UInt64 { frontier.length }

    /// Appends blocks of one's own and signs the new end once.
    /// - Throws: ``FeedError/nothingNew`` for no blocks, ``FeedError/blockTooLarge(byteCount:limit:)``,
    ///   ``FeedError/behindHead(length:head:)``,
    ///   ``FeedError/wrongKey``, ``FeedError/key(_:)``.
    /// - Complexity: O(*b*) in the bytes of the blocks; one signature.
    public mutating func append(
        _ blocks: [[UInt8]], signingWith key: SigningKey
    ) throws(FeedError) -> FeedWrite {
        guard key.publicKey == descriptor.feed else { throw .wrongKey }
        guard !blocks.isEmpty else { throw .nothingNew }
        if let head, head.length > length { throw .behindHead(length: length, head: head.length) }
        if let large = blocks.first(where: { $0.count > Self.blockByteLimit }) {
            throw .blockTooLarge(byteCount: large.count, limit: Self.blockByteLimit)
        }
        let start = length
        var next = frontier
        var nodes: [TreeNode] = []
        for block in blocks { nodes += next.append(block) }
        let signed: SignedHead
        do { signed = try SignedHead.sign(next, descriptor: descriptor, with: key) } catch {
            throw .key(error)
        }
        frontier = next
        head = signed
        return FeedWrite(descriptor: descriptor, start: start, blocks: blocks, nodes: nodes, head: signed)
    }

    /// Takes in blocks from elsewhere when they continue what is here and belong to a head that the feed
    /// signed.
    ///
    /// Blocks that are here already are passed over. The head of the slice becomes this feed's head even when
    /// a longer one was known: only what has been proven from the blocks here can be proven to others.
    /// - Throws: ``FeedError``; ``FeedError/forked(_:)`` when the head contradicts one that is known.
    /// - Complexity: O(*b*) in the blocks, and O(log *n*) for the proof; one signature check.
    public mutating func accept(_ slice: FeedSlice) throws(FeedError) -> FeedWrite {
        guard slice.start <= length else { throw .gap(expected: length, found: slice.start) }
        guard slice.end > length else { throw .nothingNew }
        guard slice.end <= slice.head.length, slice.head.length < Self.lengthLimit,
            slice.upgrade.allSatisfy({ $0.byteCount < Self.byteLimit })
        else { throw .badProof }
        let fresh = Array(slice.blocks[Int(length - slice.start)...])
        if let large = fresh.first(where: { $0.count > Self.blockByteLimit }) {
            throw .blockTooLarge(byteCount: large.count, limit: Self.blockByteLimit)
        }
        var next = frontier
        var nodes: [TreeNode] = []
        for block in fresh { nodes += next.append(block) }
        // The nodes above the proof's are kept as well: whoever holds only a prefix of what the head signs
        // serves any part of it to others.
        let proof = try Self.nodes(upgrading: next, by: slice.upgrade, to: slice.head)
        if slice.head != head {
            guard slice.head.verify(descriptor) else { throw .badSignature }
            if let head, head.length == slice.head.length, head.treeHash != slice.head.treeHash {
                throw .forked(ForkEvidence(descriptor: descriptor, first: head, second: slice.head))
            }
        }
        guard let proof else { throw .badProof }
        let write = FeedWrite(
            descriptor: descriptor, start: length, blocks: fresh, nodes: nodes + proof, head: slice.head)
        frontier = next
        head = slice.head
        return write
    }

    /// The nodes that come into being on the way from `frontier` to the head's tree; nil when it is not
    /// reached.
    private static func nodes(
        upgrading frontier: MerkleFrontier, by upgrade: [TreeNode], to head: SignedHead
    ) throws(FeedError) -> [TreeNode]? {
        guard upgrade.map(\.index) == FlatTree.subtrees(frontier.length..<head.length) else {
            throw .badProof
        }
        var whole = frontier
        var nodes: [TreeNode] = []
        for node in upgrade {
            guard let made = whole.append(subtree: node) else { throw .badProof }
            nodes += made
        }
        return whole.treeHash == head.treeHash ? nodes : nil
    }
}
