import DunlinCausality

/// Elements that are set, and those that are moved.
extension Walker {
    // MARK: Setting

    /// Gives values to the units at the prepare version (the first measure) or in the sequence as it stands
    /// (the second, without a graph: then the event wins over all that are known).
    mutating func set(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, in measure: SumTree.Measure,
        graph: CausalGraph?, edits: inout [SequenceEdit]
    ) -> [Range<Int>] {
        var unit = 0
        while unit < versions.count {
            guard let found = tracker.find(measure, operation.position + unit) else {
                return [unit..<versions.count]
            }
            let run = tracker[found.place]
            let count = run.isMoved ? 1 : min(versions.count - unit, run.count - found.offset)
            for offset in 0..<count {
                let id = moved.origin(of: run.id + found.offset + offset)
                let version = versions.lowerBound + unit + offset
                if let graph, let other = setters[id], !graph.wins(version, over: other) { continue }
                setters[id] = version
                let position: Int
                if run.isMoved, let index = moved.index(of: id) {
                    guard moved[index].deletions == 0,
                        let place = effectPosition(of: moved[index].standing, in: index)
                    else { continue }
                    position = place
                } else {
                    guard !run.isDeleted else { continue }
                    position = found.effectBefore + found.offset + offset
                }
                edits.append(set: position, unit: unit + offset)
            }
            unit += count
        }
        return []
    }

    // MARK: Moving

    /// Moves the element at a position of the prepare version.
    /// - Returns: false when a position is out of range.
    mutating func move(
        _ operation: SequenceOperation, version: LocalVersion, graph: CausalGraph,
        edits: inout [SequenceEdit]
    ) -> Bool {
        guard operation.destination < tracker.prepareCount,
            let found = tracker.find(.first, operation.position)
        else { return false }
        let index = element(at: found.place, offset: found.offset)
        let prepared = moved[index].prepared, standing = moved[index].standing
        let rank = moved.rank(of: version, in: index, graph: graph)
        let shows = rank > standing && moved[index].deletions == 0
        let from = shows ? effectPosition(of: standing, in: index) : nil
        // Where it was it is no more, neither for whoever moved it nor, if the move wins, for anybody.
        let slot = MovedElements.Slot(unit: tracker.unitCount, version: version, isPrepared: true)
        moved.add(slot, to: index, rank: rank)
        // No move in the event's past wins over it, so the slot stood before the new one.
        if let prepared { write(prepared, of: index) }
        if rank > standing { write(standing, of: index) }
        var run = newRun(for: rank, of: index)
        guard let to = insert(&run, at: operation.destination, version: version, graph: graph) else {
            return true
        }
        note(move: slot)
        if let from { edits.append(.move(from: from, to: to)) }
        return true
    }

    /// Moves the element at a position of the sequence as it stands.
    /// - Returns: false when a position is out of range.
    mutating func moveOnFrontier(
        _ operation: SequenceOperation, version: LocalVersion, edits: inout [SequenceEdit]
    ) -> Bool {
        guard operation.destination < tracker.effectCount,
            let found = tracker.find(.second, operation.position)
        else { return false }
        let index = element(at: found.place, offset: found.offset)
        let slot = MovedElements.Slot(unit: tracker.unitCount, version: version, isPrepared: false)
        let rank = moved[index].slots.count
        moved.add(slot, to: index, rank: rank)
        write(rank - 1, of: index)
        var run = newRun(for: rank, of: index)
        insertOnFrontier(&run, at: operation.destination, version: version)
        note(move: slot)
        edits.append(.move(from: operation.position, to: operation.destination))
        return true
    }

    /// The element of a unit, which from now on counts as moved.
    private mutating func element(at place: Tracker.Place, offset: Int) -> Int {
        let run = tracker[place]
        let unit = run.id + offset
        if let index = moved.index(of: unit) { return index }
        let index = moved.add(run, unit: unit)
        write(0, of: index)
        return index
    }

    private func newRun(for slot: Int, of index: Int) -> TrackedRun {
        TrackedRun(
            id: moved[index].slots[slot].unit, count: 1, leftOrigin: TrackedRun.start,
            rightOrigin: TrackedRun.end, prepare: moved[index].prepare(of: slot),
            deletions: moved[index].deletions(of: slot))
    }

    /// Events are found by their versions when the prepare version moves, and by their units when a tie is
    /// settled.
    private mutating func note(move slot: MovedElements.Slot) {
        effects.append(Effect(version: slot.version, count: 1, unit: slot.unit, kind: .move))
        insertions.append((slot.unit, slot.version))
    }

    // MARK: What else happens to elements that were moved

    /// Deletes the element that shows in a unit, wherever it stands.
    mutating func deleteMoved(_ unit: UnitID, isPrepared: Bool, edits: inout [SequenceEdit]) {
        guard let index = moved.index(of: unit) else { return }
        let standing = moved[index].standing
        if moved[index].deletions == 0, let position = effectPosition(of: standing, in: index) {
            edits.append(.delete(position..<position + 1))
        }
        moved[index].deletions += 1
        if isPrepared { moved[index].preparedDeletions += 1 }
        write(standing, of: index)
        if let prepared = moved[index].prepared { write(prepared, of: index) }
    }

    /// Takes an event that made, deleted or moved an element into the prepare version, or out of it.
    mutating func shiftMoved(_ unit: UnitID, by effect: Effect, step: Int32, graph: CausalGraph) {
        guard let index = moved.index(of: unit) else { return }
        let before = moved[index].prepared
        switch effect.kind {
        case .deleteForward, .deleteBackward: moved[index].preparedDeletions += step
        case .insert, .move, .set:
            // A move's slot is right behind those that it wins over.
            let slot =
                effect.kind == .move ? moved.rank(of: effect.version, in: index, graph: graph) : 0
            moved.setPrepared(step > 0, slot: slot, of: index)
            write(slot, of: index)
        }
        if let before { write(before, of: index) }
        if let after = moved[index].prepared, after != before { write(after, of: index) }
    }

    /// Gives the tracker the states that one of an element's slots has to have.
    private mutating func write(_ slot: Int, of index: Int) {
        tracker.set(
            moved[index].slots[slot].unit, prepare: moved[index].prepare(of: slot),
            deletions: moved[index].deletions(of: slot))
    }

    /// How many units of the sequence as it stands are before a slot.
    private func effectPosition(of slot: Int, in index: Int) -> Int? {
        guard let found = tracker.find(unit: moved[index].slots[slot].unit) else { return nil }
        return tracker.effectPosition(of: found.place) + (tracker[found.place].isDeleted ? 0 : found.offset)
    }
}

extension [SequenceEdit] {
    /// Adds that a unit takes the place of another, to the last edit where that goes on.
    fileprivate mutating func append(set position: Int, unit: Int) {
        if case .set(let start, let units)? = last, start + units.count == position, units.upperBound == unit
        {
            self[count - 1] = .set(at: start, units: units.lowerBound..<unit + 1)
        } else {
            append(.set(at: position, units: unit..<unit + 1))
        }
    }
}
