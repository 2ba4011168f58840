/// The tracked runs in document order: leaves of up to 24 runs under a tree of sums, and for each unit that
/// was inserted in the walk the leaf that holds it.
///
/// The measures are the units there are at the prepare version, those in the sequence now, and the
/// placeholder's.
/// - Complexity: O(log *n*) in the runs for finding and changing; a unit's leaf is written again each time
///   that the smaller part of its leaf moves, so O(log *n*) times.
struct Tracker: Sendable {
    /// Where a run stands: leaf, and run within the leaf.
    struct Place: Equatable, Sendable {
        var leaf: Int
        var run: Int
    }

    private static let capacity = 24

    /// The runs of leaf *n* begin at `capacity` *n*.
    private var runs: [TrackedRun] = []
    private var counts: [Int32] = []
    private var tree = SumTree()
    /// Leaf of each unit inserted in the walk.
    private var leafOfUnit: [Int32] = []

    init() {}

    /// Starts again with a placeholder of so many units; keeps the memory.
    mutating func reset(placeholderCount: Int) {
        runs.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        leafOfUnit.removeAll(keepingCapacity: true)
        tree.removeAll()
        _ = tree.insertLeaf(after: nil, sums: SumTree.Sums())
        addLeafStorage()
        if placeholderCount > 0 {
            let run = TrackedRun(
                id: TrackedRun.placeholderBase, count: placeholderCount, leftOrigin: TrackedRun.start,
                rightOrigin: TrackedRun.end, prepare: 1, deletions: 0)
            runs[0] = run
            counts[0] = 1
            tree.add(run.sums, to: 0)
        }
    }

    subscript(place: Place) -> TrackedRun { runs[place.leaf * Self.capacity + place.run] }

    /// Units that were inserted in the walk; the next one has this number.
    var unitCount: Int { leafOfUnit.count }
    var prepareCount: Int { tree.total.first }
    var effectCount: Int { tree.total.second }
    var first: Place { Place(leaf: tree.firstLeaf ?? 0, run: 0) }

    // MARK: Finding

    /// The run and offset of the unit at a position, and the units in the sequence now before that run; nil
    /// beyond the end.
    func find(_ measure: SumTree.Measure, _ position: Int) -> (place: Place, offset: Int, effectBefore: Int)?
    {
        guard let (leaf, before) = tree.find(measure, position) else { return nil }
        var rest = position - before[measure], effect = before.second
        var index = leaf * Self.capacity
        let end = index + Int(counts[leaf])
        while index < end {
            let run = runs[index]
            let amount = run.sums[measure]
            if rest < amount {
                return (Place(leaf: leaf, run: index - leaf * Self.capacity), rest, effect)
            }
            rest -= amount
            effect += run.effectCount
            index += 1
        }
        return nil
    }

    /// The run that holds a unit, and the unit's offset in it.
    func find(unit: UnitID) -> (place: Place, offset: Int)? {
        guard unit >= 0 else {
            return find(.third, unit - TrackedRun.placeholderBase).map { ($0.place, $0.offset) }
        }
        guard unit < leafOfUnit.count else { return nil }
        let leaf = Int(leafOfUnit[unit])
        let base = leaf * Self.capacity
        for index in base..<base + Int(counts[leaf]) where runs[index].id <= unit {
            let offset = unit - runs[index].id
            if offset < runs[index].count { return (Place(leaf: leaf, run: index - base), offset) }
        }
        return nil
    }

    /// The left origin of a unit that there is.
    func leftOrigin(of unit: UnitID) -> UnitID? {
        find(unit: unit).map { $0.offset > 0 ? unit - 1 : self[$0.place].leftOrigin }
    }

    /// Units in the sequence now before a place.
    func effectPosition(of place: Place) -> Int {
        var position = tree.sums(before: place.leaf).second
        let base = place.leaf * Self.capacity
        for index in base..<base + place.run { position += runs[index].effectCount }
        return position
    }

    /// The place itself, or the first of the next leaf with runs when it is a leaf's end; nil at the very
    /// end.
    func normalised(_ place: Place) -> Place? {
        var place = place
        while place.run >= Int(counts[place.leaf]) {
            guard let next = tree.leaf(after: place.leaf) else { return nil }
            place = Place(leaf: next, run: 0)
        }
        return place
    }

    /// The place behind another; nil at the end.
    func next(after place: Place) -> Place? { normalised(Place(leaf: place.leaf, run: place.run + 1)) }

    /// Whether unit `a` stands before unit `b`.
    func precedes(_ a: UnitID, _ b: UnitID) -> Bool {
        if a == b || b == TrackedRun.start || a == TrackedRun.end { return false }
        if a == TrackedRun.start || b == TrackedRun.end { return true }
        if a < 0, b < 0 { return a < b }
        guard let x = find(unit: a), let y = find(unit: b) else { return false }
        if x.place == y.place { return x.offset < y.offset }
        return x.place.leaf == y.place.leaf
            ? x.place.run < y.place.run : tree.precedes(x.place.leaf, y.place.leaf)
    }

    /// The first unit at or behind a place that exists at the prepare version, deleted or not; the end if
    /// there is none.
    mutating func firstExisting(from place: Place) -> UnitID {
        guard let place = normalised(place) else { return TrackedRun.end }
        var leaf = place.leaf, first = place.run, passed = 0
        while true {
            let base = leaf * Self.capacity
            for index in base + first..<base + Int(counts[leaf]) where runs[index].prepare > 0 {
                return runs[index].id
            }
            first = 0
            passed += 1
            let next = passed < 3 ? tree.leaf(after: leaf) : nextLeafThatExists(after: leaf)
            guard let next else { return TrackedRun.end }
            leaf = next
        }
    }

    /// Goes over many leaves of what does not exist at the prepare version in one step.
    private mutating func nextLeafThatExists(after leaf: Int) -> Int? {
        let runs = self.runs, counts = self.counts
        return tree.firstBusyLeaf(after: leaf) { leaf in
            let base = leaf * Self.capacity
            return runs[base..<base + Int(counts[leaf])].allSatisfy { $0.prepare == 0 }
        }
    }

    /// All runs, as they stand.
    func forEachRun(_ body: (TrackedRun) -> Void) {
        var leaf = tree.firstLeaf
        while let here = leaf {
            let base = here * Self.capacity
            for index in base..<base + Int(counts[here]) { body(runs[index]) }
            leaf = tree.leaf(after: here)
        }
    }

    // MARK: Changing

    /// Puts a run of new units before unit `offset` of the run at `place`, which is cut there; at the run's
    /// end it goes behind it. A run that goes on with the one before it becomes a part of that.
    mutating func insert(_ run: TrackedRun, at place: Place, offset: Int) {
        var place = place
        var extra = 1
        if offset > 0 {
            if offset < self[place].count { extra = 2 } else { place.run += 1 }
        }
        if extra == 1, place.run > 0 {
            let before = place.leaf * Self.capacity + place.run - 1
            if runs[before].continues(into: run) {
                runs[before].count += run.count
                leafOfUnit += repeatElement(Int32(place.leaf), count: run.count)
                tree.add(run.sums, to: place.leaf)
                return
            }
        }
        place = makeRoom(extra, at: place)
        let index = place.leaf * Self.capacity + place.run
        if extra == 2 {
            runs[index + 2] = runs[index].suffix(from: offset)
            runs[index].count = offset
            runs[index + 1] = run
        } else {
            runs[index] = run
        }
        leafOfUnit += repeatElement(Int32(place.leaf), count: run.count)
        if tree.hasIdle, run.prepare > 0 { tree.wake(place.leaf) }
        tree.add(run.sums, to: place.leaf)
    }

    /// Cuts a run so that `count` units from `offset` on are one of their own; gives its place.
    mutating func isolate(_ place: Place, offset: Int, count: Int) -> Place {
        let whole = self[place]
        let left = offset > 0 ? 1 : 0, right = offset + count < whole.count ? 1 : 0
        guard left + right > 0 else { return place }
        let place = makeRoom(left + right, at: place)
        let index = place.leaf * Self.capacity + place.run
        var middle = whole.suffix(from: offset)
        middle.count = count
        if left == 1 {
            runs[index] = whole
            runs[index].count = offset
        }
        runs[index + left] = middle
        if right == 1 { runs[index + left + 1] = whole.suffix(from: offset + count) }
        return Place(leaf: place.leaf, run: place.run + left)
    }

    /// Changes the state of a whole run, and joins it with its neighbours in the leaf if it fared as they
    /// did.
    mutating func update(_ place: Place, prepare step: Int32, delete: Bool) {
        let index = place.leaf * Self.capacity + place.run
        var change = runs[index].sums
        runs[index].prepare += step
        if tree.hasIdle, step > 0 { tree.wake(place.leaf) }
        if delete { runs[index].deletions += 1 }
        let after = runs[index].sums
        change = SumTree.Sums(after.first - change.first, after.second - change.second, 0)
        if change != SumTree.Sums() { tree.add(change, to: place.leaf) }
        if place.run + 1 < Int(counts[place.leaf]), runs[index].continues(into: runs[index + 1]) {
            runs[index].count += runs[index + 1].count
            removeRun(place.run + 1, in: place.leaf)
        }
        if place.run > 0, runs[index - 1].continues(into: runs[index]) {
            runs[index - 1].count += runs[index].count
            removeRun(place.run, in: place.leaf)
        }
    }

    /// Changes the state of one unit, whatever it was.
    mutating func set(_ unit: UnitID, prepare: Int32, deletions: Int32) {
        guard let found = find(unit: unit) else { return }
        let run = self[found.place]
        guard run.prepare != prepare || run.deletions != deletions else { return }
        let place = isolate(found.place, offset: found.offset, count: 1)
        let index = place.leaf * Self.capacity + place.run
        let before = runs[index].sums
        runs[index].prepare = prepare
        if tree.hasIdle, prepare > 0 { tree.wake(place.leaf) }
        runs[index].deletions = deletions
        let after = runs[index].sums
        tree.add(SumTree.Sums(after.first - before.first, after.second - before.second, 0), to: place.leaf)
    }

    private mutating func removeRun(_ run: Int, in leaf: Int) {
        let base = leaf * Self.capacity, count = Int(counts[leaf])
        for index in base + run..<base + count - 1 { runs[index] = runs[index + 1] }
        counts[leaf] -= 1
    }

    /// Moves the runs from a place on so that `extra` more fit before them; gives the place, which may have
    /// gone to another leaf.
    private mutating func makeRoom(_ extra: Int, at place: Place) -> Place {
        var place = place
        if Int(counts[place.leaf]) + extra > Self.capacity { place = halve(place) }
        let base = place.leaf * Self.capacity
        var index = base + Int(counts[place.leaf]) - 1
        while index >= base + place.run {
            runs[index + extra] = runs[index]
            index -= 1
        }
        counts[place.leaf] += Int32(extra)
        return place
    }

    /// Halves a full leaf. The half with fewer units to index moves.
    private mutating func halve(_ place: Place) -> Place {
        let leaf = place.leaf, base = leaf * Self.capacity
        let count = Int(counts[leaf]), half = count / 2
        var lower = 0, upper = 0
        for index in base..<base + count where !runs[index].isPlaceholder {
            if index < base + half { lower += runs[index].count } else { upper += runs[index].count }
        }
        let movesUpper = upper <= lower
        let moved = movesUpper ? base + half..<base + count : base..<base + half
        var sums = SumTree.Sums()
        for index in moved { sums += runs[index].sums }
        tree.add(SumTree.Sums(-sums.first, -sums.second, -sums.third), to: leaf)
        let number =
            movesUpper ? tree.insertLeaf(after: leaf, sums: sums) : tree.insertLeaf(before: leaf, sums: sums)
        if number == counts.count { addLeafStorage() }
        for (offset, index) in moved.enumerated() {
            let run = runs[index]
            runs[number * Self.capacity + offset] = run
            guard !run.isPlaceholder else { continue }
            for unit in run.id..<run.id + run.count { leafOfUnit[unit] = Int32(number) }
        }
        counts[number] = Int32(moved.count)
        counts[leaf] = Int32(count - moved.count)
        if !movesUpper { for index in base..<base + count - half { runs[index] = runs[index + half] } }
        let isUpper = place.run >= half
        return Place(
            leaf: isUpper == movesUpper ? number : leaf, run: isUpper ? place.run - half : place.run)
    }

    private mutating func addLeafStorage() {
        let empty = TrackedRun(id: 0, count: 0, leftOrigin: 0, rightOrigin: 0, prepare: 0, deletions: 1)
        runs.append(contentsOf: repeatElement(empty, count: Self.capacity))
        counts.append(0)
    }
}
