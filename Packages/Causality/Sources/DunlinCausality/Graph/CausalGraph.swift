/// A place in the order in which events arrived here: dense, from 0, meaningful on this device alone.
public typealias LocalVersion = Int

/// The maximal events of a version: sorted, none in the past of another. Empty is the beginning.
public typealias Frontier = [LocalVersion]

/// The directed acyclic graph of events, by runs.
///
/// A run is a span of events of one replica with consecutive numbers, each the only parent of the next. The
/// graph of one person typing is a single run, however long.
/// - Complexity: lookups are O(log *r*) in the number of runs, an append is O(1) amortised.
/// - Source: Gentle and Kleppmann 2024, "Collaborative Text Editing with Eg-walker", sections 3.1 and 3.3.
public struct CausalGraph: Sendable {
    /// Consecutive events of one replica, each the parent of the next.
    public struct Run: Hashable, Sendable {
        /// The local versions of the events; each but the first has the one before as its only parent.
        public var versions: Range<LocalVersion>
        /// The writer of all of them.
        public var replica: ReplicaID
        /// The number of the first event; each next has one more.
        public var firstSequence: UInt64
        /// Parents of the first event.
        public var parents: Frontier
        /// Lamport time of the first event: 1 + the maximum over its parents; each next one more.
        public var firstLamport: UInt64
    }

    /// All events, in the order of their local versions.
    public private(set) var runs: [Run] = []
    /// The events that are in no other's past.
    public private(set) var frontier: Frontier = []
    /// For each replica, one more than the number of its last event here.
    public private(set) var versionVector = VersionVector()
    /// Index of each replica's runs in `runs`, in order of sequence.
    private var runsOfReplica: [ReplicaID: [Int]] = [:]

    /// A graph without events.
    public init() {}

    /// Events in the graph.
    public var count: Int { runs.last?.versions.upperBound ?? 0 }
    /// Whether nothing has happened yet.
    public var isEmpty: Bool { runs.isEmpty }

    /// Replicas with at least one event, in the order of their bytes.
    public var replicas: [ReplicaID] { runsOfReplica.keys.sorted() }

    /// Adds `count` events of `replica` in a chain, the first on `parents`.
    /// - Parameter parents: sorted and minimal (``dominators(of:)``).
    /// - Throws: ``GraphError``; the graph is unchanged.
    /// - Complexity: O(1) amortised, and O(*p*) in the number of parents.
    @discardableResult
    public mutating func append(
        replica: ReplicaID, sequence: UInt64, count: Int, parents: Frontier
    ) throws(GraphError) -> Range<LocalVersion> {
        guard count > 0 else { throw .emptySpan }
        let next = versionVector[replica] ?? 0
        guard sequence >= next, sequence <= .max - UInt64(count) else {
            throw .sequenceNotGrowing(EventID(replica: replica, sequence: sequence), next: next)
        }
        if let unknown = parents.first(where: { $0 < 0 || $0 >= self.count }) {
            throw .unknownParent(unknown)
        }
        let versions = self.count..<self.count + count
        extend(versions, replica: replica, sequence: sequence, parents: parents)
        versionVector[replica] = sequence + UInt64(count)
        if frontier == parents {
            frontier = [versions.upperBound - 1]
        } else {
            frontier.removeAll { parents.contains($0) }
            frontier.append(versions.upperBound - 1)
        }
        return versions
    }

    private mutating func extend(
        _ versions: Range<LocalVersion>, replica: ReplicaID, sequence: UInt64, parents: Frontier
    ) {
        if let last = runs.last, last.replica == replica, parents == [versions.lowerBound - 1],
            last.firstSequence + UInt64(last.versions.count) == sequence
        {
            runs[runs.count - 1].versions = last.versions.lowerBound..<versions.upperBound
            return
        }
        let lamport = parents.reduce(0) { max($0, self.lamport(at: $1)) } + 1
        runsOfReplica[replica, default: []].append(runs.count)
        runs.append(
            Run(
                versions: versions, replica: replica, firstSequence: sequence, parents: parents,
                firstLamport: lamport))
    }

    // MARK: Lookups

    /// The index in `runs` of the run that holds `version`.
    /// - Precondition: `version` is in the graph.
    public func runIndex(of version: LocalVersion) -> Int {
        precondition(version >= 0 && version < count, "local version \(version) is not in the graph")
        var low = 0, high = runs.count - 1
        // Most questions are about what arrived last.
        if runs[high].versions.lowerBound <= version { return high }
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].versions.lowerBound <= version { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The name of the event at a local version.
    /// - Complexity: O(log *n*) in the runs.
    /// - Precondition: `version` is in the graph.
    public func event(at version: LocalVersion) -> EventID {
        let run = runs[runIndex(of: version)]
        return EventID(
            replica: run.replica,
            sequence: run.firstSequence + UInt64(version - run.versions.lowerBound))
    }

    /// Lamport time of an event: one more than the greatest among its parents.
    /// - Complexity: O(log *n*) in the runs.
    /// - Source: Lamport 1978, "Time, Clocks, and the Ordering of Events in a Distributed System".
    public func lamport(at version: LocalVersion) -> UInt64 {
        let run = runs[runIndex(of: version)]
        return run.firstLamport + UInt64(version - run.versions.lowerBound)
    }

    /// The parents of an event, sorted; empty for one that knew of no other.
    /// - Complexity: O(log *n*) in the runs.
    public func parents(of version: LocalVersion) -> Frontier {
        let run = runs[runIndex(of: version)]
        return version == run.versions.lowerBound ? run.parents : [version - 1]
    }

    /// The local version of an event; nil when it is not in the graph.
    public func localVersion(of event: EventID) -> LocalVersion? {
        guard let (run, _) = lastRun(of: event.replica, notAfter: event.sequence) else { return nil }
        let offset = event.sequence - run.firstSequence
        guard offset < UInt64(run.versions.count) else { return nil }
        return run.versions.lowerBound + Int(offset)
    }

    /// The last event of `replica` with a number below `bound`.
    public func lastEvent(of replica: ReplicaID, below bound: UInt64) -> LocalVersion? {
        guard bound > 0, let (run, _) = lastRun(of: replica, notAfter: bound - 1) else { return nil }
        let offset = min(bound - 1 - run.firstSequence, UInt64(run.versions.count - 1))
        return run.versions.lowerBound + Int(offset)
    }

    private func lastRun(of replica: ReplicaID, notAfter sequence: UInt64) -> (Run, Int)? {
        guard let indices = runsOfReplica[replica] else { return nil }
        var low = 0, high = indices.count
        while low < high {
            let middle = (low + high) / 2
            if runs[indices[middle]].firstSequence <= sequence { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        return (runs[indices[low - 1]], indices[low - 1])
    }
}
