import DunlinCausality

/// Finds the place of a run among very many that were inserted concurrently at the same spot, without going
/// over all of them.
///
/// Units with the same two origins are siblings and stand in the order of their replicas. Between two of them
/// stands only what rests on the first from the left (it, or something that rests on it, is the left origin)
/// and then what rests on the second from the right. So a new one stands behind all that rests from the left
/// on the last sibling that is not behind it. What has the same left origin and another right origin stands
/// before when that is further right, and behind when it is further left, unless it rests on a sibling.
///
/// To keep this costs more than to look at a few runs: the walker begins when it has looked at many for each
/// that it replayed.
/// - Source: Weidner and Kleppmann 2023, "The Art of the Fugue": the tree of FugueMax, of which siblings are
///   children on one side of one node.
struct SiblingIndex: Sendable {
    /// So many runs looked at for each one replayed are as much work as the index is.
    static let patience = 4

    private struct Origins: Hashable, Sendable {
        var left: UnitID
        var right: UnitID
    }

    private typealias Sibling = SiblingGroup.Sibling

    private var groups: [SiblingGroup] = []
    private var numbers: [Origins: Int] = [:]
    /// By left origin, the groups whose right origin does not rest on that: the furthest right origin first,
    /// as they stand.
    private var groupsOfLeft: [UnitID: [Int]] = [:]

    /// An index of all that was inserted in a walk.
    /// - Parameter versionOf: gives the event that inserted a unit.
    /// - Complexity: O(*n* log *n*) in the runs.
    init(of tracker: Tracker, graph: CausalGraph, versionOf: (UnitID) -> LocalVersion) {
        tracker.forEachRun { run in
            guard !run.isPlaceholder, run.leftOrigin != run.id - 1 else { return }
            let version = versionOf(run.id)
            prepare(run.leftOrigin, tracker: tracker, versionOf: versionOf)
            if let number = numbers[Origins(left: run.leftOrigin, right: run.rightOrigin)] {
                let spot = spot(of: version, in: number, graph: graph)
                groups[number].insert(Sibling(unit: run.id, version: version, reach: run.id), at: spot)
            } else {
                makeGroup(run.leftOrigin, run.rightOrigin, unit: run.id, version: version, tracker: tracker)
            }
        }
    }

    /// Takes in a run that nothing concurrent stands beside.
    mutating func add(
        _ run: TrackedRun, version: LocalVersion, tracker: Tracker, versionOf: (UnitID) -> LocalVersion
    ) {
        // What only goes on with the unit before it is found when something comes beside it.
        guard run.leftOrigin != run.id - 1 || groupsOfLeft[run.leftOrigin] != nil else { return }
        prepare(run.leftOrigin, tracker: tracker, versionOf: versionOf)
        makeGroup(run.leftOrigin, run.rightOrigin, unit: run.id, version: version, tracker: tracker)
    }

    /// Takes in a run and gives its place: as the walk that begins at `start`, right behind its left origin,
    /// would find it.
    mutating func place(
        _ run: TrackedRun, version: LocalVersion, from start: Tracker.Place, tracker: Tracker,
        graph: CausalGraph, versionOf: (UnitID) -> LocalVersion
    ) -> Tracker.Place {
        let left = run.leftOrigin, right = run.rightOrigin
        prepare(left, tracker: tracker, versionOf: versionOf)
        let isOnRight = rests(right, on: left, tracker: tracker)
        guard let number = numbers[Origins(left: left, right: right)] else {
            defer { makeGroup(left, right, unit: run.id, version: version, tracker: tracker) }
            // The first that rests on its right origin from the left stands right before it.
            if isOnRight { return tracker.find(unit: right)?.place ?? start }
            return placeBehindGroups(before: right, of: left, from: start, tracker: tracker)
        }
        let spot = spot(of: version, in: number, graph: graph)
        defer { groups[number].insert(Sibling(unit: run.id, version: version, reach: run.id), at: spot) }
        if let before = groups[number].before(spot) {
            return placeBehind(before, in: number, tracker: tracker) ?? start
        }
        if isOnRight { return placeBeforeAll(in: number, from: start, tracker: tracker) }
        return placeBehindGroups(before: right, of: left, from: start, tracker: tracker)
    }

    // MARK: Groups

    private func spot(of version: LocalVersion, in number: Int, graph: CausalGraph) -> SiblingGroup.Spot {
        let replica = graph.event(at: version).replica
        return groups[number].first { replica < graph.event(at: $0.version).replica }
    }

    private mutating func makeGroup(
        _ left: UnitID, _ right: UnitID, unit: UnitID, version: LocalVersion, tracker: Tracker
    ) {
        let number = groups.count
        let sibling = Sibling(unit: unit, version: version, reach: unit)
        numbers[Origins(left: left, right: right)] = number
        groups.append(SiblingGroup(left: left, right: right, sibling))
        guard !rests(right, on: left, tracker: tracker) else { return }
        let index = indexOfGroups(before: right, of: left, tracker: tracker)
        groupsOfLeft[left, default: []].insert(number, at: index)
    }

    /// Among the groups of a left origin, how many have a right origin further right.
    private func indexOfGroups(before right: UnitID, of left: UnitID, tracker: Tracker) -> Int {
        guard let numbers = groupsOfLeft[left] else { return 0 }
        var low = 0, high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if tracker.precedes(right, groups[numbers[middle]].right) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Whether a right origin has the left origin for its own, and so what is inserted between rests on it.
    private func rests(_ right: UnitID, on left: UnitID, tracker: Tracker) -> Bool {
        right != TrackedRun.end && tracker.leftOrigin(of: right) == left
    }

    /// Before the first run with a left origin is taken in: takes in the unit with the next number, if that
    /// follows on it. Runs do not show their inner units.
    private mutating func prepare(
        _ left: UnitID, tracker: Tracker, versionOf: (UnitID) -> LocalVersion
    ) {
        guard groupsOfLeft[left] == nil else { return }
        groupsOfLeft[left] = []
        guard left >= 0, left + 1 < tracker.unitCount, let found = tracker.find(unit: left + 1) else {
            return
        }
        let run = tracker[found.place]
        guard found.offset > 0 || run.leftOrigin == left else { return }
        makeGroup(left, run.rightOrigin, unit: left + 1, version: versionOf(left + 1), tracker: tracker)
    }

    // MARK: Places

    /// Behind a sibling and all that rests on it from the left.
    private mutating func placeBehind(
        _ spot: SiblingGroup.Spot, in number: Int, tracker: Tracker
    ) -> Tracker.Place? {
        let left = groups[number].left
        var reach = groups[number][spot].reach
        guard let found = tracker.find(unit: reach) else { return nil }
        var cursor = found.place
        while let next = tracker.next(after: cursor) {
            let other = tracker[next]
            if other.prepare != 0 || other.leftOrigin == left || tracker.precedes(other.leftOrigin, left) {
                break
            }
            cursor = next
            reach = other.id + other.count - 1
        }
        groups[number][spot].reach = reach
        return Tracker.Place(leaf: cursor.leaf, run: cursor.run + 1)
    }

    /// Behind the groups of a left origin with a right origin further right.
    private mutating func placeBehindGroups(
        before right: UnitID, of left: UnitID, from start: Tracker.Place, tracker: Tracker
    ) -> Tracker.Place {
        let index = indexOfGroups(before: right, of: left, tracker: tracker)
        guard index > 0, let number = groupsOfLeft[left]?[index - 1] else { return start }
        return placeBehind(groups[number].last, in: number, tracker: tracker) ?? start
    }

    /// Before all siblings and all that rests on the first from the right.
    private mutating func placeBeforeAll(
        in number: Int, from start: Tracker.Place, tracker: Tracker
    ) -> Tracker.Place {
        let left = groups[number].left, right = groups[number].right
        var cursor = start
        var scan = tracker.normalised(start)
        if let passed = groups[number].passed, let found = tracker.find(unit: passed) {
            cursor = Tracker.Place(leaf: found.place.leaf, run: found.place.run + 1)
            scan = tracker.next(after: found.place)
        }
        var isScanning = false
        var wall: UnitID?
        while let here = scan {
            let other = tracker[here]
            if other.prepare != 0 || other.id == groups[number].wall { break }
            if other.leftOrigin == left {
                if other.rightOrigin == right { break }
                let wasScanning = isScanning
                isScanning = tracker.precedes(other.rightOrigin, right)
                if isScanning, !wasScanning { wall = other.id }
            } else if tracker.precedes(other.leftOrigin, left) {
                break
            }
            if !isScanning {
                cursor = Tracker.Place(leaf: here.leaf, run: here.run + 1)
                groups[number].passed = other.id + other.count - 1
            }
            scan = tracker.next(after: here)
        }
        if isScanning { groups[number].wall = wall }
        return cursor
    }
}
