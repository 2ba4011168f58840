import DunlinKeys

/// The right edge of a feed's tree: all that is needed to append and to verify what follows.
public struct MerkleFrontier: Hashable, Sendable {
    /// Blocks in the tree.
    public private(set) var length: UInt64 = 0
    /// Roots of the perfect trees, left to right.
    public private(set) var roots: [TreeNode] = []

    /// A tree without blocks.
    public init() {}

    /// - Returns: nil unless the nodes are the roots of a tree of `length` blocks.
    public init?(length: UInt64, roots: [TreeNode]) {
        guard roots.map(\.index) == FlatTree.roots(length) else { return nil }
        self.length = length
        self.roots = roots
    }

    /// The hash over all roots, which heads sign.
    public var treeHash: Digest { TreeNode.treeHash(roots) }
    /// Bytes of all blocks together.
    public var byteCount: UInt64 { roots.reduce(0) { $0 &+ $1.byteCount } }

    /// Adds a block; returns the nodes that came into being, the leaf first.
    ///
    /// Over a whole feed these are 2*n* - 1 nodes at most: O(1) a block, amortised.
    @discardableResult
    public mutating func append(_ block: [UInt8]) -> [TreeNode] {
        let nodes = push(TreeNode.leaf(block, number: length))
        length += 1
        return nodes
    }

    /// Adds a whole subtree at the right edge; returns the nodes that came into being, the subtree first.
    /// - Returns: nil when it does not fit there; nothing changed.
    mutating func append(subtree: TreeNode) -> [TreeNode]? {
        let span = FlatTree.span(subtree.index)
        guard span.lowerBound == length, span.upperBound > length else { return nil }
        let nodes = push(subtree)
        length = span.upperBound
        return nodes
    }

    private mutating func push(_ node: TreeNode) -> [TreeNode] {
        var made = [node]
        var right = node
        while let left = roots.last, FlatTree.sibling(right.index) == left.index {
            right = TreeNode.parent(left, right)
            roots.removeLast()
            made.append(right)
        }
        roots.append(right)
        return made
    }
}
