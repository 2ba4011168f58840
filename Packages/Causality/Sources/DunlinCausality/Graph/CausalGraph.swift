/// A place in the order in which events arrived here: dense, from 0, meaningful on this device alone.
public typealias LocalVersion = Int

/// The maximal events of a version: sorted, none in the past of another. Empty is the beginning.
public typealias Frontier = [LocalVersion]

/// The directed acyclic graph of events, by runs.
///
/// A run is a span of events of one replica with consecutive numbers, each the only parent of the next. The
/// graph of one person typing is a single run, however long. A run takes 40 bytes, in one allocation for all.
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

    /// A run as it is kept: it ends where the next one begins.
    struct Record: Sendable {
        var start: LocalVersion
        var firstSequence: UInt64
        var firstLamport: UInt64
        /// The only parent; of several, where they begin in `sharedParents`.
        var parent: Int
        /// The run that holds the only parent; else less than 0: -1 for no parent, -*n* for *n* of them.
        var parentRun: Int32
        var writer: Int32

        var parentCount: Int { parentRun >= 0 ? 1 : parentRun == -1 ? 0 : -Int(parentRun) }
    }

    /// A version and the run that holds it.
    struct Place: Sendable {
        var version: LocalVersion
        var run: Int
    }

    struct Writer: Sendable {
        let replica: ReplicaID
        /// One more than the number of its last event.
        var next: UInt64
        /// The first of its runs; -1 of a writer all of whose events are forgotten.
        var firstRun: Int32
    }

    var records: [Record] = []
    /// The replicas that have written, in the order in which they became known.
    var writers: [Writer] = []
    /// The runs of each writer but its first, in order of sequence; empty while nobody has a second one.
    var laterRuns: [[Int32]] = []
    /// Writers by replica; a few are found without.
    private var writerIndex: [ReplicaID: Int] = [:]
    private static let writersWithoutIndex = 8
    private var sharedParents: [Place] = []
    /// Events in the graph.
    public internal(set) var count = 0
    /// The events that are in no other's past; empty while the graph is a line.
    private var heads: Frontier = []
    /// Events that every other event is before or after, as spans in ascending order, unless the graph is a
    /// line.
    private var criticalSpans: [Range<LocalVersion>] = []

    /// What was forgotten: one element or none, since most graphs forget nothing and keep that room.
    var forgotten: [Forgotten] = []

    /// Where the graph begins, if it has forgotten what was before.
    public var horizon: Horizon? { forgotten.first?.horizon }
    /// See ``survivorCount``.
    var horizonCount: Int { forgotten.isEmpty ? 0 : forgotten[0].survivorCount }

    /// Whether each event was added on all before it. Most graphs are such lines all their life, and need no
    /// more.
    private var isLine: Bool { heads.isEmpty }

    /// A graph without events.
    public init() {}

    /// The events that are in no other's past.
    public var frontier: Frontier { isLine ? (count > 0 ? [count - 1] : []) : heads }
    /// Whether a version is all that is in the graph.
    public func isFrontier(_ version: Frontier) -> Bool {
        guard isLine else { return version == heads }
        return count > 0 ? version.count == 1 && version[0] == count - 1 : version.isEmpty
    }
    /// Whether nothing has happened yet.
    public var isEmpty: Bool { count == 0 }
    /// Runs in the graph.
    public var runCount: Int { records.count }
    /// All events by runs, in the order of their local versions.
    /// - Complexity: O(*r*) in the number of runs; ``run(at:)`` gives one.
    public var runs: [Run] { records.indices.map(run(at:)) }

    /// Replicas with at least one event, in the order of their bytes.
    public var replicas: [ReplicaID] { writers.map(\.replica).sorted() }

    /// For each replica, one more than the number of its last event here.
    /// - Complexity: O(*n*) in the replicas; ``nextSequence(of:)`` asks for one.
    public var versionVector: VersionVector {
        var vector = VersionVector()
        for writer in writers { vector[writer.replica] = writer.next }
        return vector
    }

    /// One more than the number of the replica's last event here; 0 when there is none.
    public func nextSequence(of replica: ReplicaID) -> UInt64 {
        writer(of: replica).map { writers[$0].next } ?? 0
    }

    /// The newest event that every other event in the graph is either before or after; nil when there is none
    /// but the beginning.
    ///
    /// What came before it needs no replay when something arrives.
    /// - Complexity: O(1): kept as events are added. An event is critical when it is added on the whole
    ///   frontier, until one comes whose past lacks it.
    /// - Source: Gentle and Kleppmann 2024, section 3.5.
    public var latestCriticalVersion: LocalVersion? { latestCriticalVersion(upTo: count - 1) }

    /// The newest event up to `version` that every other event in the graph is either before or after; nil
    /// when there is none but the beginning.
    /// - Complexity: O(log *n*).
    public func latestCriticalVersion(upTo version: LocalVersion) -> LocalVersion? {
        if isLine { return version >= 0 && count > 0 ? min(version, count - 1) : nil }
        var low = 0, high = criticalSpans.count
        while low < high {
            let middle = (low + high) / 2
            if criticalSpans[middle].lowerBound <= version { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? min(version, criticalSpans[low - 1].upperBound - 1) : nil
    }

    /// Whether every other event in the graph is either before or after this one.
    /// - Complexity: O(log *n*).
    public func isCritical(_ version: LocalVersion) -> Bool {
        latestCriticalVersion(upTo: version) == version
    }

    // MARK: Adding

    /// Adds `count` events of `replica` in a chain, the first on `parents`.
    /// - Parameter parents: ascending. Best minimal (``dominators(of:)``): one that another follows costs
    ///   time.
    /// - Throws: ``GraphError``; the graph is unchanged.
    /// - Complexity: O(1) amortised, and O(*p*) in the number of parents and of the frontier.
    @discardableResult
    public mutating func append(
        replica: ReplicaID, sequence: UInt64, count: Int, parents: Frontier
    ) throws(GraphError) -> Range<LocalVersion> {
        if isFrontier(parents) { return try append(replica: replica, sequence: sequence, count: count) }
        if let unknown = parents.first(where: { $0 < 0 || $0 >= self.count }) {
            throw .unknownParent(unknown)
        }
        let writer = try admit(replica, sequence: sequence, count: count)
        return append(writer: writer, sequence: sequence, count: count, parents: parents)
    }

    /// Adds events that are known to fit: of a writer that was admitted, on parents that are here.
    mutating func append(
        writer: Int, sequence: UInt64, count: Int, parents: Frontier
    ) -> Range<LocalVersion> {
        if isLine {
            heads = [self.count - 1]
            criticalSpans = [0..<self.count]
        }
        dropCriticals(above: parents.last ?? -1)
        let versions = self.count..<self.count + count
        if parents.count != 1 || parents[0] != versions.lowerBound - 1 || !extends(writer, sequence) {
            addRecord(writer, sequence: sequence, parents: parents)
        }
        finish(versions, writer: writer, sequence: sequence)
        removeHeads(parents)
        heads.append(versions.upperBound - 1)
        return versions
    }

    /// Adds `count` events of `replica` in a chain, the first on everything that is in the graph.
    /// - Throws: ``GraphError``; the graph is unchanged.
    /// - Complexity: O(1) amortised.
    @discardableResult
    public mutating func append(
        replica: ReplicaID, sequence: UInt64, count: Int
    ) throws(GraphError) -> Range<LocalVersion> {
        let writer = try admit(replica, sequence: sequence, count: count)
        return append(writer: writer, sequence: sequence, count: count)
    }

    /// Adds events that are known to fit: of a writer that was admitted, on everything that is here.
    mutating func append(writer: Int, sequence: UInt64, count: Int) -> Range<LocalVersion> {
        let versions = self.count..<self.count + count
        if !endsInLast || !extends(writer, sequence) {
            addRecord(writer, sequence: sequence, parents: frontier)
        }
        finish(versions, writer: writer, sequence: sequence)
        if !isLine { closeHeads(over: versions) }
        return versions
    }

    /// Both are ascending.
    private mutating func removeHeads(_ parents: Frontier) {
        guard let newest = parents.last, let oldest = heads.first, newest >= oldest else { return }
        if parents.count > 4 {
            var index = 0
            return heads.removeAll { head in
                while index < parents.count, parents[index] < head { index += 1 }
                return index < parents.count && parents[index] == head
            }
        }
        // There may be thousands of heads, and as many events that each follow one of them.
        for parent in parents {
            var low = 0, high = heads.count
            while low < high {
                let middle = (low + high) / 2
                if heads[middle] < parent { low = middle + 1 } else { high = middle }
            }
            if low < heads.count, heads[low] == parent { heads.remove(at: low) }
        }
    }

    /// Whether the event added last has all others in its past.
    private var endsInLast: Bool { isLine ? count > 0 : heads.count == 1 && heads[0] == count - 1 }

    /// Notes events that were added on everything.
    private mutating func closeHeads(over versions: Range<LocalVersion>) {
        if heads.count == 1 { heads[0] = versions.upperBound - 1 } else { heads = [versions.upperBound - 1] }
        let last = criticalSpans.count - 1
        if last >= 0, criticalSpans[last].upperBound == versions.lowerBound {
            criticalSpans[last] = criticalSpans[last].lowerBound..<versions.upperBound
        } else {
            criticalSpans.append(versions)
        }
    }

    /// Adds the next `count` events of `replica` in a chain, the first on everything that is in the graph.
    /// - Throws: ``GraphError``; the graph is unchanged.
    /// - Complexity: O(1) amortised, and a few nanoseconds when the replica wrote what came last.
    public mutating func append(replica: ReplicaID, count: Int) throws(GraphError) -> Range<LocalVersion> {
        let last = records.count - 1
        guard last >= 0, count > 0, self.count > horizonCount, endsInLast,
            writers[Int(records[last].writer)].replica == replica,
            UInt64(self.count) + UInt64(count) < 1 << 62, writers[Int(records[last].writer)].next < 1 << 62
        else {
            return try append(replica: replica, sequence: nextSequence(of: replica), count: count)
        }
        let versions = self.count..<self.count + count
        writers[Int(records[last].writer)].next += UInt64(count)
        self.count = versions.upperBound
        if !isLine { closeHeads(over: versions) }
        return versions
    }

    /// Makes room for so many runs.
    mutating func reserve(runs: Int) { records.reserveCapacity(runs) }

    /// The writer's place, made when it is new.
    mutating func admit(_ replica: ReplicaID, sequence: UInt64, count: Int) throws(GraphError) -> Int {
        guard count > 0 else { throw .emptySpan }
        let known = writer(of: replica)
        let next = known.map { writers[$0].next } ?? 0
        guard sequence >= next else {
            throw .sequenceNotGrowing(EventID(replica: replica, sequence: sequence), next: next)
        }
        guard sequence <= .max - UInt64(count), self.count <= .max - count else { throw .full }
        if let known { return known }
        writers.append(Writer(replica: replica, next: 0, firstRun: -1))
        if !laterRuns.isEmpty { laterRuns.append([]) }
        if writers.count > Self.writersWithoutIndex {
            if writerIndex.isEmpty {
                for (index, writer) in writers.enumerated() { writerIndex[writer.replica] = index }
            } else {
                writerIndex[replica] = writers.count - 1
            }
        }
        return writers.count - 1
    }

    /// Whether the next event of a writer would go on with the last run, its parent allowing.
    private func extends(_ writer: Int, _ sequence: UInt64) -> Bool {
        guard let last = records.last, count > horizonCount else { return false }
        return last.writer == Int32(writer) && last.firstSequence + UInt64(count - last.start) == sequence
    }

    private mutating func addRecord(_ writer: Int, sequence: UInt64, parents: Frontier) {
        var record = Record(
            start: count, firstSequence: sequence,
            firstLamport: 1 + (forgotten.isEmpty ? 0 : forgotten[0].horizon.lamport), parent: -1,
            parentRun: parents.count > 1 ? -Int32(parents.count) : -1, writer: Int32(writer))
        if parents.count > 1 { record.parent = sharedParents.count }
        for parent in parents {
            let run = runIndex(of: parent)
            let lamport = records[run].firstLamport + UInt64(parent - records[run].start)
            record.firstLamport = max(record.firstLamport, lamport + 1)
            if parents.count > 1 {
                sharedParents.append(Place(version: parent, run: run))
            } else {
                record.parent = parent
                record.parentRun = Int32(run)
            }
        }
        if writers[writer].firstRun < 0 {
            writers[writer].firstRun = Int32(records.count)
        } else {
            if laterRuns.isEmpty { laterRuns = Array(repeating: [], count: writers.count) }
            laterRuns[writer].append(Int32(records.count))
        }
        records.append(record)
    }

    private mutating func finish(_ versions: Range<LocalVersion>, writer: Int, sequence: UInt64) {
        writers[writer].next = sequence + UInt64(versions.count)
        count = versions.upperBound
    }

    /// Forgets the critical versions that are not in the past of an event whose newest parent is `version`:
    /// each event is either before or after each critical one, so the order of local versions tells.
    private mutating func dropCriticals(above version: LocalVersion) {
        while let last = criticalSpans.last, last.upperBound - 1 > version {
            if last.lowerBound <= version {
                criticalSpans[criticalSpans.count - 1] = last.lowerBound..<version + 1
                return
            }
            criticalSpans.removeLast()
        }
    }

    // MARK: Lookups

    /// The run with an index.
    /// - Complexity: O(*p*) in its parents.
    public func run(at index: Int) -> Run {
        let record = records[index]
        return Run(
            versions: versions(ofRun: index), replica: writers[Int(record.writer)].replica,
            firstSequence: record.firstSequence, parents: parents(ofRun: index),
            firstLamport: record.firstLamport)
    }

    /// The local versions of the run with an index.
    public func versions(ofRun index: Int) -> Range<LocalVersion> {
        records[index].start..<(index + 1 < records.count ? records[index + 1].start : count)
    }

    /// The parents of the first event of the run with an index.
    public func parents(ofRun index: Int) -> Frontier {
        let record = records[index]
        switch record.parentCount {
        case 0: return []
        case 1: return [record.parent]
        default:
            return sharedParents[record.parent..<record.parent + record.parentCount].map(\.version)
        }
    }

    /// One of the parents of a run's first event.
    func parent(_ offset: Int, ofRun index: Int) -> Place {
        records[index].parentRun >= 0
            ? Place(version: records[index].parent, run: Int(records[index].parentRun))
            : sharedParents[records[index].parent + offset]
    }

    /// The index of the run that holds `version`.
    /// - Precondition: `version` is in the graph.
    public func runIndex(of version: LocalVersion) -> Int {
        precondition(version >= 0 && version < count, "local version \(version) is not in the graph")
        var low = 0, high = records.count - 1
        // Most questions are about what arrived last.
        let near = max(0, high - 6)
        while high > near {
            if records[high].start <= version { return high }
            high -= 1
        }
        while low < high {
            let middle = (low + high + 1) / 2
            if records[middle].start <= version { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The index of the run that holds `version`, looked for around another run.
    /// - Complexity: O(log *d*) in the runs between the two.
    func runIndex(of version: LocalVersion, near hint: Int) -> Int {
        let last = records.count - 1
        var low = min(hint, last), high = low, step = 1
        if records[low].start <= version {
            // The first run that begins behind the version, or the end, is within reach.
            while high < last, records[high + 1].start <= version {
                low = high + 1
                high = min(last, high + step)
                step *= 2
            }
        } else {
            while low > 0, records[low].start > version {
                high = low - 1
                low = max(0, low - step)
                step *= 2
            }
        }
        while low < high {
            let middle = (low + high + 1) / 2
            if records[middle].start <= version { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The name of the event at a local version.
    /// - Complexity: O(log *n*) in the runs.
    /// - Precondition: `version` is in the graph.
    public func event(at version: LocalVersion) -> EventID {
        let record = records[runIndex(of: version)]
        return EventID(
            replica: writers[Int(record.writer)].replica,
            sequence: record.firstSequence + UInt64(version - record.start))
    }

    /// Lamport time of an event: one more than the greatest among its parents.
    /// - Complexity: O(log *n*) in the runs.
    /// - Source: Lamport 1978, "Time, Clocks, and the Ordering of Events in a Distributed System".
    public func lamport(at version: LocalVersion) -> UInt64 {
        let record = records[runIndex(of: version)]
        return record.firstLamport + UInt64(version - record.start)
    }

    /// The parents of an event, sorted; empty for one that knew of no other.
    /// - Complexity: O(log *n*) in the runs.
    public func parents(of version: LocalVersion) -> Frontier {
        let index = runIndex(of: version)
        return version == records[index].start ? parents(ofRun: index) : [version - 1]
    }

    /// The local version of an event; nil when it is not in the graph.
    public func localVersion(of event: EventID) -> LocalVersion? {
        guard let index = lastRun(of: event.replica, notAfter: event.sequence) else { return nil }
        let versions = versions(ofRun: index)
        let offset = event.sequence - records[index].firstSequence
        return offset < UInt64(versions.count) ? versions.lowerBound + Int(offset) : nil
    }

    /// The last event of `replica` with a number below `bound`.
    public func lastEvent(of replica: ReplicaID, below bound: UInt64) -> LocalVersion? {
        guard bound > 0, let index = lastRun(of: replica, notAfter: bound - 1) else { return nil }
        let versions = versions(ofRun: index)
        let offset = min(bound - 1 - records[index].firstSequence, UInt64(versions.count - 1))
        return versions.lowerBound + Int(offset)
    }

    /// The last event of a writer; nil when it has none.
    func lastVersion(ofWriter writer: Int) -> LocalVersion? {
        guard writers[writer].firstRun >= 0 else { return nil }
        let last = laterRuns.isEmpty ? nil : laterRuns[writer].last
        return versions(ofRun: Int(last ?? writers[writer].firstRun)).upperBound - 1
    }

    private func lastRun(of replica: ReplicaID, notAfter sequence: UInt64) -> Int? {
        guard let writer = writer(of: replica) else { return nil }
        let first = Int(writers[writer].firstRun)
        guard first >= 0, records[first].firstSequence <= sequence else { return nil }
        guard !laterRuns.isEmpty else { return first }
        var low = 0, high = laterRuns[writer].count
        while low < high {
            let middle = (low + high) / 2
            let run = Int(laterRuns[writer][middle])
            if records[run].firstSequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? Int(laterRuns[writer][low - 1]) : first
    }

    func writer(of replica: ReplicaID) -> Int? {
        // Most often it is the writer of what came last.
        if let last = records.last, writers[Int(last.writer)].replica == replica { return Int(last.writer) }
        if writers.count > Self.writersWithoutIndex { return writerIndex[replica] }
        return writers.firstIndex { $0.replica == replica }
    }
}
