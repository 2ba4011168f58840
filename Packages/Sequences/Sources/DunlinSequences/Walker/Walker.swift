import DunlinCausality

/// Replays concurrent events and says where each takes effect.
///
/// It holds two states of the sequence at once: the *prepare* state, moved to and fro so that each event meets the
/// sequence as its author saw it, and the *effect* state, in which everything replayed so far has happened.
/// - Source: Gentle and Kleppmann 2024, sections 3.2 to 3.4.
struct Walker: Sendable {
    private var tracker = Tracker()
    private var difference = VersionDifference()
    /// The prepare version.
    private var version: Frontier = []
    /// The critical version that the placeholder stands for; -1 is the beginning.
    private(set) var base: LocalVersion = -1
    /// What the replayed events did, by version; units out of range leave no trace here.
    private var effects: [Effect] = []
    /// Events of which the first inserts a unit whose number does not follow the one before: by unit.
    private var insertions: [(unit: UnitID, version: LocalVersion)] = []
    /// Runs replayed since something was concurrent.
    private var runsSinceConcurrent = 0
    private(set) var runCount = 0

    init() {}

    /// Starts at a critical version with `length` units; keeps the memory.
    mutating func reset(base: LocalVersion, length: Int) {
        self.base = base
        version = base < 0 ? [] : [base]
        tracker.reset(placeholderCount: length)
        effects.removeAll(keepingCapacity: true)
        insertions.removeAll(keepingCapacity: true)
        runsSinceConcurrent = 0
        runCount = 0
    }

    /// Whether less has followed in line than was concurrent: then making another walker would cost more than what
    /// this one has saved since.
    var isWorthKeeping: Bool { runsSinceConcurrent * 2 < runCount }

    /// Bytes that the buffers hold, about.
    var capacity: Int { effects.capacity * MemoryLayout<Effect>.stride }

    /// Replays one operation.
    /// - Parameters:
    ///   - parents: nil for the event right before, by local version.
    ///   - edits: what it does to the effect state is appended here.
    /// - Returns: the units that were out of range at the operation's own moment.
    mutating func apply(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, parents: Frontier?, graph: CausalGraph,
        edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        if let parents {
            move(to: parents, graph: graph)
        } else if version.count != 1 || version[0] != versions.lowerBound - 1 {
            move(to: [versions.lowerBound - 1], graph: graph)
        }
        if version.count == 1 { version[0] = versions.upperBound - 1 } else { version = [versions.upperBound - 1] }
        runsSinceConcurrent = 0
        runCount += 1
        guard operation.kind == .insert else {
            return delete(operation, versions: versions, in: .first, edits: &edits)
        }
        guard insert(operation, versions: versions, graph: graph, edits: &edits) else {
            return [0..<versions.count]
        }
        return []
    }

    /// Takes in an operation that has everything replayed so far in its past: it meets the effect state, and the
    /// prepare version stays where it is.
    mutating func applyOnFrontier(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        runsSinceConcurrent += 1
        runCount += 1
        guard operation.kind == .insert else {
            return delete(operation, versions: versions, in: .second, edits: &edits)
        }
        guard operation.position <= tracker.effectCount else { return [0..<versions.count] }
        var place = tracker.first, offset = 0
        var left = TrackedRun.start
        if operation.position > 0, let found = tracker.find(.second, operation.position - 1) {
            left = tracker[found.place].id + found.offset
            (place, offset) = (found.place, found.offset + 1)
        }
        // Everything in the tree is in the operation's past, so what comes next is the right origin.
        var right = TrackedRun.end
        if let here = tracker.normalised(place) {
            if offset < tracker[here].count {
                right = tracker[here].id + offset
            } else if let next = tracker.next(after: here) {
                right = tracker[next].id
            }
        }
        let run = TrackedRun(
            id: tracker.unitCount, count: versions.count, leftOrigin: left, rightOrigin: right, prepare: 0,
            isDeleted: false)
        note(insertion: run, versions: versions)
        tracker.insert(run, at: place, offset: offset)
        edits.append(.insert(at: operation.position, units: 0..<versions.count))
        return []
    }

    // MARK: Moving the prepare version

    private mutating func move(to target: Frontier, graph: CausalGraph) {
        guard version != target else { return }
        difference.find(version, target, in: graph)
        var difference = VersionDifference()
        swap(&difference, &self.difference)
        difference.forEachOnlyA { span in
            var index = firstEffect(endingAfter: span.upperBound - 1)
            if index == effects.count || effects[index].version >= span.upperBound { index -= 1 }
            while index >= 0, effects[index].versions.upperBound > span.lowerBound {
                shift(effects[index], in: span, by: -1)
                index -= 1
            }
        }
        difference.forEachOnlyB { span in
            var index = firstEffect(endingAfter: span.lowerBound)
            while index < effects.count, effects[index].version < span.upperBound {
                shift(effects[index], in: span, by: 1)
                index += 1
            }
        }
        swap(&difference, &self.difference)
        version = target
    }

    private mutating func shift(_ effect: Effect, in span: Range<LocalVersion>, by step: Int32) {
        let units = effect.units(of: span)
        var unit = units.lowerBound
        while unit < units.upperBound {
            guard let found = tracker.find(unit: unit) else { return }
            let count = min(units.upperBound - unit, tracker[found.place].count - found.offset)
            let place = tracker.isolate(found.place, offset: found.offset, count: count)
            tracker.update(place, prepare: step, delete: false)
            unit += count
        }
    }

    /// The first effect that reaches beyond a version.
    private func firstEffect(endingAfter version: LocalVersion) -> Int {
        var low = 0, high = effects.count
        while low < high {
            let middle = (low + high) / 2
            if effects[middle].versions.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func note(insertion run: TrackedRun, versions: Range<LocalVersion>) {
        if let last = effects.last, last.kind == .insert, last.versions.upperBound == versions.lowerBound,
            last.unit + last.count == run.id
        {
            effects[effects.count - 1].count += versions.count
            return
        }
        effects.append(
            Effect(version: versions.lowerBound, count: versions.count, unit: run.id, kind: .insert))
        insertions.append((run.id, versions.lowerBound))
    }

    /// The event that inserted a unit during the walk.
    private func version(ofUnit unit: UnitID) -> LocalVersion {
        var low = 0, high = insertions.count
        while low < high {
            let middle = (low + high) / 2
            if insertions[middle].unit <= unit { low = middle + 1 } else { high = middle }
        }
        return insertions[low - 1].version + (unit - insertions[low - 1].unit)
    }

    // MARK: Deleting

    /// Deletes at the prepare version (the first measure) or in the sequence as it stands (the second).
    private mutating func delete(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, in measure: SumTree.Measure,
        edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        var voids: [Range<Int>] = []
        let backward = operation.kind == .deleteBackward
        var unit = 0
        while unit < versions.count {
            let position = operation.position(ofUnit: unit)
            guard let found = tracker.find(measure, position) else {
                // Whoever wrote this may count to billions: units out of range are passed over together.
                let count = measure == .first ? tracker.prepareCount : tracker.effectCount
                let skipped = backward ? position - count + 1 : versions.count - unit
                let end = min(versions.count, unit + skipped)
                voids.append(unit..<end)
                unit = end
                continue
            }
            let run = tracker[found.place], wanted = versions.count - unit
            let count = min(wanted, backward ? found.offset + 1 : run.count - found.offset)
            let start = backward ? found.offset - count + 1 : found.offset
            let version = versions.lowerBound + unit
            note(deletion: run.id + start, count: count, version: version, kind: operation.kind)
            if !run.isDeleted {
                let first = found.effectBefore + start
                edits.append(.delete(first..<first + count))
            }
            let place = tracker.isolate(found.place, offset: start, count: count)
            tracker.update(place, prepare: measure == .first ? 1 : 0, delete: true)
            unit += count
        }
        return voids
    }

    private mutating func note(
        deletion unit: UnitID, count: Int, version: LocalVersion, kind: SequenceOperation.Kind
    ) {
        if let last = effects.last, last.kind == kind, last.versions.upperBound == version,
            kind == .deleteForward ? last.unit + last.count == unit : last.unit == unit + count
        {
            effects[effects.count - 1].count += count
            if kind == .deleteBackward { effects[effects.count - 1].unit = unit }
            return
        }
        effects.append(Effect(version: version, count: count, unit: unit, kind: kind))
    }

    // MARK: Inserting

    private mutating func insert(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, graph: CausalGraph,
        edits: inout [SequenceEdit]
    ) -> Bool {
        var place = tracker.first, offset = 0
        var left = TrackedRun.start, effect = 0
        if operation.position > 0 {
            guard let found = tracker.find(.first, operation.position - 1) else { return false }
            let run = tracker[found.place]
            left = run.id + found.offset
            (place, offset) = (found.place, found.offset + 1)
            effect = found.effectBefore + (run.isDeleted ? 0 : offset)
        }
        var run = TrackedRun(
            id: tracker.unitCount, count: versions.count, leftOrigin: left, rightOrigin: TrackedRun.end,
            prepare: 1, isDeleted: false)
        if let here = tracker.normalised(place), offset < tracker[here].count, tracker[here].prepare > 0 {
            // What comes next existed: nothing concurrent stands here.
            run.rightOrigin = tracker[here].id + offset
        } else {
            let start = Tracker.Place(leaf: place.leaf, run: place.run + (offset > 0 ? 1 : 0))
            run.rightOrigin = rightOrigin(from: start)
            let found = integrate(run, from: start, version: versions.lowerBound, graph: graph)
            if found != start {
                (place, offset) = (found, 0)
                effect = tracker.effectPosition(of: place)
            }
        }
        note(insertion: run, versions: versions)
        tracker.insert(run, at: place, offset: offset)
        edits.append(.insert(at: effect, units: 0..<versions.count))
        return true
    }

    /// The first unit at or behind a place that exists at the prepare version, deleted or not.
    private func rightOrigin(from place: Tracker.Place) -> UnitID {
        var place = tracker.normalised(place)
        while let here = place {
            if tracker[here].prepare > 0 { return tracker[here].id }
            place = tracker.next(after: here)
        }
        return TrackedRun.end
    }

    /// Finds the place of a new run among what was inserted concurrently at the same spot.
    ///
    /// The rule is YjsMod's, which orders as FugueMax does: runs of concurrent typing stay whole, forwards
    /// and backwards; what remains equal is ordered by the replicas' bytes.
    /// - Source: Weidner and Kleppmann 2023, "The Art of the Fugue", section 4; Gentle and Kleppmann 2024.
    private func integrate(
        _ run: TrackedRun, from start: Tracker.Place, version: LocalVersion, graph: CausalGraph
    ) -> Tracker.Place {
        guard var scan = tracker.normalised(start) else { return start }
        var cursor = start
        var isScanning = false
        while true {
            let other = tracker[scan]
            if other.prepare != 0 { break }
            if other.leftOrigin == run.leftOrigin {
                if other.rightOrigin == run.rightOrigin {
                    let theirs = graph.event(at: self.version(ofUnit: other.id)).replica
                    if graph.event(at: version).replica < theirs { break }
                    isScanning = false
                } else {
                    isScanning = tracker.precedes(other.rightOrigin, run.rightOrigin)
                }
            } else if tracker.precedes(other.leftOrigin, run.leftOrigin) {
                break
            }
            if !isScanning { cursor = Tracker.Place(leaf: scan.leaf, run: scan.run + 1) }
            guard let next = tracker.next(after: scan) else { break }
            scan = next
        }
        return cursor
    }
}
