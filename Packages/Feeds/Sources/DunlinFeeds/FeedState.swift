import DunlinKeys

/// A feed's present end: enough to append to it or to verify what follows.
public struct FeedState: Hashable, Sendable {
    /// The largest block that is stored.
    public static let blockByteLimit = 256 << 10

    public let descriptor: FeedDescriptor
    /// The contiguous blocks that are here.
    public private(set) var frontier: MerkleFrontier
    /// The newest signed head known; its length may be beyond the blocks here.
    public private(set) var head: SignedHead?

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

    public var length: UInt64 { frontier.length }

    /// Appends blocks of one's own and signs the new end once.
    public mutating func append(
        _ blocks: [[UInt8]], signingWith key: SigningKey
    ) throws(FeedError) -> FeedWrite {
        guard key.publicKey == descriptor.feed else { throw .wrongKey }
        if let large = blocks.first(where: { $0.count > Self.blockByteLimit }) {
            throw .blockTooLarge(byteCount: large.count, limit: Self.blockByteLimit)
        }
        let start = length
        var next = frontier
        var nodes: [TreeNode] = []
        for block in blocks { nodes += next.append(block) }
        let signed: SignedHead
        do { signed = try SignedHead.sign(next, descriptor: descriptor, with: key) } catch { throw .key(error) }
        frontier = next
        head = signed
        return FeedWrite(descriptor: descriptor, start: start, blocks: blocks, nodes: nodes, head: signed)
    }

    /// Takes in blocks from elsewhere when they continue what is here and belong to a head that the feed signed.
    ///
    /// Blocks that are here already are passed over.
    /// - Throws: ``FeedError``; ``FeedError/forked(_:)`` when the head contradicts one that is known.
    /// - Complexity: O(*b*) in the blocks, and O(log *n*) for the proof; one signature check.
    public mutating func accept(_ slice: FeedSlice) throws(FeedError) -> FeedWrite {
        guard slice.start <= length else { throw .gap(expected: length, found: slice.start) }
        guard slice.end > length, slice.head.length >= slice.end else { throw .nothingNew }
        let fresh = Array(slice.blocks[Int(length - slice.start)...])
        if let large = fresh.first(where: { $0.count > Self.blockByteLimit }) {
            throw .blockTooLarge(byteCount: large.count, limit: Self.blockByteLimit)
        }
        var next = frontier
        var nodes: [TreeNode] = []
        for block in fresh { nodes += next.append(block) }
        guard slice.upgrade.map(\.index) == FlatTree.subtrees(slice.end..<slice.head.length) else {
            throw .badProof
        }
        var whole = next
        // Nodes above the proof are kept too: with them any part of what is here can be proven to others.
        for node in slice.upgrade {
            guard let made = whole.append(subtree: node) else { throw .badProof }
            nodes += made
        }
        let matches = whole.treeHash == slice.head.treeHash
        if slice.head != head, !slice.head.verify(descriptor) { throw .badSignature }
        if let head, head.length == slice.head.length, head.treeHash != slice.head.treeHash {
            throw .forked(ForkEvidence(descriptor: descriptor, first: head, second: slice.head))
        }
        guard matches else { throw .badProof }
        // A head that is older than the one known says nothing new, but its blocks are good.
        let newest = (head?.length ?? 0) > slice.head.length ? head ?? slice.head : slice.head
        let write = FeedWrite(
            descriptor: descriptor, start: length, blocks: fresh, nodes: nodes, head: newest)
        frontier = next
        head = newest
        return write
    }
}
