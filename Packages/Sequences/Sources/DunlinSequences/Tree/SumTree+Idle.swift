/// Leaves that a search need not look at: their owner marks them, and whole nodes of them are gone over in
/// one step.
///
/// An entry that is marked has nothing but marked ones below; one that is not may have.
extension SumTree {
    /// The first leaf behind another that is not idle.
    /// - Parameter isIdle: asked of each leaf that is not marked; those of which it is true are marked.
    /// - Complexity: O(log *n*), and as much for each leaf that is marked.
    mutating func firstBusyLeaf(after leaf: Int, isIdle: (Int) -> Bool) -> Int? {
        var node = Int(leaves[leaf].node), slot = Int(leaves[leaf].slot) + 1, level = 1
        while true {
            let base = node * Self.fanOut, end = base + Int(nodes[node].count)
            if let index = (base + slot..<end).first(where: { !entries[$0].isIdle }) {
                let child = Int(entries[index].child)
                if level > 1 {
                    (node, slot, level) = (child, 0, level - 1)
                } else if isIdle(child) {
                    entries[index].isIdle = true
                    hasIdle = true
                    slot = index - base + 1
                } else {
                    return child
                }
                continue
            }
            let parent = Int(nodes[node].parent)
            guard parent >= 0 else { return nil }
            let place = Int(nodes[node].slot)
            if entries[base..<end].allSatisfy(\.isIdle) {
                entries[parent * Self.fanOut + place].isIdle = true
            }
            (node, slot, level) = (parent, place + 1, level + 1)
        }
    }

    /// Takes the mark from a leaf that has it, and from all above.
    mutating func wake(_ leaf: Int) {
        if entries[Int(leaves[leaf].node) * Self.fanOut + Int(leaves[leaf].slot)].isIdle {
            wakePath(to: leaf)
        }
    }

    /// Takes the mark from all above a leaf, and from itself.
    mutating func wakePath(to leaf: Int) {
        var node = leaves[leaf].node, slot = leaves[leaf].slot
        while node >= 0 {
            entries[Int(node) * Self.fanOut + Int(slot)].isIdle = false
            slot = nodes[Int(node)].slot
            node = nodes[Int(node)].parent
        }
    }
}
