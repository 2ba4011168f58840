import DunlinEncoding

/// Events of a graph for another one, numbered from 0 in an order in which parents come first.
///
/// What the events did is encoded beside it, by these numbers.
/// - Source: `Docs/Spec/Sequences.md`, "Events".
public struct EventBatch: Sendable {
    /// Consecutive events of one replica, each the parent of the next.
    struct Run: Sendable {
        var writer: Int
        var firstSequence: UInt64
        /// Number of the first event in the batch.
        var start: Int
        var count: Int
        /// Where its parents are in `parents`.
        var parents: Range<Int>
    }

    /// A parent in the batch by its number, or an event that must be known already.
    enum Parent: Sendable {
        case inside(Int)
        case outside(writer: Int, sequence: UInt64)
    }

    /// The replicas that the batch, and what is encoded beside it, speak of, in the order in which they do.
    public private(set) var replicas: [ReplicaID] = []
    private(set) var runs: [Run] = []
    private(set) var parents: [Parent] = []
    /// Events in the batch.
    public private(set) var count = 0

    // MARK: Writing

    /// The events of `graph` that are in `spans`, which ascend and lie behind its horizon; what they rest on
    /// is in them or known elsewhere.
    public init(of graph: CausalGraph, in spans: [Range<LocalVersion>]) {
        var places = [Int32](repeating: -1, count: graph.writers.count)
        func place(_ writer: Int32, _ replicas: inout [ReplicaID]) -> Int {
            if places[Int(writer)] < 0 {
                places[Int(writer)] = Int32(replicas.count)
                replicas.append(graph.writers[Int(writer)].replica)
            }
            return Int(places[Int(writer)])
        }
        // Number of the first event of each span.
        var numbers: [Int] = []
        var total = 0
        for span in spans {
            numbers.append(total)
            total += span.count
        }
        for (index, span) in spans.enumerated() {
            var run = graph.runIndex(of: span.lowerBound)
            while run < graph.runCount, graph.records[run].start < span.upperBound {
                let record = graph.records[run]
                let versions = graph.versions(ofRun: run).clamped(to: span)
                let writer = place(record.writer, &replicas)
                let first = parents.count
                let above = versions.lowerBound > record.start
                let rests = above ? [versions.lowerBound - 1] : graph.parents(ofRun: run)
                if let horizon = graph.horizon, rests == graph.horizonFrontier {
                    for head in horizon.heads {
                        guard let writer = graph.writer(of: head.replica) else { continue }
                        parents.append(
                            .outside(writer: place(Int32(writer), &replicas), sequence: head.sequence))
                    }
                }
                for parent in rests where parent >= graph.horizonCount {
                    if let inside = Self.number(of: parent, spans: spans, numbers: numbers) {
                        parents.append(.inside(inside))
                    } else {
                        let record = graph.records[graph.runIndex(of: parent)]
                        parents.append(
                            .outside(
                                writer: place(record.writer, &replicas),
                                sequence: record.firstSequence + UInt64(parent - record.start)))
                    }
                }
                runs.append(
                    Run(
                        writer: writer,
                        firstSequence: record.firstSequence + UInt64(versions.lowerBound - record.start),
                        start: numbers[index] + versions.lowerBound - span.lowerBound, count: versions.count,
                        parents: first..<parents.count))
                run += 1
            }
        }
        count = total
    }

    /// Names a replica that what is encoded beside the batch speaks of.
    public mutating func include(_ replica: ReplicaID) {
        if !replicas.contains(replica) { replicas.append(replica) }
    }

    private static func number(
        of version: LocalVersion, spans: [Range<LocalVersion>], numbers: [Int]
    ) -> Int? {
        var low = 0, high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].upperBound <= version { low = middle + 1 } else { high = middle }
        }
        guard low < spans.count, spans[low].contains(version) else { return nil }
        return numbers[low] + version - spans[low].lowerBound
    }

    /// The batch as bytes.
    public func write(_ writer: inout ByteWriter) {
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.raw(replica.bytes) }
        writer.varint(UInt64(runs.count))
        for run in runs { writer.varint(UInt64(run.writer)) }
        for run in runs { writer.varint(UInt64(run.count)) }
        var next = [UInt64](repeating: 0, count: replicas.count)
        for run in runs {
            writer.varint(run.firstSequence - next[run.writer])
            next[run.writer] = run.firstSequence + UInt64(run.count)
        }
        for run in runs { writer.varint(UInt64(run.parents.count)) }
        for run in runs {
            for parent in parents[run.parents] {
                switch parent {
                case .inside(let number): writer.varint(UInt64(run.start - number) << 1)
                case .outside(let replica, let sequence):
                    writer.varint(UInt64(replica) << 1 | 1)
                    writer.varint(sequence)
                }
            }
        }
    }

    /// The event with a number.
    /// - Precondition: `number` is below ``count``.
    /// - Complexity: O(log *r*) in the runs.
    public func event(_ number: Int) -> EventID {
        let run = runs[runIndex(of: number)]
        return EventID(
            replica: replicas[run.writer], sequence: run.firstSequence + UInt64(number - run.start))
    }

    /// The parents of the event with a number, as it names them.
    /// - Precondition: `number` is below ``count``.
    /// - Complexity: O(log *r*) in the runs.
    public func parents(of number: Int) -> [EventID] {
        let run = runs[runIndex(of: number)]
        guard number == run.start else { return [event(number - 1)] }
        return run.parents.map(event(ofParent:))
    }

    /// The event that a place in `parents` names.
    func event(ofParent place: Int) -> EventID {
        switch parents[place] {
        case .inside(let number): event(number)
        case .outside(let writer, let sequence): EventID(replica: replicas[writer], sequence: sequence)
        }
    }

    /// Whether each event of a range but the first has the one before it as its only parent, at the same
    /// replica.
    /// - Complexity: O(*r*) in the runs that the range touches.
    public func isChain(_ numbers: Range<Int>) -> Bool {
        guard !numbers.isEmpty else { return true }
        return runIndex(of: numbers.lowerBound) == runIndex(of: numbers.upperBound - 1)
    }

    /// The events that must be known already before the batch can be taken in.
    public var outsideParents: [EventID] {
        parents.compactMap { parent in
            guard case .outside(let writer, let sequence) = parent else { return nil }
            return EventID(replica: replicas[writer], sequence: sequence)
        }
    }

    /// The run that holds an event, which most often is a little before another run.
    func runIndex(of number: Int, near place: Int) -> Int {
        var place = place
        let near = max(0, place - 8)
        while place > near, runs[place].start > number { place -= 1 }
        return runs[place].start <= number && number < runs[place].start + runs[place].count
            ? place : runIndex(of: number)
    }

    func runIndex(of number: Int) -> Int {
        precondition(number >= 0 && number < count, "event \(number) is not in the batch")
        var low = 0, high = runs.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].start <= number { low = middle } else { high = middle - 1 }
        }
        return low
    }

    // MARK: Reading

    /// Events that a batch may hold, and a graph that it is added to: more than any replicas make, though a
    /// few bytes name 2³⁰, and few enough for sums of them. What a graph took in must fit into a batch of
    /// all of it.
    static let countLimit = 1 << 60

    /// Reads what ``write(_:)`` wrote.
    /// - Throws: ``ByteError`` for bytes that are no batch.
    public init(reading reader: inout ByteReader) throws(ByteError) {
        for _ in 0..<(try reader.count(bytesEach: 32)) {
            let at = reader.offset
            guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                throw .notCanonical(at: at)
            }
            replicas.append(replica)
        }
        guard Set(replicas).count == replicas.count else { throw .notCanonical(at: reader.offset) }
        // A writer, a count, a gap in the numbers and a count of parents.
        let runCount = try reader.count(bytesEach: 4)
        runs.reserveCapacity(runCount)
        for _ in 0..<runCount {
            let at = reader.offset
            let writer = try reader.varint()
            guard writer < UInt64(replicas.count) else { throw .notCanonical(at: at) }
            runs.append(Run(writer: Int(writer), firstSequence: 0, start: 0, count: 0, parents: 0..<0))
        }
        for index in runs.indices {
            let at = reader.offset
            let events = try reader.varint()
            guard events > 0, events <= UInt64(Self.countLimit - count) else { throw .notCanonical(at: at) }
            runs[index].start = count
            runs[index].count = Int(events)
            count += Int(events)
        }
        var next = [UInt64](repeating: 0, count: replicas.count)
        for index in runs.indices {
            let at = reader.offset
            let (first, overflow) = next[runs[index].writer].addingReportingOverflow(try reader.varint())
            let (end, overflows) = first.addingReportingOverflow(UInt64(runs[index].count))
            guard !overflow, !overflows else { throw .notCanonical(at: at) }
            runs[index].firstSequence = first
            next[runs[index].writer] = end
        }
        var parentCount = 0
        for index in runs.indices {
            let events = try reader.count()
            runs[index].parents = parentCount..<parentCount + events
            parentCount += events
        }
        guard parentCount <= reader.remaining else { throw .truncated(at: reader.offset) }
        parents.reserveCapacity(parentCount)
        for run in runs {
            for _ in run.parents { parents.append(try Self.readParent(of: run, replicas, &reader)) }
        }
    }

    private static func readParent(
        of run: Run, _ replicas: [ReplicaID], _ reader: inout ByteReader
    ) throws(ByteError) -> Parent {
        let at = reader.offset
        let value = try reader.varint()
        if value & 1 == 0 {
            guard value > 0, value >> 1 <= UInt64(run.start) else { throw .notCanonical(at: at) }
            return .inside(run.start - Int(value >> 1))
        }
        guard value >> 1 < UInt64(replicas.count) else { throw .notCanonical(at: at) }
        return .outside(writer: Int(value >> 1), sequence: try reader.varint())
    }
}
