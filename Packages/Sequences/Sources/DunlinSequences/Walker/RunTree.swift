import DunlinCausality

/// The tracked runs in document order, with sums: a list of leaves of bounded size.
///
/// Finding a place walks the leaves' sums, then one leaf; a few thousand concurrent events are some dozen
/// leaves. Each unit inserted in the walk is indexed by its leaf.
struct RunTree: Sendable {
    struct Leaf: Sendable {
        var runs: [TrackedRun] = []
        var prepareCount = 0
        var effectCount = 0
        /// First placeholder unit in the leaf, nil when it has none.
        var firstPlaceholder: UnitID?
    }

    /// Where a run stands: leaf in document order, run within the leaf.
    struct Place: Comparable, Sendable {
        var leaf: Int
        var run: Int
        static func < (a: Place, b: Place) -> Bool {
            a.leaf == b.leaf ? a.run < b.run : a.leaf < b.leaf
        }
    }

    private static let leafCapacity = 32

    private(set) var leaves: [Leaf] = []
    /// Stable leaf numbers in document order, and back.
    private var numbers: [Int32] = []
    private var order: [Int32] = []
    /// Leaf number of each unit inserted during the walk, in the order of their versions.
    private var leafOfUnit: [Int32] = []
    /// Where units with consecutive versions begin in `leafOfUnit`. Only what was inserted takes memory:
    /// versions in between belong to deletions, of which one operation may have billions.
    private var spans: [(first: LocalVersion, offset: Int)] = []

    init(placeholderCount: Int) {
        var leaf = Leaf()
        if placeholderCount > 0 {
            leaf.runs = [
                TrackedRun(
                    id: TrackedRun.placeholderBase, count: placeholderCount, leftOrigin: TrackedRun.start,
                    rightOrigin: TrackedRun.end, prepare: 1, isDeleted: false)
            ]
        }
        leaves = [leaf]
        numbers = [0]
        order = [0]
        recount(0)
    }

    subscript(place: Place) -> TrackedRun { leaves[place.leaf].runs[place.run] }

    var prepareCount: Int { leaves.reduce(0) { $0 + $1.prepareCount } }

    // MARK: Finding

    /// The run and offset that hold the unit at a prepare position; nil beyond the end.
    func find(prepare position: Int) -> (place: Place, offset: Int)? {
        var rest = position
        for (index, leaf) in leaves.enumerated() {
            if rest >= leaf.prepareCount {
                rest -= leaf.prepareCount
                continue
            }
            for (run, item) in leaf.runs.enumerated() {
                if rest < item.prepareCount { return (Place(leaf: index, run: run), rest) }
                rest -= item.prepareCount
            }
        }
        return nil
    }

    /// The run that holds a unit, and the unit's offset in it.
    func find(unit: UnitID) -> (place: Place, offset: Int)? {
        let leaf: Int
        if unit >= 0 {
            guard let offset = offset(of: unit) else { return nil }
            leaf = Int(order[Int(leafOfUnit[offset])])
        } else {
            // Placeholder units keep their order: the last leaf that begins at or before the unit has it.
            guard let found = leaves.lastIndex(where: { $0.firstPlaceholder.map { $0 <= unit } ?? false })
            else { return nil }
            leaf = found
        }
        for (run, item) in leaves[leaf].runs.enumerated()
        where item.id <= unit && unit < item.id + item.count && item.isPlaceholder == (unit < 0) {
            return (Place(leaf: leaf, run: run), unit - item.id)
        }
        return nil
    }

    /// Effect units before a place.
    func effectPosition(of place: Place) -> Int {
        var position = 0
        for leaf in leaves[..<place.leaf] { position += leaf.effectCount }
        for run in leaves[place.leaf].runs[..<place.run] { position += run.effectCount }
        return position
    }

    /// The place behind another; nil at the end.
    func next(after place: Place) -> Place? {
        normalised(Place(leaf: place.leaf, run: place.run + 1))
    }

    /// The place itself, or the first of the next leaf with runs when it is a leaf's end.
    func normalised(_ place: Place) -> Place? {
        var place = place
        while place.leaf < leaves.count, place.run >= leaves[place.leaf].runs.count {
            place = Place(leaf: place.leaf + 1, run: 0)
        }
        return place.leaf < leaves.count ? place : nil
    }

    var first: Place? { normalised(Place(leaf: 0, run: 0)) }

    /// The place behind the last run.
    var endPlace: Place { Place(leaf: leaves.count - 1, run: leaves[leaves.count - 1].runs.count) }

    // MARK: Changing

    /// Cuts a run so that `offset` begins one of its own; returns that run's place.
    mutating func split(_ place: Place, at offset: Int) -> Place {
        guard offset > 0 else { return place }
        guard offset < self[place].count else { return Place(leaf: place.leaf, run: place.run + 1) }
        let right = leaves[place.leaf].runs[place.run].split(at: offset)
        leaves[place.leaf].runs.insert(right, at: place.run + 1)
        return rebalance(Place(leaf: place.leaf, run: place.run + 1))
    }

    /// Puts a run before the one at `place`, or at the end of its leaf.
    mutating func insert(_ run: TrackedRun, at place: Place) {
        leaves[place.leaf].runs.insert(run, at: place.run)
        if !run.isPlaceholder { index(run, leaf: numbers[place.leaf]) }
        leaves[place.leaf].prepareCount += run.prepareCount
        leaves[place.leaf].effectCount += run.effectCount
        _ = rebalance(place)
    }

    /// Changes the state of a whole run.
    mutating func update(_ place: Place, _ body: (inout TrackedRun) -> Void) {
        let before = self[place]
        body(&leaves[place.leaf].runs[place.run])
        let after = self[place]
        leaves[place.leaf].prepareCount += after.prepareCount - before.prepareCount
        leaves[place.leaf].effectCount += after.effectCount - before.effectCount
    }

    /// Index of a unit in `leafOfUnit`; nil when it was not inserted during the walk.
    /// - Complexity: O(log *n*) in the spans.
    private func offset(of unit: UnitID) -> Int? {
        var low = 0, high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].first <= unit { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let end = low < spans.count ? spans[low].offset : leafOfUnit.count
        let offset = spans[low - 1].offset + (unit - spans[low - 1].first)
        return offset < end ? offset : nil
    }

    /// Notes the leaf of a run. New runs come in the order of their versions, as the walk goes.
    private mutating func index(_ run: TrackedRun, leaf number: Int32) {
        if let start = offset(of: run.id) {
            for offset in start..<start + run.count { leafOfUnit[offset] = number }
            return
        }
        let end = spans.last.map { $0.first + (leafOfUnit.count - $0.offset) }
        if end != run.id { spans.append((run.id, leafOfUnit.count)) }
        leafOfUnit += repeatElement(number, count: run.count)
    }

    /// Halves a leaf that has grown too long; returns where `place` went.
    private mutating func rebalance(_ place: Place) -> Place {
        guard leaves[place.leaf].runs.count > Self.leafCapacity else {
            recountPlaceholder(place.leaf)
            return place
        }
        let half = leaves[place.leaf].runs.count / 2
        var right = Leaf()
        right.runs = Array(leaves[place.leaf].runs[half...])
        leaves[place.leaf].runs.removeSubrange(half...)
        let number = Int32(order.count)
        leaves.insert(right, at: place.leaf + 1)
        numbers.insert(number, at: place.leaf + 1)
        order.append(0)
        for position in place.leaf + 1..<numbers.count { order[Int(numbers[position])] = Int32(position) }
        for run in right.runs where !run.isPlaceholder { index(run, leaf: number) }
        recount(place.leaf)
        recount(place.leaf + 1)
        return place.run < half ? place : Place(leaf: place.leaf + 1, run: place.run - half)
    }

    private mutating func recount(_ leaf: Int) {
        leaves[leaf].prepareCount = leaves[leaf].runs.reduce(0) { $0 + $1.prepareCount }
        leaves[leaf].effectCount = leaves[leaf].runs.reduce(0) { $0 + $1.effectCount }
        recountPlaceholder(leaf)
    }

    private mutating func recountPlaceholder(_ leaf: Int) {
        leaves[leaf].firstPlaceholder = leaves[leaf].runs.first(where: \.isPlaceholder)?.id
    }
}
