import DunlinCausality
import DunlinEncoding
import Testing

struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// The same graph as sets of ancestors: obviously right, and slow.
struct NaiveGraph {
    var pasts: [Set<Int>] = []
    var lamports: [UInt64] = []

    mutating func append(parents: [Int]) {
        var past: Set<Int> = [pasts.count]
        for parent in parents { past.formUnion(pasts[parent]) }
        lamports.append((parents.map { lamports[$0] }.max() ?? 0) + 1)
        pasts.append(past)
    }

    func past(_ frontier: [Int]) -> Set<Int> { frontier.reduce(into: []) { $0.formUnion(pasts[$1]) } }

    func dominators(_ versions: [Int]) -> [Int] {
        Set(versions).filter { version in !versions.contains { $0 != version && pasts[$0].contains(version) }
        }.sorted()
    }

    /// Whether every event is either before or after this one.
    func isCritical(_ version: Int) -> Bool {
        pasts.indices.allSatisfy { pasts[version].contains($0) || pasts[$0].contains(version) }
    }
}

@Suite struct CausalGraphTests {
    static func replica(_ number: UInt8) throws -> ReplicaID {
        try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32)))
    }

    /// A random history, as a graph and naively; spans of one to four events, some on old versions.
    static func history(seed: UInt64) throws -> (CausalGraph, NaiveGraph, SeededGenerator) {
        var random = SeededGenerator(seed: seed + 1)
        var graph = CausalGraph(), naive = NaiveGraph()
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            let number = UInt8.random(in: 1...4, using: &random)
            let replica = try replica(number)
            var parents = graph.frontier
            if Bool.random(using: &random), graph.count > 0 {
                let own = graph.lastEvent(of: replica, below: .max)
                let others = (0..<2).map { _ in Int.random(in: 0..<graph.count, using: &random) }
                parents = graph.dominators(of: others + (own.map { [$0] } ?? []))
            }
            let count = Int.random(in: 1...4, using: &random)
            // Numbers may leave gaps.
            let sequence = (graph.versionVector[replica] ?? 0) + UInt64.random(in: 0...1, using: &random)
            let versions = try graph.append(
                replica: replica, sequence: sequence, count: count, parents: parents)
            naive.append(parents: parents)
            for version in versions.dropFirst() { naive.append(parents: [version - 1]) }
        }
        return (graph, naive, random)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `versions, differences and critical points are those of the sets`(seed: UInt64) throws {
        var (graph, naive, random) = try Self.history(seed: seed)
        for _ in 0..<20 {
            let picks = (0..<4).map { _ in Int.random(in: 0..<graph.count, using: &random) }
            let a = naive.dominators(Array(picks[0..<2])), b = naive.dominators(Array(picks[2..<4]))
            #expect(graph.dominators(of: Array(picks[0..<2])) == a, "seed \(seed)")
            let (onlyA, onlyB) = graph.difference(a, b)
            #expect(
                Set(onlyA.flatMap { Array($0) }) == naive.past(a).subtracting(naive.past(b)), "seed \(seed)")
            #expect(
                Set(onlyB.flatMap { Array($0) }) == naive.past(b).subtracting(naive.past(a)), "seed \(seed)")
            #expect(graph.contains(a, picks[3]) == naive.past(a).contains(picks[3]), "seed \(seed)")
            #expect(graph.frontier(of: graph.versionVector(of: a)) == a, "seed \(seed)")
            let event = graph.event(at: picks[0])
            #expect(graph.localVersion(of: event) == picks[0])
            #expect(graph.lamport(at: picks[0]) == naive.lamports[picks[0]])
        }
        let critical = (0..<graph.count).last { naive.isCritical($0) }
        #expect(graph.latestCriticalVersion == critical, "seed \(seed)")
        for version in 0..<graph.count {
            #expect(graph.isCritical(version) == naive.isCritical(version), "seed \(seed)")
        }
        let copy = try CausalGraph(decoding: graph.encoded())
        #expect(copy.runs == graph.runs && copy.frontier == graph.frontier)
        #expect(copy.latestCriticalVersion == graph.latestCriticalVersion)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `differences among many branches that wide events join are those of the sets`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        var graph = CausalGraph(), naive = NaiveGraph()
        for event in 0..<120 {
            let replica = try Self.replica(UInt8.random(in: 1...60, using: &random))
            let own = graph.lastEvent(of: replica, below: .max)
            let wide = event < 60 ? 0 : Int.random(in: 1...40, using: &random)
            let others = (0..<wide).map { _ in Int.random(in: 0..<graph.count, using: &random) }
            let parents = graph.dominators(of: others + (own.map { [$0] } ?? []))
            try graph.append(
                replica: replica, sequence: graph.nextSequence(of: replica), count: 1, parents: parents)
            naive.append(parents: parents)
        }
        var difference = VersionDifference()
        for _ in 0..<40 {
            let versions = (0..<2).map { _ in
                graph.dominators(
                    of: (0..<Int.random(in: 0...50, using: &random)).map { _ in
                        Int.random(in: 0..<graph.count, using: &random)
                    })
            }
            difference.find(versions[0], versions[1], in: graph)
            let pasts = versions.map(naive.past)
            #expect(difference.onlyA.flatMap(Array.init) == pasts[0].subtracting(pasts[1]).sorted())
            #expect(difference.onlyB.flatMap(Array.init) == pasts[1].subtracting(pasts[0]).sorted())
        }
    }

    @Test func `very many who write beside each other are compared without looking at each for each`() throws
    {
        var random = SeededGenerator(seed: 5)
        var graph = CausalGraph()
        let root = try graph.append(replica: Self.replica(1), sequence: 0, count: 1, parents: [])
        let count = 40_000
        for number in 0..<count {
            var bytes = [UInt8](repeating: 2, count: 32)
            for index in 0..<3 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
            try graph.append(
                replica: #require(ReplicaID(bytes: bytes)), sequence: 0, count: 1, parents: [root.lowerBound])
        }
        let heads = Array(1...count)
        #expect(graph.frontier == heads)
        #expect(graph.dominators(of: heads.shuffled(using: &random) + [0]) == heads)
        let (onlyA, onlyB) = graph.difference(heads, [7, 90])
        #expect(onlyA == [1..<7, 8..<90, 91..<count + 1] && onlyB.isEmpty)
    }

    @Test(arguments: [
        [3], [0, 11], [1, 4, 5, 8], [0, 2, 3, 6, 7, 11], [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11],
    ])
    func `an event takes the place of those heads that it follows`(parents: Frontier) throws {
        var graph = CausalGraph()
        for number in 0..<12 as Range<UInt8> {
            try graph.append(replica: Self.replica(number), sequence: 0, count: 1, parents: [])
        }
        try graph.append(replica: Self.replica(20), sequence: 0, count: 2, parents: parents)
        #expect(graph.frontier == (0..<12).filter { !parents.contains($0) } + [13])
    }

    @Test func `numbers that do not grow and unknown parents are refused and change nothing`() throws {
        var graph = CausalGraph()
        let ada = try Self.replica(1)
        try graph.append(replica: ada, sequence: 5, count: 2, parents: [])
        #expect(throws: GraphError.self) {
            try graph.append(replica: ada, sequence: 6, count: 1, parents: [1])
        }
        #expect(throws: GraphError.unknownParent(9)) {
            try graph.append(replica: ada, sequence: 7, count: 1, parents: [9])
        }
        #expect(throws: GraphError.emptySpan) {
            try graph.append(replica: ada, sequence: 7, count: 0, parents: [1])
        }
        #expect(graph.count == 2)
    }

    /// A few bytes delete 2³⁰ units that are not there. Whoever takes that in must be able to save and send
    /// it.
    @Test func `a graph of more events than anybody makes can be read again`() throws {
        var graph = CausalGraph()
        for number in 1...4 as ClosedRange<UInt8> {
            var other = CausalGraph()
            try other.append(replica: Self.replica(number), sequence: 0, count: 1 << 47, parents: [])
            var writer = ByteWriter()
            EventBatch(of: other, in: [0..<other.count]).write(&writer)
            var reader = ByteReader(writer.bytes)
            var admission = try BatchAdmission(of: EventBatch(reading: &reader), into: graph)
            while try admission.next(&graph) != nil {}
        }
        #expect(try CausalGraph(decoding: graph.encoded()).runs == graph.runs)
        var writer = ByteWriter()
        EventBatch(of: graph, in: [0..<graph.count]).write(&writer)
        var reader = ByteReader(writer.bytes), copy = CausalGraph()
        var admission = try BatchAdmission(of: EventBatch(reading: &reader), into: copy)
        while try admission.next(&copy) != nil {}
        #expect(copy.runs == graph.runs)
    }

    @Test func `bytes cut short or changed are a graph or an error, never a trap`() throws {
        var (graph, _, random) = try Self.history(seed: 11)
        let bytes = graph.encoded()
        for end in 0..<bytes.count {
            #expect(throws: GraphError.self) { try CausalGraph(decoding: Array(bytes[..<end])) }
        }
        for _ in 0..<3_000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            _ = try? CausalGraph(decoding: changed)
        }
        try graph.append(replica: Self.replica(9), sequence: 0, count: 1, parents: graph.frontier)
    }
}
