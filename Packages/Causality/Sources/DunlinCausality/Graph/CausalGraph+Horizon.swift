extension CausalGraph {
    /// Events before the horizon that are still in the graph, by the first local versions; 0 without one.
    ///
    /// They are a line, whatever they were when they were written; the last of them stands for the horizon.
    public var survivorCount: Int { horizonCount }

    /// Whether the graph cannot tell a version from others, since it lacks some of what is forgotten.
    public func hasForgotten(_ version: VersionVector) -> Bool {
        guard let horizon else { return false }
        return !version.dominates(horizon.version)
    }

    /// Whether parents, ascending, have all in their past that is forgotten.
    public func reachesHorizon(_ parents: Frontier) -> Bool { parents.last ?? -1 >= horizonCount - 1 }

    /// Whether an event is in the graph, or was.
    public func knows(_ event: EventID) -> Bool {
        horizon?.version.contains(event) ?? false || localVersion(of: event) != nil
    }

    /// The last event of a replica below a number, forgotten or not; of forgotten ones the last.
    /// - Complexity: O(log *n*) in the replica's runs.
    public func lastKnown(of replica: ReplicaID, below sequence: UInt64) -> EventID? {
        if let version = lastEvent(of: replica, below: sequence), version >= horizonCount {
            return event(at: version)
        }
        guard let bound = horizon?.version[replica], bound > 0 else {
            return lastEvent(of: replica, below: sequence).map(event(at:))
        }
        return EventID(replica: replica, sequence: bound - 1)
    }

    /// The parents of an event as others know them, too: the heads of what is forgotten stand for it.
    /// - Complexity: O(log *n*) in the runs.
    /// - Precondition: `version` is in the graph, and no survivor.
    public func parentEvents(of version: LocalVersion) -> [EventID] {
        let parents = parents(of: version)
        if let horizon, parents == horizonFrontier { return horizon.heads }
        return parents.map(event(at:))
    }

    /// What parents come to that an event names; those that are not known count for nothing.
    /// - Throws: ``GraphError/forgotten`` when they leave out some of what is forgotten.
    /// - Complexity: O(*p* log *n*) for *p* of them.
    public func parents(named events: [EventID]) throws(GraphError) -> Frontier {
        guard let horizon else { return dominators(of: events.compactMap(localVersion(of:))) }
        let behind = events.filter { !horizon.version.contains($0) }.compactMap(localVersion(of:))
        guard behind.isEmpty else { return dominators(of: behind) }
        guard Set(events).isSuperset(of: horizon.heads) else { throw .forgotten }
        return horizonFrontier
    }

    /// The horizon as a version: its last survivor, or the beginning.
    var horizonFrontier: Frontier { horizonCount > 0 ? [horizonCount - 1] : [] }

    /// What parents come to when those before the horizon count as the horizon: every event behind it has all
    /// of them in its past.
    func liftOverHorizon(_ parents: inout Frontier) {
        parents.removeAll { $0 < horizonCount }
        if parents.isEmpty { parents = horizonFrontier }
    }

    // MARK: Forgetting

    /// How many events `version` has, if each other event has all of them in its past: they are then the
    /// first ones, by local version. Of what is forgotten the survivors count.
    /// - Throws: ``GraphError/missingParent(_:)`` when the version holds events that are not known,
    ///   ``GraphError/notSettled`` when some event has not seen all of it; also when the version has not all
    ///   that is forgotten already, unless it has nothing else.
    /// - Complexity: O(*r* log *n*) in the runs behind the version, and O(*r*) in all.
    public func settledCount(of version: VersionVector) throws(GraphError) -> Int {
        for (replica, bound) in version.entries where bound > nextSequence(of: replica) {
            throw .missingParent(EventID(replica: replica, sequence: bound - 1))
        }
        if version.isEmpty || horizon?.version.dominates(version) ?? false { return horizonCount }
        guard !hasForgotten(version) else { throw .notSettled }
        var index = horizonCount < count ? runIndex(of: horizonCount) : records.count
        var end = count
        while index < records.count, end == count {
            let record = records[index], versions = versions(ofRun: index)
            let bound = version[writers[Int(record.writer)].replica] ?? 0
            let held = bound > record.firstSequence ? bound - record.firstSequence : 0
            if held < UInt64(versions.count) { end = versions.lowerBound + Int(held) } else { index += 1 }
        }
        // When the version has events behind one that it lacks, some are heads, and that one names none.
        let heads = frontier(of: version)
        while index < records.count {
            let parents = records[index].start < end ? [end - 1] : self.parents(ofRun: index)
            index += 1
            guard parents.allSatisfy({ $0 < end }) else { continue }
            guard parents == heads || dominators(of: parents) == heads else { throw .notSettled }
        }
        return end
    }

    /// The graph without what was before a version, but for events whose names are still asked for.
    ///
    /// Of the events behind the version, each goes as far down in the local versions as
    /// ``survivorCount`` is below what ``settledCount(of:)`` gave here.
    /// - Parameter survivors: events of the version, as spans in any order; their local versions are then
    ///   those from 0 on, in this order.
    /// - Throws: as ``settledCount(of:)``.
    /// - Complexity: O(*n* log *n*) in the runs.
    public func forgetting(
        _ version: VersionVector, keeping survivors: some Sequence<Range<LocalVersion>>
    ) throws(GraphError) -> CausalGraph {
        let end = try settledCount(of: version)
        guard end > horizonCount || forgotten.isEmpty, end > 0 else { return self }
        var bounds = VersionVector(), heads: [EventID] = [], lamport: UInt64 = 0
        for (replica, bound) in version.entries {
            let last = lastEvent(of: replica, below: bound)
            if let last, last >= horizonCount {
                bounds.include(event(at: last))
            } else {
                bounds[replica] = horizon?.version[replica]
            }
        }
        for head in frontier(of: version) {
            heads.append(event(at: head))
            lamport = max(lamport, self.lamport(at: head))
        }
        var kept: [Horizon.Survivors] = []
        for span in survivors {
            var index = runIndex(of: span.lowerBound)
            while index < records.count, records[index].start < span.upperBound {
                let run = run(at: index), part = run.versions.clamped(to: span)
                let offset = UInt64(part.lowerBound - run.versions.lowerBound)
                Horizon.Survivors.append(
                    Horizon.Survivors(
                        replica: run.replica, firstSequence: run.firstSequence + offset,
                        firstLamport: run.firstLamport + offset, count: part.count), to: &kept)
                index += 1
            }
        }
        var graph = CausalGraph()
        try graph.begin(at: Horizon(version: bounds, heads: heads, lamport: lamport), keeping: kept)
        try graph.append(contentsOf: self, from: end)
        return graph
    }

    /// Adds the events of a graph from a local version on, which stand on the horizon here.
    private mutating func append(contentsOf other: CausalGraph, from end: LocalVersion) throws(GraphError) {
        guard end < other.count else { return }
        let distance = end - horizonCount
        for index in other.runIndex(of: end)..<other.records.count {
            let record = other.records[index], versions = other.versions(ofRun: index)
            let first = max(end, versions.lowerBound)
            var parents = first > versions.lowerBound ? [] : other.parents(ofRun: index)
            for place in parents.indices { parents[place] = max(-1, parents[place] - distance) }
            liftOverHorizon(&parents)
            try append(
                replica: other.writers[Int(record.writer)].replica,
                sequence: record.firstSequence + UInt64(first - versions.lowerBound),
                count: versions.upperBound - first, parents: parents)
        }
    }

    /// Makes an empty graph one that begins at a horizon.
    /// - Throws: ``GraphError/malformed`` when the survivors do not fit to it.
    mutating func begin(at horizon: Horizon, keeping survivors: [Horizon.Survivors]) throws(GraphError) {
        var places: [ReplicaID: Int] = [:]
        for (replica, bound) in horizon.version.entries {
            let writer = try admit(replica, sequence: 0, count: 1)
            writers[writer].next = bound
            places[replica] = writer
        }
        records.reserveCapacity(survivors.count)
        for run in survivors {
            let (end, overflow) = run.firstSequence.addingReportingOverflow(UInt64(run.count))
            guard let writer = places[run.replica], !overflow, end <= writers[writer].next,
                run.firstLamport > 0, run.firstLamport <= horizon.lamport,
                UInt64(run.count - 1) <= horizon.lamport - run.firstLamport,
                run.count <= EventBatch.countLimit - count
            else { throw .malformed }
            records.append(
                Record(
                    start: count, firstSequence: run.firstSequence, firstLamport: run.firstLamport,
                    parent: count - 1, parentRun: Int32(records.count - 1), writer: Int32(writer)))
            count += run.count
        }
        forgotten = [Forgotten(horizon: horizon, survivorCount: count)]
        try indexSurvivors()
    }

    /// Lists the runs of each writer by their numbers, in whatever order they stand.
    private mutating func indexSurvivors() throws(GraphError) {
        var runs: [[Int32]] = Array(repeating: [], count: writers.count)
        for (index, record) in records.enumerated() { runs[Int(record.writer)].append(Int32(index)) }
        for writer in writers.indices where !runs[writer].isEmpty {
            runs[writer].sort { records[Int($0)].firstSequence < records[Int($1)].firstSequence }
            for (run, next) in zip(runs[writer], runs[writer].dropFirst()) {
                let count = UInt64(versions(ofRun: Int(run)).count)
                guard records[Int(next)].firstSequence - records[Int(run)].firstSequence >= count else {
                    throw .malformed
                }
            }
            writers[writer].firstRun = runs[writer].removeFirst()
        }
        if runs.contains(where: { !$0.isEmpty }) { laterRuns = runs }
    }
}
