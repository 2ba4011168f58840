/// Leaves in an order, each with sums in three measures: finds the leaf at a place and the place of a leaf.
///
/// What a leaf holds is kept by the owner, under the leaf's number. Numbers are given in the order in which
/// leaves are made, and given again when a leaf was removed. A B+ tree of 16 children a node, in three
/// allocations whatever its size.
/// - Complexity: O(log *n*) in the leaves, unless a function says otherwise.
public struct SumTree: Sendable {
    /// One amount for each measure.
    public struct Sums: Hashable, Sendable {
        /// The amount in the first measure.
        public var first: Int
        /// The amount in the second measure.
        public var second: Int
        /// The amount in the third measure.
        public var third: Int

        /// Amounts; 0 in those that are left out.
        public init(_ first: Int = 0, _ second: Int = 0, _ third: Int = 0) {
            self.first = first
            self.second = second
            self.third = third
        }

        /// The amount in a measure.
        public subscript(measure: Measure) -> Int {
            switch measure {
            case .first: first
            case .second: second
            case .third: third
            }
        }

        /// Adds measure by measure.
        public static func += (a: inout Sums, b: Sums) {
            a.first += b.first
            a.second += b.second
            a.third += b.third
        }

        /// Subtracts measure by measure.
        public static func -= (a: inout Sums, b: Sums) {
            a.first -= b.first
            a.second -= b.second
            a.third -= b.third
        }
    }

    /// Which of the sums is meant.
    public enum Measure: Sendable {
        case first
        case second
        case third
    }

    struct Entry: Sendable {
        var sums = Sums()
        /// A node's number, or a leaf's on the lowest level.
        var child: Int32 = 0
        /// What is below was marked as not worth a look.
        var isIdle = false
    }

    struct Node: Sendable {
        var count: Int32 = 0
        var parent: Int32 = -1
        /// Which of its parent's children it is.
        var slot: Int32 = 0
    }

    struct Leaf: Sendable {
        var node: Int32
        var slot: Int32
        var next: Int32
        var previous: Int32
    }

    static let fanOut = 16

    private(set) var nodes: [Node] = []
    /// The children of node *n* begin at 16 *n*.
    var entries: [Entry] = []
    private(set) var leaves: [Leaf] = []
    /// Whether any leaf was ever marked idle.
    var hasIdle = false
    private var freeLeaves: [Int32] = []
    private var freeNodes: [Int32] = []
    private var root: Int32 = -1
    /// Levels of nodes; 0 when there is no leaf.
    private var height = 0
    /// The first leaf; nil when there is none.
    public private(set) var firstLeaf: Int?
    /// The sums over all leaves.
    public private(set) var total = Sums()

    /// A tree without leaves.
    public init() {}

    /// Forgets all leaves; keeps the memory.
    public mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        leaves.removeAll(keepingCapacity: true)
        freeLeaves.removeAll(keepingCapacity: true)
        freeNodes.removeAll(keepingCapacity: true)
        root = -1
        height = 0
        hasIdle = false
        firstLeaf = nil
        total = Sums()
    }

    // MARK: Finding

    /// The leaf that holds the unit at `offset` in a measure, and the sums before the leaf; nil beyond the
    /// end.
    public func find(_ measure: Measure, _ offset: Int) -> (leaf: Int, before: Sums)? {
        guard offset >= 0, offset < total[measure] else { return nil }
        var before = Sums(), rest = offset
        var node = root
        var level = height
        while true {
            var index = Int(node) * Self.fanOut
            while true {
                let amount = entries[index].sums[measure]
                if rest < amount { break }
                rest -= amount
                before += entries[index].sums
                index += 1
            }
            node = entries[index].child
            level -= 1
            if level == 0 { return (Int(node), before) }
        }
    }

    /// The sums of all leaves before one.
    public func sums(before leaf: Int) -> Sums {
        var sums = Sums()
        var node = leaves[leaf].node, slot = leaves[leaf].slot
        while node >= 0 {
            let base = Int(node) * Self.fanOut
            for index in base..<base + Int(slot) { sums += entries[index].sums }
            slot = nodes[Int(node)].slot
            node = nodes[Int(node)].parent
        }
        return sums
    }

    /// A leaf's own sums.
    /// - Complexity: O(1).
    public func sums(of leaf: Int) -> Sums {
        entries[Int(leaves[leaf].node) * Self.fanOut + Int(leaves[leaf].slot)].sums
    }

    /// The leaf behind one; nil behind the last.
    /// - Complexity: O(1).
    public func leaf(after leaf: Int) -> Int? {
        let next = leaves[leaf].next
        return next >= 0 ? Int(next) : nil
    }

    /// The leaf before one; nil before the first.
    /// - Complexity: O(1).
    public func leaf(before leaf: Int) -> Int? {
        let previous = leaves[leaf].previous
        return previous >= 0 ? Int(previous) : nil
    }

    /// The last leaf; nil when there is none.
    public var lastLeaf: Int? {
        guard height > 0 else { return nil }
        var node = root
        for _ in 0..<height {
            node = entries[Int(node) * Self.fanOut + Int(nodes[Int(node)].count) - 1].child
        }
        return Int(node)
    }

    /// Whether leaf `a` stands before leaf `b`, another one.
    public func precedes(_ a: Int, _ b: Int) -> Bool {
        var nodeA = leaves[a].node, nodeB = leaves[b].node
        var slotA = leaves[a].slot, slotB = leaves[b].slot
        while nodeA != nodeB {
            slotA = nodes[Int(nodeA)].slot
            slotB = nodes[Int(nodeB)].slot
            nodeA = nodes[Int(nodeA)].parent
            nodeB = nodes[Int(nodeB)].parent
        }
        return slotA < slotB
    }

    // MARK: Changing

    /// Adds to a leaf's sums.
    public mutating func add(_ sums: Sums, to leaf: Int) {
        var node = leaves[leaf].node, slot = leaves[leaf].slot
        while node >= 0 {
            entries[Int(node) * Self.fanOut + Int(slot)].sums += sums
            slot = nodes[Int(node)].slot
            node = nodes[Int(node)].parent
        }
        total += sums
    }

    /// Makes a leaf behind another, or the first one of an empty tree; gives its number.
    /// - Precondition: `leaf` is nil only when the tree is empty.
    public mutating func insertLeaf(after leaf: Int?, sums: Sums) -> Int {
        guard let leaf else {
            precondition(height == 0, "a tree with leaves says behind which the new one stands")
            root = makeNode()
            height = 1
            let number = makeLeaf(next: -1, previous: -1)
            firstLeaf = number
            insert(Entry(sums: sums, child: Int32(number)), in: root, at: 0, level: 1)
            total += sums
            return number
        }
        let number = makeLeaf(next: leaves[leaf].next, previous: Int32(leaf))
        let next = leaves[leaf].next
        if next >= 0 { leaves[Int(next)].previous = Int32(number) }
        leaves[leaf].next = Int32(number)
        place(number, sums, in: leaves[leaf].node, at: leaves[leaf].slot + 1)
        return number
    }

    /// Makes a leaf before another; gives its number.
    public mutating func insertLeaf(before leaf: Int, sums: Sums) -> Int {
        let previous = leaves[leaf].previous
        let number = makeLeaf(next: Int32(leaf), previous: previous)
        if previous >= 0 { leaves[Int(previous)].next = Int32(number) } else { firstLeaf = number }
        leaves[leaf].previous = Int32(number)
        place(number, sums, in: leaves[leaf].node, at: leaves[leaf].slot)
        return number
    }

    /// Takes a leaf out; its number may be given again.
    public mutating func removeLeaf(_ leaf: Int) {
        let gone = leaves[leaf]
        let sums = self.sums(of: leaf)
        add(Sums(-sums.first, -sums.second, -sums.third), to: leaf)
        if gone.previous >= 0 {
            leaves[Int(gone.previous)].next = gone.next
        } else {
            firstLeaf = gone.next >= 0 ? Int(gone.next) : nil
        }
        if gone.next >= 0 { leaves[Int(gone.next)].previous = gone.previous }
        freeLeaves.append(Int32(leaf))
        remove(from: gone.node, at: gone.slot, level: 1)
    }

    private mutating func makeLeaf(next: Int32, previous: Int32) -> Int {
        let leaf = Leaf(node: -1, slot: 0, next: next, previous: previous)
        if let free = freeLeaves.popLast() {
            leaves[Int(free)] = leaf
            return Int(free)
        }
        leaves.append(leaf)
        return leaves.count - 1
    }

    private mutating func makeNode() -> Int32 {
        if let free = freeNodes.popLast() {
            nodes[Int(free)] = Node()
            return free
        }
        nodes.append(Node())
        entries.append(contentsOf: repeatElement(Entry(), count: Self.fanOut))
        return Int32(nodes.count - 1)
    }

    private mutating func place(_ leaf: Int, _ sums: Sums, in node: Int32, at slot: Int32) {
        insert(Entry(sums: sums, child: Int32(leaf)), in: node, at: slot, level: 1)
        if hasIdle { wakePath(to: leaf) }
        total += sums
    }

    /// Adds to the sums above a node.
    private mutating func add(_ sums: Sums, above node: Int32) {
        var node = node
        while nodes[Int(node)].parent >= 0 {
            let parent = nodes[Int(node)].parent
            entries[Int(parent) * Self.fanOut + Int(nodes[Int(node)].slot)].sums += sums
            node = parent
        }
    }

    /// Puts an entry into a node; a full one becomes two.
    private mutating func insert(_ entry: Entry, in node: Int32, at slot: Int32, level: Int) {
        var node = node, slot = slot
        if nodes[Int(node)].count == Self.fanOut {
            // What grows at its end leaves full nodes behind.
            let kept = slot == Int32(Self.fanOut) && isLast(node) ? Self.fanOut : Self.fanOut / 2
            let right = split(node, keeping: kept, level: level)
            if slot > Int32(kept) || kept == Self.fanOut {
                node = right
                slot -= Int32(kept)
            }
        }
        let base = Int(node) * Self.fanOut, count = Int(nodes[Int(node)].count)
        var index = base + count
        while index > base + Int(slot) {
            entries[index] = entries[index - 1]
            index -= 1
        }
        entries[index] = entry
        nodes[Int(node)].count += 1
        renumber(node, from: Int(slot), level: level)
        add(entry.sums, above: node)
    }

    /// Whether no node of the same level stands behind one.
    private func isLast(_ node: Int32) -> Bool {
        var node = node
        while nodes[Int(node)].parent >= 0 {
            let parent = nodes[Int(node)].parent
            guard nodes[Int(node)].slot == nodes[Int(parent)].count - 1 else { return false }
            node = parent
        }
        return true
    }

    /// Moves what a full node has behind its first children to a new one behind it.
    private mutating func split(_ node: Int32, keeping kept: Int, level: Int) -> Int32 {
        let right = makeNode()
        var moved = Sums()
        for offset in 0..<Self.fanOut - kept {
            let entry = entries[Int(node) * Self.fanOut + kept + offset]
            entries[Int(right) * Self.fanOut + offset] = entry
            moved += entry.sums
        }
        nodes[Int(node)].count = Int32(kept)
        nodes[Int(right)].count = Int32(Self.fanOut - kept)
        renumber(right, from: 0, level: level)
        if nodes[Int(node)].parent < 0 {
            let top = makeNode()
            var sums = moved
            for offset in 0..<kept { sums += entries[Int(node) * Self.fanOut + offset].sums }
            entries[Int(top) * Self.fanOut] = Entry(sums: sums, child: node)
            nodes[Int(top)].count = 1
            nodes[Int(node)].parent = top
            nodes[Int(node)].slot = 0
            root = top
            height += 1
        }
        let parent = nodes[Int(node)].parent, slot = nodes[Int(node)].slot
        add(Sums(-moved.first, -moved.second, -moved.third), above: node)
        let isIdle = entries[Int(parent) * Self.fanOut + Int(slot)].isIdle
        insert(
            Entry(sums: moved, child: right, isIdle: isIdle), in: parent, at: slot + 1, level: level + 1)
        return right
    }

    private mutating func remove(from node: Int32, at slot: Int32, level: Int) {
        let base = Int(node) * Self.fanOut, count = Int(nodes[Int(node)].count)
        for index in base + Int(slot)..<base + count - 1 { entries[index] = entries[index + 1] }
        nodes[Int(node)].count -= 1
        if count > 1 {
            renumber(node, from: Int(slot), level: level)
            // A root with a single child gives way to it.
            while height > 1, nodes[Int(root)].count == 1 {
                let child = entries[Int(root) * Self.fanOut].child
                freeNodes.append(root)
                root = child
                nodes[Int(child)].parent = -1
                height -= 1
            }
            return
        }
        let parent = nodes[Int(node)].parent, at = nodes[Int(node)].slot
        freeNodes.append(node)
        if parent >= 0 {
            remove(from: parent, at: at, level: level + 1)
        } else {
            root = -1
            height = 0
        }
    }

    /// Tells the children from a slot on where they stand.
    private mutating func renumber(_ node: Int32, from slot: Int, level: Int) {
        let base = Int(node) * Self.fanOut
        for offset in slot..<max(slot, Int(nodes[Int(node)].count)) {
            let child = Int(entries[base + offset].child)
            if level == 1 {
                leaves[child].node = node
                leaves[child].slot = Int32(offset)
            } else {
                nodes[child].parent = node
                nodes[child].slot = Int32(offset)
            }
        }
    }
}
