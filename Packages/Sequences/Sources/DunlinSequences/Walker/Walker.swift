import DunlinCausality

/// Replays concurrent events and says where each takes effect.
///
/// It holds two states of the sequence at once: the *prepare* state, moved to and fro so that each event
/// meets the sequence as its author saw it, and the *effect* state, in which everything replayed so far has
/// happened.
/// - Source: Gentle and Kleppmann 2024, sections 3.2 to 3.4.
struct Walker: Sendable {
    var tracker = Tracker()
    private var difference = VersionDifference()
    /// The prepare version.
    private var version: Frontier = []
    /// The critical version that the placeholder stands for; -1 is the beginning.
    private(set) var base: LocalVersion = -1
    /// What the replayed events did, by version; units out of range leave no trace here, nor do settings.
    var effects: [Effect] = []
    /// Events of which the first inserts a unit whose number does not follow the one before: by unit.
    var insertions: [(unit: UnitID, version: LocalVersion)] = []
    var moved = MovedElements()
    /// The event that gave each element its value, of those that were set in the walk.
    var setters: [UnitID: LocalVersion] = [:]
    /// Runs replayed since something was concurrent.
    private var runsSinceConcurrent = 0
    private(set) var runCount = 0
    /// Runs that insertions had to look at to find their places.
    private var scanned = 0
    /// There is one once that became too many.
    private var siblings: SiblingIndex?

    init() {}

    /// Starts at a critical version with `length` units; keeps the memory.
    mutating func reset(base: LocalVersion, length: Int) {
        self.base = base
        version = base < 0 ? [] : [base]
        tracker.reset(placeholderCount: length)
        effects.removeAll(keepingCapacity: true)
        insertions.removeAll(keepingCapacity: true)
        if !moved.isEmpty { moved.removeAll() }
        if !setters.isEmpty { setters.removeAll(keepingCapacity: true) }
        runsSinceConcurrent = 0
        runCount = 0
        scanned = 0
        siblings = nil
    }

    /// Whether less has followed in line than was concurrent: then making another walker would cost more than
    /// what this one has saved since.
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
        if version.count == 1 {
            version[0] = versions.upperBound - 1
        } else {
            version = [versions.upperBound - 1]
        }
        runsSinceConcurrent = 0
        runCount += 1
        switch operation.kind {
        case .insert:
            var run = TrackedRun(
                id: tracker.unitCount, count: versions.count, leftOrigin: TrackedRun.start,
                rightOrigin: TrackedRun.end, prepare: 1, deletions: 0)
            guard
                let effect = insert(
                    &run, at: operation.position, version: versions.lowerBound, graph: graph)
            else { return [0..<versions.count] }
            note(insertion: run, versions: versions)
            edits.append(.insert(at: effect, units: 0..<versions.count))
            return []
        case .deleteForward, .deleteBackward:
            return delete(operation, versions: versions, in: .first, edits: &edits)
        case .set: return set(operation, versions: versions, in: .first, graph: graph, edits: &edits)
        case .move:
            return move(operation, version: versions.lowerBound, graph: graph, edits: &edits)
                ? [] : [0..<1]
        }
    }

    /// Takes in an operation that has everything replayed so far in its past: it meets the effect state, and
    /// the prepare version stays where it is.
    mutating func applyOnFrontier(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        runsSinceConcurrent += 1
        runCount += 1
        switch operation.kind {
        case .insert:
            guard operation.position <= tracker.effectCount else { return [0..<versions.count] }
            var run = TrackedRun(
                id: tracker.unitCount, count: versions.count, leftOrigin: TrackedRun.start,
                rightOrigin: TrackedRun.end, prepare: 0, deletions: 0)
            insertOnFrontier(&run, at: operation.position, version: versions.lowerBound)
            note(insertion: run, versions: versions)
            edits.append(.insert(at: operation.position, units: 0..<versions.count))
            return []
        case .deleteForward, .deleteBackward:
            return delete(operation, versions: versions, in: .second, edits: &edits)
        case .set: return set(operation, versions: versions, in: .second, graph: nil, edits: &edits)
        case .move:
            return moveOnFrontier(operation, version: versions.lowerBound, edits: &edits) ? [] : [0..<1]
        }
    }

    /// Puts a run of new units into the sequence as it stands, at most at its end.
    mutating func insertOnFrontier(_ run: inout TrackedRun, at position: Int, version: LocalVersion) {
        var place = tracker.first, offset = 0
        var left = TrackedRun.start
        if position > 0, let found = tracker.find(.second, position - 1) {
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
        run.leftOrigin = left
        run.rightOrigin = right
        addToSiblings(run, version: version)
        tracker.insert(run, at: place, offset: offset)
    }

    /// Replays what a log holds from a version on, up to another. Void units change nothing whenever they
    /// are replayed.
    /// - Parameter staysBehind: what followed in line leaves the prepare version where it is.
    mutating func replay(
        _ log: SequenceLog, from start: LocalVersion, before end: LocalVersion = .max, graph: CausalGraph,
        staysBehind: Bool
    ) {
        var edits: [SequenceEdit] = []
        var index = log.firstRun(endingAfter: start)
        while index < log.runs.count, log.runs[index].start < end {
            let run = log.runs[index].clamped(to: start..<end)
            index += 1
            if run.isVoid { continue }
            if run.isLinear, staysBehind {
                _ = applyOnFrontier(run.operation, versions: run.versions, edits: &edits)
            } else {
                replay(run, graph: graph, edits: &edits)
            }
            edits.removeAll(keepingCapacity: true)
        }
    }

    private mutating func replay(
        _ run: SequenceLog.Run, graph: CausalGraph, edits: inout [SequenceEdit]
    ) {
        var version = run.start
        while version < run.versions.upperBound {
            let whole = graph.versions(ofRun: graph.runIndex(of: version))
            let part = run.clamped(to: version..<whole.upperBound)
            _ = apply(
                part.operation, versions: part.versions,
                parents: version == whole.lowerBound ? graph.parents(of: version) : nil, graph: graph,
                edits: &edits)
            version = part.versions.upperBound
        }
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
                shift(effects[index], in: span, by: -1, graph: graph)
                index -= 1
            }
        }
        difference.forEachOnlyB { span in
            var index = firstEffect(endingAfter: span.lowerBound)
            while index < effects.count, effects[index].version < span.upperBound {
                shift(effects[index], in: span, by: 1, graph: graph)
                index += 1
            }
        }
        swap(&difference, &self.difference)
        version = target
    }

    private mutating func shift(
        _ effect: Effect, in span: Range<LocalVersion>, by step: Int32, graph: CausalGraph
    ) {
        let units = effect.units(of: span)
        var unit = units.lowerBound
        while unit < units.upperBound {
            guard let found = tracker.find(unit: unit) else { return }
            if !moved.isEmpty, tracker[found.place].isMoved {
                shiftMoved(unit, by: effect, step: step, graph: graph)
                unit += 1
                continue
            }
            let count = min(units.upperBound - unit, tracker[found.place].count - found.offset)
            let place = tracker.isolate(found.place, offset: found.offset, count: count)
            tracker.update(place, prepare: step, delete: false)
            unit += count
        }
    }

    /// The first effect that reaches beyond a version.
    /// - Complexity: O(log *d*) in the effects behind it.
    func firstEffect(endingAfter version: LocalVersion) -> Int {
        // Most questions are about what came last.
        var high = effects.count, low = high, step = 2
        while low > 0, effects[low - 1].versions.upperBound > version {
            high = low - 1
            low = max(0, low - step)
            step *= 2
        }
        while low < high {
            let middle = (low + high) / 2
            if effects[middle].versions.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func note(insertion run: TrackedRun, versions: Range<LocalVersion>) {
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

    /// The event that inserted a unit during the walk, and how many units from there on follow event by
    /// event.
    func insertion(of unit: UnitID) -> (version: LocalVersion, count: Int) {
        var low = 0, high = insertions.count
        while low < high {
            let middle = (low + high) / 2
            if insertions[middle].unit <= unit { low = middle + 1 } else { high = middle }
        }
        let end = low < insertions.count ? insertions[low].unit : tracker.unitCount
        return (insertions[low - 1].version + (unit - insertions[low - 1].unit), end - unit)
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
            if run.isMoved {
                let id = run.id + found.offset
                note(deletion: id, count: 1, version: versions.lowerBound + unit, kind: operation.kind)
                deleteMoved(id, isPrepared: measure == .first, edits: &edits)
                unit += 1
                continue
            }
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

    /// Puts a run of new units at a position of the prepare version.
    /// - Returns: how many units are before it in the sequence as it stands; nil when the position is out of
    ///   range.
    mutating func insert(
        _ run: inout TrackedRun, at position: Int, version: LocalVersion, graph: CausalGraph
    ) -> Int? {
        var place = tracker.first, offset = 0
        var effect = 0
        if position > 0 {
            guard let found = tracker.find(.first, position - 1) else { return nil }
            let left = tracker[found.place]
            run.leftOrigin = left.id + found.offset
            (place, offset) = (found.place, found.offset + 1)
            effect = found.effectBefore + (left.isDeleted ? 0 : offset)
        }
        if let here = tracker.normalised(place), offset < tracker[here].count, tracker[here].prepare > 0 {
            // What comes next existed: nothing concurrent stands here.
            run.rightOrigin = tracker[here].id + offset
            addToSiblings(run, version: version)
        } else {
            let start = Tracker.Place(leaf: place.leaf, run: place.run + (offset > 0 ? 1 : 0))
            run.rightOrigin = tracker.firstExisting(from: start)
            let found = integrate(run, from: start, version: version, graph: graph)
            if found != start {
                (place, offset) = (found, 0)
                effect = tracker.effectPosition(of: place)
            }
        }
        tracker.insert(run, at: place, offset: offset)
        return effect
    }

    /// Finds the place of a new run among what was inserted concurrently at the same spot.
    ///
    /// The rule is YjsMod's, which orders as FugueMax does: runs of concurrent typing stay whole, forwards
    /// and backwards; what remains equal is ordered by the replicas' bytes.
    /// - Source: Weidner and Kleppmann 2023, "The Art of the Fugue", section 4; Gentle and Kleppmann 2024.
    private mutating func integrate(
        _ run: TrackedRun, from start: Tracker.Place, version: LocalVersion, graph: CausalGraph
    ) -> Tracker.Place {
        if siblings != nil, var index = siblings.take() {
            defer { siblings = index }
            return index.place(
                run, version: version, from: start, tracker: tracker, graph: graph,
                versionOf: { insertion(of: $0).version })
        }
        guard var scan = tracker.normalised(start) else { return start }
        var cursor = start
        var isScanning = false
        while true {
            let other = tracker[scan]
            if other.prepare != 0 { break }
            if other.leftOrigin == run.leftOrigin {
                if other.rightOrigin == run.rightOrigin {
                    let theirs = graph.event(at: insertion(of: other.id).version).replica
                    if graph.event(at: version).replica < theirs { break }
                    isScanning = false
                } else {
                    isScanning = tracker.precedes(other.rightOrigin, run.rightOrigin)
                }
            } else if tracker.precedes(other.leftOrigin, run.leftOrigin) {
                break
            }
            if !isScanning { cursor = Tracker.Place(leaf: scan.leaf, run: scan.run + 1) }
            scanned += 1
            guard let next = tracker.next(after: scan) else { break }
            scan = next
        }
        if scanned > SiblingIndex.patience * (runCount + SiblingIndex.patience) {
            var index = SiblingIndex(of: tracker, graph: graph) { insertion(of: $0).version }
            cursor = index.place(
                run, version: version, from: start, tracker: tracker, graph: graph,
                versionOf: { insertion(of: $0).version })
            siblings = index
        }
        return cursor
    }

    private mutating func addToSiblings(_ run: TrackedRun, version: LocalVersion) {
        guard siblings != nil, var index = siblings.take() else { return }
        index.add(run, version: version, tracker: tracker, versionOf: { insertion(of: $0).version })
        siblings = index
    }
}
