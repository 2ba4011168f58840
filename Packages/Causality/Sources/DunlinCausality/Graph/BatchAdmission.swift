/// Takes a batch of events into a graph, run by run, leaving out what is known.
///
/// Everything that could be wrong is found before the first event is added.
public struct BatchAdmission: Sendable {
    /// Events that were added as one chain.
    public struct Admitted: Sendable {
        /// Their numbers in the batch.
        public var events: Range<Int>
        /// What they are called in the graph.
        public var versions: Range<LocalVersion>
        /// Parents of the first one; of each other the one before it.
        public var parents: Frontier
        /// Everything that was in the graph is in their past.
        public var isOnFrontier: Bool
    }

    private let batch: EventBatch
    /// What the graph calls the batch's replicas; -1 for one that it does not know yet.
    private var writers: [Int]
    /// The order in which runs are added; empty for that of the batch.
    private var order: [Int32] = []
    private var index = 0
    /// For each run that was added, the number in the batch and the local version from which on that was
    /// here.
    private var added: [(number: Int, version: LocalVersion)]

    /// Checks that `graph` can take the batch.
    /// - Parameter followsBranches: a branch is added whole before another one is, where the batch goes to
    ///   and fro; else events keep the order of the batch, and in an empty graph their numbers.
    /// - Throws: ``GraphError/missingParent(_:)`` when the batch rests on events that are not in the graph,
    ///   ``GraphError/forgotten`` when some of its events have not seen all that is before the graph's
    ///   horizon, ``GraphError/full`` when that would become too large.
    /// - Complexity: O(*r* log *n*) in the runs of the batch.
    public init(
        of batch: EventBatch, into graph: CausalGraph, followsBranches: Bool = false
    ) throws(GraphError) {
        let room = EventBatch.countLimit - min(graph.count, EventBatch.countLimit)
        guard batch.count <= room else { throw .full }
        self.batch = batch
        added = Array(repeating: (0, 0), count: batch.runs.count)
        writers = batch.replicas.map { graph.writer(of: $0) ?? -1 }
        var next = batch.replicas.map { graph.nextSequence(of: $0) }
        for run in batch.runs {
            guard run.firstSequence <= next[run.writer] else {
                throw .missingParent(
                    EventID(replica: batch.replicas[run.writer], sequence: run.firstSequence - 1))
            }
            next[run.writer] = max(next[run.writer], run.firstSequence + UInt64(run.count))
        }
        for case .outside(let writer, let sequence) in batch.parents {
            let event = EventID(replica: batch.replicas[writer], sequence: sequence)
            guard graph.knows(event) else { throw .missingParent(event) }
        }
        if let horizon = graph.horizon { try Self.check(batch, behind: horizon, of: graph) }
        if followsBranches { order = batch.branchOrder() }
    }

    /// Adds the next run to the graph; nil when all are there.
    public mutating func next(_ graph: inout CausalGraph) throws(GraphError) -> Admitted? {
        while index < batch.runs.count {
            let place = order.isEmpty ? index : Int(order[index])
            let run = batch.runs[place]
            let writer = writers[run.writer]
            let next = writer < 0 ? 0 : graph.writers[writer].next
            let known = Int(min(next - run.firstSequence, UInt64(run.count)))
            index += 1
            added[place] = (run.start + known, graph.count)
            guard known < run.count else { continue }
            return try add(run, at: place, known: known, writer: writer, to: &graph)
        }
        return nil
    }

    private mutating func add(
        _ run: EventBatch.Run, at place: Int, known: Int, writer: Int, to graph: inout CausalGraph
    ) throws(GraphError) -> Admitted {
        let sequence = run.firstSequence + UInt64(known), count = run.count - known
        var writer = writer
        if writer < 0 {
            writer = try graph.admit(batch.replicas[run.writer], sequence: sequence, count: count)
            writers[run.writer] = writer
        }
        var parents: Frontier = []
        if known > 0 {
            let before = EventID(replica: batch.replicas[run.writer], sequence: sequence - 1)
            if let version = graph.localVersion(of: before) { parents.append(version) }
            if !graph.forgotten.isEmpty { graph.liftOverHorizon(&parents) }
        } else {
            parents.reserveCapacity(run.parents.count)
            for index in run.parents { parents.append(try local(batch.parents[index], near: place, graph)) }
            if !Self.isAscending(parents) { parents = Set(parents).sorted() }
            if !graph.forgotten.isEmpty { graph.liftOverHorizon(&parents) }
            addOwn(before: sequence, of: writer, to: &parents, in: graph)
        }
        // Whoever names a parent that another one follows costs time, and changes nothing.
        let isOnFrontier = graph.isFrontier(parents)
        let versions =
            isOnFrontier
            ? graph.append(writer: writer, sequence: sequence, count: count)
            : graph.append(writer: writer, sequence: sequence, count: count, parents: parents)
        return Admitted(
            events: run.start + known..<run.start + run.count, versions: versions, parents: parents,
            isOnFrontier: isOnFrontier)
    }

    /// A replica's events follow each other, also when it does not say so: else one writer could be
    /// concurrent with itself without end.
    private func addOwn(
        before sequence: UInt64, of writer: Int, to parents: inout Frontier, in graph: CausalGraph
    ) {
        guard sequence > 0, let own = graph.lastVersion(ofWriter: writer), !parents.contains(own),
            !graph.isFrontier(parents), !graph.contains(parents, own)
        else { return }
        parents.append(own)
        parents.sort()
    }

    private static func isAscending(_ versions: [LocalVersion]) -> Bool {
        for index in versions.indices.dropFirst() where versions[index - 1] >= versions[index] {
            return false
        }
        return true
    }

    private func local(
        _ parent: EventBatch.Parent, near place: Int, _ graph: CausalGraph
    ) throws(GraphError) -> LocalVersion {
        let event: EventID
        switch parent {
        case .outside(let writer, let sequence):
            event = EventID(replica: batch.replicas[writer], sequence: sequence)
        case .inside(let number):
            let low = batch.runIndex(of: number, near: place)
            if number >= added[low].number { return added[low].version + number - added[low].number }
            let run = batch.runs[low]
            event = EventID(
                replica: batch.replicas[run.writer], sequence: run.firstSequence + UInt64(number - run.start))
        }
        if let version = graph.localVersion(of: event) { return version }
        // Forgotten, as was checked: the horizon stands for it.
        guard graph.knows(event) else { throw .missingParent(event) }
        return graph.horizonCount - 1
    }

    // MARK: The horizon

    /// Checks that each new event has all in its past that the graph has forgotten. Those that follow one
    /// behind the horizon do; any other one has to name all heads, but for the one of its own writer.
    private static func check(
        _ batch: EventBatch, behind horizon: Horizon, of graph: CausalGraph
    ) throws(GraphError) {
        var next = batch.replicas.map { graph.nextSequence(of: $0) }
        for run in batch.runs {
            let replica = batch.replicas[run.writer], bound = horizon.version[replica] ?? 0
            let reached = next[run.writer], end = run.firstSequence + UInt64(run.count)
            guard end > reached else { continue }
            next[run.writer] = end
            guard reached == bound else { continue }
            var named = reached > run.firstSequence ? [] : run.parents.map(batch.event(ofParent:))
            guard named.allSatisfy(horizon.version.contains) else { continue }
            if bound > 0 { named.append(EventID(replica: replica, sequence: bound - 1)) }
            guard Set(named).isSuperset(of: horizon.heads) else { throw .forgotten }
        }
    }
}
