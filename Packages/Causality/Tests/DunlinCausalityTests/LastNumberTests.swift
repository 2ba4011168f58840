import DunlinCausality
import Testing

@Suite struct LastNumberTests {
    @Test func `where numbers run out the error says so`() throws {
        let ada = try CausalGraphTests.replica(1)
        var graph = CausalGraph()
        #expect(throws: GraphError.full) { try graph.append(replica: ada, sequence: .max, count: 1) }
        #expect(throws: GraphError.full) { try graph.append(replica: ada, sequence: .max - 1, count: 2) }
        #expect(graph.isEmpty && graph.replicas.isEmpty)
        try graph.append(replica: ada, sequence: .max - 1, count: 1)
        #expect(graph.nextSequence(of: ada) == .max)
        #expect(throws: GraphError.full) { try graph.append(replica: ada, count: 1) }
        #expect(throws: GraphError.full) { try graph.append(replica: ada, sequence: .max, count: .max) }
        #expect(throws: GraphError.sequenceNotGrowing(EventID(replica: ada, sequence: 3), next: .max)) {
            try graph.append(replica: ada, sequence: 3, count: 1)
        }
        #expect("\(GraphError.full)".contains("write as another replica"))
    }

    @Test func `a version takes in an event of the last number, which no graph has`() throws {
        let ada = try CausalGraphTests.replica(1)
        var version = VersionVector()
        version.include(EventID(replica: ada, sequence: .max))
        #expect(version[ada] == .max)
        #expect(version.contains(EventID(replica: ada, sequence: .max - 1)))
        #expect(try VersionVector(decoding: version.encoded()) == version)
        var before = VersionVector()
        before.include(EventID(replica: ada, sequence: .max - 1))
        #expect(before == version)
    }
}
