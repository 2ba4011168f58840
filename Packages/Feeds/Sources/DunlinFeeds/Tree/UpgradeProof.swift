/// Shows that a longer tree continues a shorter one: nothing that was signed has been rewritten.
public struct UpgradeProof: Hashable, Sendable {
    /// The maximal subtrees between the two lengths, left to right.
    public var nodes: [TreeNode]

    /// A proof of these nodes.
    public init(nodes: [TreeNode]) { self.nodes = nodes }

    /// Whether `head` continues the tree whose right edge is `frontier`. The head's signature is checked
    /// apart.
    /// - Complexity: O(log *n*).
    public func verify(from frontier: MerkleFrontier, to head: SignedHead) -> Bool {
        guard frontier.length <= head.length, head.length < FeedState.lengthLimit,
            nodes.map(\.index) == FlatTree.subtrees(frontier.length..<head.length)
        else { return false }
        var whole = frontier
        for node in nodes { guard whole.append(subtree: node) != nil else { return false } }
        return whole.treeHash == head.treeHash
    }
}
