import DunlinCausality
import DunlinEncoding
import DunlinSequences
import DunlinTextCRDT

extension ObjectDocument {
    /// Applies a change of any replica.
    ///
    /// - Parameters:
    ///   - firstSequence: number of the change's first unit at `replica`.
    ///   - parents: the object's maximal events in the change's past.
    ///   - report: told afterwards of each text that has changed; see ``ObjectTextChange``.
    /// - Throws: ``ObjectError/graph(_:)`` when the numbers do not grow or run out or a parent is none,
    ///   ``ObjectError/unknownContainer`` when the change uses a container that nobody in its past made,
    ///   ``ObjectError/tooDeep(limit:)``, or as ``open()``; the document is unchanged.
    /// - Complexity: O(1) for each unit when nothing is concurrent; see ``SequenceState`` for the rest.
    public mutating func apply(
        _ change: Change, replica: ReplicaID, firstSequence: UInt64, parents: Frontier,
        report: ((ObjectTextChange) -> Void)? = nil
    ) throws(ObjectError) {
        var changes = report.map { _ in TextChanges() }
        try apply(
            change, replica: replica, firstSequence: firstSequence, parents: parents, gathering: &changes)
        if let report { changes?.changes(in: self).forEach(report) }
    }

    /// Applies a change of any replica, and gathers what happens to texts if that is asked for.
    mutating func apply(
        _ change: Change, replica: ReplicaID, firstSequence: UInt64, parents: Frontier,
        gathering changes: inout TextChanges?
    ) throws(ObjectError) {
        let units = change.unitCount
        guard units > 0 else { return }
        guard firstSequence <= .max - UInt64(units) else { throw .graph(.full) }
        try open()
        if let unknown = parents.first(where: { $0 < 0 || $0 >= graph.count }) {
            throw .graph(.unknownParent(unknown))
        }
        guard graph.reachesHorizon(parents) else { throw .graph(.forgotten) }
        let targets = try resolve(change, replica: replica, firstSequence: firstSequence, parents: parents)
        let frontier = graph.frontier
        let versions: Range<LocalVersion>
        do {
            versions = try graph.append(
                replica: replica, sequence: firstSequence, count: units, parents: parents)
        } catch { throw .graph(error) }
        var place = ChangePlace(
            version: versions.lowerBound, replica: replica, sequence: firstSequence, parents: parents,
            frontier: frontier, wasLinear: parents == frontier)
        for (target, operation) in change.operations {
            perform(operation, on: targets[target], at: place, gathering: &changes)
            place.advance(by: operation.unitCount)
        }
    }

    /// Applies one operation of this device with everything known in its past.
    mutating func apply(
        _ operation: Operation, on target: ContainerID, replica: ReplicaID, sequence: UInt64,
        gathering changes: inout TextChanges?
    ) throws(ObjectError) {
        let makes = operation.makesContainers
        guard let depth = depth(of: target) else { throw .unknownContainer }
        guard depth + (makes ? 1 : 0) <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        try open()
        let frontier = graph.frontier
        let versions: Range<LocalVersion>
        do {
            versions = try graph.append(
                replica: replica, sequence: sequence, count: operation.unitCount, parents: frontier)
        } catch { throw .graph(error) }
        perform(
            operation, on: target,
            at: ChangePlace(
                version: versions.lowerBound, replica: replica, sequence: sequence, parents: frontier,
                frontier: frontier, wasLinear: true), gathering: &changes)
    }

    /// The ids of a change's containers. Those made by the change itself count as known once they are made.
    private func resolve(
        _ change: Change, replica: ReplicaID, firstSequence: UInt64, parents: Frontier
    ) throws(ObjectError) -> [ContainerID] {
        var ids: [ContainerID] = []
        let concurrent =
            parents == graph.frontier ? [] : graph.difference(graph.frontier, parents).onlyA
        // Ensured containers on the way to the root or to one that was made.
        var chains: [Int] = []
        let used = change.usedTargets
        for (index, target) in change.targets.enumerated() {
            switch target {
            case .root: ids.append(.root)
            case .ensured(let parent, let key, let kind):
                guard chains[parent] < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
                ids.append(.ensured(parent: ids[parent], key: key, kind: kind))
                chains.append(chains[parent] + 1)
                continue
            case .madeByWriter(let sequence, let kind):
                ids.append(.made(EventID(replica: replica, sequence: sequence), kind))
            case .made(let event, let kind):
                // Known here is not enough: a replica that has not met a concurrent event would not know it.
                // What the writer did itself is in its past, or in this change.
                if used[index], event.replica != replica, !concurrent.isEmpty {
                    // What is forgotten is in everybody's past.
                    guard graph.knows(event) else { throw .unknownContainer }
                    if let version = graph.localVersion(of: event), concurrent.holds(version) {
                        throw .unknownContainer
                    }
                }
                ids.append(.made(event, kind))
            }
            chains.append(0)
        }
        try checkDepths(change, ids, replica: replica, firstSequence: firstSequence)
        return ids
    }

    private func checkDepths(
        _ change: Change, _ ids: [ContainerID], replica: ReplicaID, firstSequence: UInt64
    ) throws(ObjectError) {
        var made: [ContainerID: Int] = [:]
        var sequence = firstSequence
        func depth(_ id: ContainerID) -> Int? {
            if let depth = made[id] ?? indices[id].map({ depths[$0] }) { return depth }
            guard case .ensured(let parent, _, _) = id else { return nil }
            return depth(parent).map { $0 + 1 }
        }
        for (target, operation) in change.operations {
            guard let depth = depth(ids[target]) else { throw .unknownContainer }
            guard depth + (operation.makesContainers ? 1 : 0) <= Self.depthLimit else {
                throw .tooDeep(limit: Self.depthLimit)
            }
            for (offset, kind) in operation.madeKinds {
                made[.made(EventID(replica: replica, sequence: sequence + UInt64(offset)), kind)] = depth + 1
            }
            sequence += UInt64(operation.unitCount)
        }
    }

    private mutating func perform(
        _ operation: Operation, on target: ContainerID, at place: ChangePlace,
        gathering changes: inout TextChanges?
    ) {
        changes?.prepare(for: operation, on: target, in: self)
        let index = index(of: target)
        switch operation {
        case .set(let key, let value):
            write(key, made(value, at: place.event, in: index), on: index, at: place)
        case .delete(let key): write(key, nil, on: index, at: place)
        case .ensure(let key, let kind):
            let id = ContainerID.ensured(parent: target, key: key, kind: kind)
            _ = self.index(of: id)
            write(key, .container(id), on: index, at: place)
        case .text(let operation, let inserted):
            if changes?.follows(target) == true {
                var deltas: [TextDelta] = []
                change(textAt: index, by: operation, inserting: inserted, at: place) { deltas.append($0) }
                changes?.add(deltas, to: target)
            } else {
                change(textAt: index, by: operation, inserting: inserted, at: place, report: nil)
            }
        case .list(let operation, let inserted):
            let elements = inserted.enumerated().map { offset, value in
                made(
                    value, at: EventID(replica: place.replica, sequence: place.sequence + UInt64(offset)),
                    in: index)
            }
            let graph = graph
            withNested {
                $0.lists[index]?.apply(
                    operation, inserted: elements,
                    versions: place.version..<place.version + operation.count, parents: place.parents,
                    frontier: place.frontier, graph: graph)
            }
        case .add(let amount): withNested { $0.counters[index, default: 0] &+= amount }
        case .mark(let mark):
            let mark = mark.placed(at: place.version, writer: place.replica)
            let graph = graph
            withNested {
                $0.texts[index]?.addForeign(mark)
                $0.texts[index]?.followMarks(graph: graph)
            }
        }
    }

    private mutating func change(
        textAt index: Int, by operation: SequenceOperation, inserting text: [UInt8], at place: ChangePlace,
        report: ((TextDelta) -> Void)?
    ) {
        let graph = graph
        withNested {
            $0.texts[index]?.apply(
                operation, inserting: text, versions: place.version..<place.version + operation.count,
                parents: place.parents, frontier: place.frontier, graph: graph, report: report)
            $0.texts[index]?.followMarks(graph: graph)
        }
    }

    private mutating func write(_ key: UTF8String, _ value: Value?, on index: Int, at place: ChangePlace) {
        let isLinear = place.parents == place.frontier
        if index == 0 {
            return rootMap.apply(
                key, value, version: place.version, parents: place.parents, isLinear: isLinear, graph: graph)
        }
        let graph = graph
        withNested {
            $0.maps[index]?.apply(
                key, value, version: place.version, parents: place.parents, isLinear: isLinear, graph: graph)
        }
    }

    private mutating func made(_ value: Operation.NewValue, at event: EventID, in container: Int) -> Value {
        switch value {
        case .scalar(let value): return value
        case .make(let kind):
            let id = ContainerID.made(event, kind)
            _ = index(of: id, depth: depths[container] + 1)
            return .container(id)
        }
    }
}

/// Where in history the next unit of a change stands.
private struct ChangePlace {
    var version: LocalVersion
    var replica: ReplicaID
    var sequence: UInt64
    var parents: Frontier
    /// The document's frontier before the unit.
    var frontier: Frontier
    /// The change began with everything known in its past.
    let wasLinear: Bool

    var event: EventID { EventID(replica: replica, sequence: sequence) }

    mutating func advance(by units: Int) {
        guard units > 0 else { return }
        let last = version + units - 1
        if wasLinear {
            frontier = [last]
        } else {
            frontier = frontier.filter { !parents.contains($0) } + [last]
        }
        parents = [last]
        version += units
        sequence += UInt64(units)
    }
}

extension Change {
    /// Which containers operations change, and those that hold ensured ones of them. Others may be anything:
    /// who knows of nothing that is concurrent does not ask for them.
    fileprivate var usedTargets: [Bool] {
        var used = [Bool](repeating: false, count: targets.count)
        for (target, _) in operations { used[target] = true }
        for (index, target) in targets.enumerated().reversed() where used[index] {
            if case .ensured(let parent, _, _) = target { used[parent] = true }
        }
        return used
    }
}

extension [Range<LocalVersion>] {
    /// Whether one of the spans, which ascend, holds a version.
    /// - Complexity: O(log *n*).
    fileprivate func holds(_ version: LocalVersion) -> Bool {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].contains(version)
    }
}
