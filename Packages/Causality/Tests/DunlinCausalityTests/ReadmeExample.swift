import DunlinCausality
import DunlinEncoding
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var graph = CausalGraph()
        let start = try graph.append(replica: ada, sequence: 0, count: 3, parents: [])
        let left = try graph.append(replica: ada, sequence: 3, count: 2, parents: [start.upperBound - 1])
        let right = try graph.append(replica: bob, sequence: 0, count: 1, parents: [start.upperBound - 1])
        #expect(graph.frontier == [left.upperBound - 1, right.upperBound - 1])
        #expect(graph.latestCriticalVersion == 2)
    }
}
