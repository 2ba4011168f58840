import DunlinEncoding
import DunlinKeys

/// A node of a feed's tree: the hash of everything below it and how many bytes that is.
public struct TreeNode: Hashable, Sendable {
    /// Its number in the flat tree: even for blocks, odd above them.
    public var index: UInt64
    /// Bytes of the blocks below.
    public var byteCount: UInt64
    /// The hash of the block, or of the two nodes below.
    public var hash: Digest

    /// A node of these fields.
    public init(index: UInt64, byteCount: UInt64, hash: Digest) {
        self.index = index
        self.byteCount = byteCount
        self.hash = hash
    }

    /// The node of block `number`.
    public static func leaf(_ block: [UInt8], number: UInt64) -> TreeNode {
        var writer = ByteWriter()
        writer.u8(0)
        writer.u64(UInt64(block.count))
        return TreeNode(
            index: 2 * number, byteCount: UInt64(block.count), hash: Digest.blake2b(writer.bytes, block))
    }

    /// The node over two neighbours.
    public static func parent(_ left: TreeNode, _ right: TreeNode) -> TreeNode {
        var writer = ByteWriter()
        writer.u8(1)
        let count = left.byteCount &+ right.byteCount
        writer.u64(count)
        return TreeNode(
            index: FlatTree.parent(left.index), byteCount: count,
            hash: Digest.blake2b(writer.bytes, left.hash.bytes, right.hash.bytes))
    }

    /// The hash of a tree by its roots, left to right.
    public static func treeHash(_ roots: [TreeNode]) -> Digest {
        var writer = ByteWriter()
        writer.u8(2)
        for root in roots {
            writer.raw(root.hash.bytes)
            writer.u64(root.index)
            writer.u64(root.byteCount)
        }
        return Digest.blake2b(writer.bytes)
    }
}
