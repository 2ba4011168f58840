/// Shows that a block belongs to a tree: the sibling of each node on the way from the block to its root, then
/// the tree's other roots.
public struct BlockProof: Hashable, Sendable {
    /// The number of the block.
    public var number: UInt64
    /// Siblings from the leaf upwards.
    public var siblings: [TreeNode]
    /// The roots of the whole tree, left to right.
    public var roots: [TreeNode]

    /// A proof of these nodes.
    public init(number: UInt64, siblings: [TreeNode], roots: [TreeNode]) {
        self.number = number
        self.siblings = siblings
        self.roots = roots
    }

    /// Whether `block` is the one that `head` covers at this number. The head's signature is checked apart.
    /// - Complexity: O(log *n*).
    public func verify(_ block: [UInt8], head: SignedHead) -> Bool {
        guard number < head.length, head.length < FeedState.lengthLimit,
            roots.map(\.index) == FlatTree.roots(head.length), TreeNode.treeHash(roots) == head.treeHash
        else { return false }
        var node = TreeNode.leaf(block, number: number)
        for sibling in siblings {
            // No path is longer than the way to the root above the block.
            guard !roots.contains(where: { $0.index == node.index }),
                sibling.index == FlatTree.sibling(node.index)
            else { return false }
            node =
                sibling.index < node.index
                ? TreeNode.parent(sibling, node) : TreeNode.parent(node, sibling)
        }
        return roots.contains(node)
    }
}
