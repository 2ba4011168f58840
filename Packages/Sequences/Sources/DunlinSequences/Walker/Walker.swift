import DunlinCausality

/// Replays concurrent events and says where each takes effect.
///
/// It holds two states of the sequence at once: the *prepare* state, moved to and fro so that each event
/// meets the sequence as its author saw it, and the *effect* state, in which everything replayed so far has
/// happened.
/// - Source: Gentle and Kleppmann 2024, sections 3.2 to 3.4.
struct Walker: Sendable {
    private var tree: RunTree
    private var version: Frontier
    /// The critical version that the placeholder stands for; empty is the beginning.
    let base: Frontier
    /// The units that the replayed deletions took, by version; units out of range leave no trace here.
    private var deletions: [Deletion] = []

    /// - Parameters:
    ///   - base: a critical version; what came before it is a placeholder of `baseLength` units.
    init(base: Frontier, baseLength: Int) {
        self.base = base
        version = base
        tree = RunTree(placeholderCount: baseLength)
    }

    /// Replays one operation.
    /// - Parameter edits: what it does to the effect state is appended here.
    /// - Returns: the units that were out of range at the operation's own moment.
    mutating func apply(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, parents: Frontier, log: SequenceLog,
        graph: CausalGraph, edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        move(to: parents, log: log, graph: graph)
        version = [versions.upperBound - 1]
        switch operation.kind {
        case .insert:
            guard insert(operation, versions: versions, graph: graph, edits: &edits) else {
                return [0..<versions.count]
            }
            return []
        case .deleteForward, .deleteBackward:
            return delete(operation, versions: versions, edits: &edits)
        }
    }

    // MARK: Moving the prepare version

    private mutating func move(to target: Frontier, log: SequenceLog, graph: CausalGraph) {
        guard version != target else { return }
        let (leave, enter) = graph.difference(version, target)
        for span in leave.reversed() {
            for part in log.parts(in: span).reversed() where !part.isVoid { shift(part, by: -1) }
        }
        for span in enter {
            for part in log.parts(in: span) where !part.isVoid { shift(part, by: 1) }
        }
        version = target
    }

    private mutating func shift(_ part: SequenceLog.Run, by step: Int32) {
        switch part.kind {
        case .insert:
            shiftUnits(part.versions.lowerBound, count: part.versions.count, by: step)
        case .deleteForward, .deleteBackward:
            var index = firstDeletion(endingAfter: part.versions.lowerBound)
            while index < deletions.count, deletions[index].versions.lowerBound < part.versions.upperBound {
                let units = deletions[index].units(of: part.versions)
                shiftUnits(units.lowerBound, count: units.count, by: step)
                index += 1
            }
        }
    }

    /// The first deletion that reaches beyond a version.
    private func firstDeletion(endingAfter version: LocalVersion) -> Int {
        var low = 0, high = deletions.count
        while low < high {
            let middle = (low + high) / 2
            if deletions[middle].versions.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func shiftUnits(_ first: UnitID, count: Int, by step: Int32) {
        var unit = first
        var rest = count
        while rest > 0 {
            guard let found = tree.find(unit: unit) else { return }
            let place = tree.split(found.place, at: found.offset)
            guard let here = tree.normalised(place) else { return }
            if tree[here].count > rest { _ = tree.split(here, at: rest) }
            // The split may have moved the run to another leaf.
            guard let final = tree.find(unit: unit)?.place else { return }
            let taken = tree[final].count
            tree.update(final) { $0.prepare += step }
            unit += taken
            rest -= taken
        }
    }

    // MARK: Deleting

    private mutating func delete(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        var voids: [Range<Int>] = []
        var unit = 0
        while unit < versions.count {
            let position = operation.position(ofUnit: unit)
            guard let found = tree.find(prepare: position) else {
                // Whoever wrote this may count to billions: units out of range are passed over together.
                let comesDown = operation.kind == .deleteBackward
                let skipped = comesDown ? position - tree.prepareCount + 1 : versions.count - unit
                let end = min(versions.count, unit + skipped)
                voids.append(unit..<end)
                unit = end
                continue
            }
            unit += deleteUnits(found, operation, unit: unit, versions: versions, edits: &edits)
        }
        return voids
    }

    /// Deletes as many units of one run as the operation takes; returns how many.
    private mutating func deleteUnits(
        _ found: (place: RunTree.Place, offset: Int), _ operation: SequenceOperation, unit: Int,
        versions: Range<LocalVersion>, edits: inout [SequenceEdit]
    ) -> Int {
        let run = tree[found.place]
        let wanted = versions.count - unit
        let backward = operation.kind == .deleteBackward
        let count = backward ? min(wanted, found.offset + 1) : min(wanted, run.count - found.offset)
        let start = backward ? found.offset - count + 1 : found.offset
        let first = run.id + start
        let version = versions.lowerBound + unit
        deletions.append(
            Deletion(versions: version..<version + count, firstUnit: first, isBackward: backward))
        let place = tree.split(found.place, at: start)
        if let here = tree.normalised(place), tree[here].count > count { _ = tree.split(here, at: count) }
        guard let final = tree.find(unit: first)?.place else { return count }
        if !tree[final].isDeleted {
            let position = tree.effectPosition(of: final)
            edits.append(.delete(position..<position + count))
        }
        tree.update(final) { run in
            run.prepare += 1
            run.isDeleted = true
        }
        return count
    }

    // MARK: Inserting

    private mutating func insert(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, graph: CausalGraph,
        edits: inout [SequenceEdit]
    ) -> Bool {
        var cursor: RunTree.Place
        var left = TrackedRun.start
        if operation.position == 0 {
            cursor = RunTree.Place(leaf: 0, run: 0)
        } else {
            guard let found = tree.find(prepare: operation.position - 1) else { return false }
            left = tree[found.place].id + found.offset
            cursor = tree.split(found.place, at: found.offset + 1)
        }
        let right = rightOrigin(from: cursor)
        var run = TrackedRun(
            id: versions.lowerBound, count: versions.count, leftOrigin: left, rightOrigin: right, prepare: 1,
            isDeleted: false)
        cursor = integrate(&run, from: cursor, graph: graph)
        let position = tree.effectPosition(of: cursor)
        tree.insert(run, at: cursor)
        edits.append(.insert(at: position, units: 0..<versions.count))
        return true
    }

    /// The first unit at or behind `cursor` that exists at the prepare version, deleted or not.
    private func rightOrigin(from cursor: RunTree.Place) -> UnitID {
        var place = tree.normalised(cursor)
        while let here = place {
            if tree[here].prepare > 0 { return tree[here].id }
            place = tree.next(after: here)
        }
        return TrackedRun.end
    }

    /// Finds the place of a new run among what was inserted concurrently at the same spot.
    ///
    /// The rule is YjsMod's, which orders as FugueMax does: runs of concurrent typing stay whole, forwards
    /// and backwards; what remains equal is ordered by the replicas' bytes.
    /// - Source: Weidner and Kleppmann 2023, "The Art of the Fugue", section 4; Gentle and Kleppmann 2024.
    private func integrate(
        _ run: inout TrackedRun, from start: RunTree.Place, graph: CausalGraph
    ) -> RunTree.Place {
        guard var scan = tree.normalised(start), tree[scan].prepare == 0 else { return start }
        let leftPlace = order(ofUnit: run.leftOrigin)
        let rightPlace = order(ofUnit: run.rightOrigin)
        let replica = graph.event(at: run.id).replica
        var cursor = start
        var isScanning = false
        while true {
            let other = tree[scan]
            if other.prepare != 0 { break }
            let otherLeft = order(ofUnit: other.leftOrigin)
            if otherLeft < leftPlace { break }
            if otherLeft == leftPlace {
                let otherRight = order(ofUnit: other.rightOrigin)
                if otherRight == rightPlace {
                    if replica < graph.event(at: other.id).replica { break }
                    isScanning = false
                } else {
                    isScanning = otherRight < rightPlace
                }
            }
            let behind = RunTree.Place(leaf: scan.leaf, run: scan.run + 1)
            if !isScanning { cursor = behind }
            guard let next = tree.normalised(behind) else { break }
            scan = next
        }
        return cursor
    }

    /// Where a unit stands, comparable with other units.
    private func order(ofUnit unit: UnitID) -> UnitOrder {
        if unit == TrackedRun.start { return .start }
        if unit == TrackedRun.end { return .end }
        guard let found = tree.find(unit: unit) else { return .end }
        return .at(found.place.leaf, found.place.run, found.offset)
    }
}

/// The place of a unit in document order.
private enum UnitOrder: Comparable {
    case start
    case at(Int, Int, Int)
    case end
}
