import DunlinCausality
import DunlinEncoding
import Testing

@Suite struct HorizonTests {
    /// A graph, and versions of it: of events that all others are before or after there are always some.
    private static func history(
        seed: UInt64
    ) throws -> (graph: CausalGraph, naive: NaiveGraph, versions: [Frontier]) {
        var (graph, naive, random) = try CausalGraphTests.history(seed: seed)
        for _ in 0..<4 {
            let frontier = graph.frontier,
                replica = try CausalGraphTests.replica(.random(in: 1...5, using: &random))
            let sequence = graph.nextSequence(of: replica) + .random(in: 0...2, using: &random)
            try graph.append(replica: replica, sequence: sequence, count: 1, parents: frontier)
            naive.append(parents: frontier)
        }
        var versions = naive.pasts.indices.filter(naive.isCritical).map { [$0] }
        for _ in 0..<10 {
            let some = (0..<2).map { _ in Int.random(in: 0..<graph.count, using: &random) }
            versions.append(graph.dominators(of: Set(some).sorted()))
        }
        return (graph, naive, versions)
    }

    @Test(arguments: 0..<120 as Range<UInt64>)
    func `a version can be forgotten if all other events have seen all of it, and the rest stays what it was`(
        seed: UInt64
    ) throws {
        let (graph, naive, versions) = try Self.history(seed: seed)
        var random = SeededGenerator(seed: seed + 3)
        for version in versions {
            let past = naive.past(version), vector = graph.versionVector(of: version)
            let isSettled = naive.pasts.indices.allSatisfy {
                past.contains($0) || past.isSubset(of: naive.pasts[$0])
            }
            guard isSettled else {
                #expect(throws: GraphError.notSettled) { try graph.settledCount(of: vector) }
                #expect(throws: GraphError.notSettled) { try graph.forgetting(vector, keeping: []) }
                continue
            }
            let end = try graph.settledCount(of: vector)
            #expect(end == past.count && past == Set(0..<end), "seed \(seed)")
            let survivors = past.shuffled(using: &random).prefix(.random(in: 0...8, using: &random))
            let short = try graph.forgetting(vector, keeping: survivors.map { $0..<$0 + 1 })
            try Self.compare(short, Array(survivors) + Array(end..<graph.count), graph, end)
            try Self.compare(Self.reread(short), Array(survivors) + Array(end..<graph.count), graph, end)
        }
    }

    private static func compare(
        _ short: CausalGraph, _ events: [LocalVersion], _ graph: CausalGraph, _ end: LocalVersion
    ) throws {
        let survivorCount = events.count - (graph.count - end)
        #expect(short.count == events.count && short.survivorCount == survivorCount)
        #expect(short.versionVector == graph.versionVector)
        let horizon: Frontier = survivorCount > 0 ? [survivorCount - 1] : []
        for (version, old) in events.enumerated() {
            #expect(short.event(at: version) == graph.event(at: old))
            #expect(short.lamport(at: version) == graph.lamport(at: old))
            #expect(short.localVersion(of: graph.event(at: old)) == version)
            guard version >= survivorCount else { continue }
            let behind = graph.parents(of: old).filter { $0 >= end }.map { $0 - end + survivorCount }
            #expect(short.parents(of: version) == (behind.isEmpty ? horizon : behind))
            #expect(short.isCritical(version) == graph.isCritical(old))
            let vector = graph.versionVector(of: [old])
            #expect(short.frontier(of: vector) == [version] && !short.hasForgotten(vector))
            #expect(short.versionVector(of: [version]) == vector)
        }
        for version in 0..<end {
            let event = graph.event(at: version)
            #expect(short.knows(event))
            #expect((short.localVersion(of: event) != nil) == events.prefix(survivorCount).contains(version))
        }
    }

    /// What is before the horizon written and read, the rest added as it is.
    private static func reread(_ graph: CausalGraph) throws -> CausalGraph {
        var writer = ByteWriter()
        graph.writeHorizon(&writer)
        var reader = ByteReader(writer.bytes)
        var copy = try CausalGraph(readingHorizon: &reader)
        try reader.finish()
        #expect(copy.count == graph.survivorCount)
        for run in graph.runs where run.versions.lowerBound >= graph.survivorCount {
            try copy.append(
                replica: run.replica, sequence: run.firstSequence, count: run.versions.count,
                parents: run.parents)
        }
        #expect(copy.horizon == graph.horizon && copy.runs == graph.runs)
        return copy
    }

    @Test func `what has not seen all of it is refused, in whatever order it names what it has seen`() throws
    {
        let ada = try CausalGraphTests.replica(1), bob = try CausalGraphTests.replica(2)
        let eve = try CausalGraphTests.replica(3)
        var graph = CausalGraph()
        try graph.append(replica: ada, sequence: 0, count: 3, parents: [])
        try graph.append(replica: bob, sequence: 5, count: 2, parents: [1])
        let version = graph.versionVector, full = graph
        graph = try graph.forgetting(version, keeping: [4..<5])
        /// What an event of a replica on some parents does to both graphs.
        func admit(_ replica: ReplicaID, _ sequence: UInt64, _ parents: Frontier) throws -> CausalGraph {
            var other = full
            let added = try other.append(replica: replica, sequence: sequence, count: 1, parents: parents)
            let batch = EventBatch(of: other, in: [added])
            var short = graph, long = full
            var admission = try BatchAdmission(of: batch, into: short)
            while try admission.next(&short) != nil {}
            admission = try BatchAdmission(of: batch, into: long)
            while try admission.next(&long) != nil {}
            #expect(short.lamport(at: short.count - 1) == long.lamport(at: long.count - 1))
            return short
        }
        #expect(try admit(eve, 0, [2, 4]).frontier == [1])
        // The writer's own event before need not be named.
        #expect(try admit(ada, 3, [4]).count == 2)
        #expect(try admit(bob, 7, [2]).count == 2)
        for parents in [[2], [4], [0, 4], []] as [Frontier] {
            #expect(throws: GraphError.forgotten) { try admit(eve, 0, parents) }
        }
        #expect(throws: GraphError.forgotten) { try admit(ada, 3, [2]) }
        #expect(throws: GraphError.missingParent(EventID(replica: eve, sequence: 6))) {
            try admit(eve, 7, [2, 4])
        }
    }

    @Test func `bytes of a horizon that are cut short or changed are one or an error, never a trap`() throws {
        let (graph, _, versions) = try Self.history(seed: 4)
        var random = SeededGenerator(seed: 8)
        let vector = graph.versionVector(
            of: try #require(versions.last { graph.isCritical($0[0]) && $0.count == 1 }))
        let end = try graph.settledCount(of: vector)
        var writer = ByteWriter()
        try graph.forgetting(vector, keeping: [0..<end / 2, end - 1..<end]).writeHorizon(&writer)
        for _ in 0..<5_000 {
            var bytes = writer.bytes
            bytes[.random(in: bytes.indices, using: &random)] ^= .random(in: 1...255, using: &random)
            bytes.removeLast(.random(in: 0...1, using: &random))
            var reader = ByteReader(bytes)
            guard let read = try? CausalGraph(readingHorizon: &reader), read.horizon != nil else { continue }
            for version in 0..<min(read.count, 50) {
                #expect(read.localVersion(of: read.event(at: version)) == version)
            }
            var again = ByteWriter()
            read.writeHorizon(&again)
            #expect(again.bytes == Array(bytes[..<reader.offset]))
        }
    }
}
