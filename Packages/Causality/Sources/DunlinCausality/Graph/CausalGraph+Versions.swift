extension CausalGraph {
    /// The events in the past of `a` but not of `b`, and the other way round, as ascending spans.
    ///
    /// A version's past includes the version itself.
    /// - Complexity: O(*d* log *b*) in the runs between the two versions and their meeting point, when few of
    ///   *b* branches lie beside each other; at worst O(*d* *b*).
    public func difference(
        _ a: Frontier, _ b: Frontier
    ) -> (onlyA: [Range<LocalVersion>], onlyB: [Range<LocalVersion>]) {
        var difference = VersionDifference()
        difference.find(a, b, in: self)
        return (difference.onlyA, difference.onlyB)
    }

    /// Whether `version` is in the past of `frontier` or one of its events.
    /// - Complexity: O(log *n*) for a critical version; else bounded by the runs from there to the newest.
    public func contains(_ frontier: Frontier, _ version: LocalVersion) -> Bool {
        guard let newest = frontier.last, newest >= version else { return false }
        if newest == version || isCritical(version) { return true }
        if frontier.contains(version) { return true }
        var walk = VersionWalk()
        for head in frontier where head > version { walk.push(head, runIndex(of: head), 1) }
        while let top = walk.pop() {
            if records[top.run].start <= version { return true }
            // What else lies in the run leads where this does.
            while let next = walk.top, next.run == top.run { _ = walk.pop() }
            for offset in 0..<records[top.run].parentCount {
                let parent = parent(offset, ofRun: top.run)
                if parent.version == version { return true }
                if parent.version > version { walk.push(parent.version, parent.run, 1) }
            }
        }
        return false
    }

    /// The events of `versions` that are in the past of no other: a frontier.
    /// - Complexity: O(1) for one event; else as ``difference(_:_:)`` in the runs between the oldest and the
    ///   newest.
    public func dominators(of versions: [LocalVersion]) -> Frontier {
        guard versions.count > 1 else { return versions }
        // Down from the newest, until all that were asked for have been met. Those to which nothing newer
        // leads are maximal.
        let asked: UInt8 = 1, reached: UInt8 = 2
        var walk = VersionWalk()
        for version in versions.sorted() { walk.push(version, runIndex(of: version), asked) }
        var open = walk.count
        var result: Frontier = []
        while open > 0, let top = walk.pop() {
            if top.sides & asked != 0 { open -= 1 }
            if top.sides == asked { result.append(top.version) }
            guard open > 0 else { break }
            if let next = walk.top, next.run == top.run {
                walk.push(next.version, next.run, reached)
            } else {
                for offset in 0..<records[top.run].parentCount {
                    let parent = parent(offset, ofRun: top.run)
                    walk.push(parent.version, parent.run, reached)
                }
            }
        }
        return result.reversed()
    }

    /// The newest events that a version vector holds; of one that has not all that is forgotten
    /// (``hasForgotten(_:)``) the horizon and what it holds behind it.
    public func frontier(of vector: VersionVector) -> Frontier {
        if writers.allSatisfy({ vector[$0.replica] ?? 0 >= $0.next }) { return frontier }
        var versions = vector.entries.compactMap { lastEvent(of: $0.replica, below: $0.bound) }
        if !forgotten.isEmpty { liftOverHorizon(&versions) }
        return dominators(of: versions)
    }

    /// What is known of each replica at `frontier`.
    /// - Complexity: as ``difference(_:_:)`` in the runs that are not in the past of `frontier`.
    public func versionVector(of frontier: Frontier) -> VersionVector {
        var vector = versionVector
        var lowest: [ReplicaID: UInt64] = [:]
        for span in difference(self.frontier, frontier).onlyA {
            var index = runIndex(of: span.lowerBound)
            while index < records.count, records[index].start < span.upperBound {
                let run = records[index], replica = writers[Int(run.writer)].replica
                let sequence = run.firstSequence + UInt64(max(run.start, span.lowerBound) - run.start)
                lowest[replica] = min(lowest[replica] ?? sequence, sequence)
                index += 1
            }
        }
        for (replica, bound) in lowest {
            let last = lastEvent(of: replica, below: bound)
            vector[replica] = max(
                last.map { event(at: $0).sequence + 1 } ?? 0, horizon?.version[replica] ?? 0)
        }
        return vector
    }
}
