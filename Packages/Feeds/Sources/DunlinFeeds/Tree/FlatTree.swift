/// Numbers of the nodes of a binary tree over an append-only log: block *i* is node 2*i*, the parent of a
/// pair stands between them.
/// - Source: `Docs/Spec/Feeds.md`, "Tree".
public enum FlatTree {
    /// The roots of the perfect trees that cover `length` blocks, left to right.
    public static func roots(_ length: UInt64) -> [UInt64] { subtrees(0..<length) }

    /// The maximal perfect subtrees that cover blocks `range` exactly, left to right.
    ///
    /// For a range that ends at a length these are all nodes of that length's tree.
    public static func subtrees(_ range: Range<UInt64>) -> [UInt64] {
        var nodes: [UInt64] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let left = range.upperBound - start
            let aligned = start == 0 ? UInt64.max : start & (~start &+ 1)
            var size = UInt64(1) << (63 - UInt64(left.leadingZeroBitCount))
            size = min(size, aligned)
            nodes.append(2 * start + size - 1)
            start += size
        }
        return nodes
    }

    /// The number of levels below a node: 0 for a block.
    public static func height(_ index: UInt64) -> UInt64 { UInt64((~index).trailingZeroBitCount) }

    /// The blocks that a node covers.
    public static func span(_ index: UInt64) -> Range<UInt64> {
        let size = UInt64(1) << height(index)
        let first = (index - (size - 1)) / 2
        return first..<first + size
    }

    /// The node above.
    public static func parent(_ index: UInt64) -> UInt64 {
        let step = UInt64(1) << height(index)
        return isRightChild(index) ? index - step : index + step
    }

    /// The other node below the same parent.
    public static func sibling(_ index: UInt64) -> UInt64 {
        let distance = UInt64(2) << height(index)
        return isRightChild(index) ? index - distance : index + distance
    }

    static func isRightChild(_ index: UInt64) -> Bool { index >> (height(index) + 1) & 1 == 1 }
}
