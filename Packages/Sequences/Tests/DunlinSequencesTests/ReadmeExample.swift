import DunlinCausality
import DunlinEncoding
import DunlinSequences
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var graph = CausalGraph(), state = SequenceState()
        let first = try graph.append(replica: ada, sequence: 0, count: 5, parents: [])
        _ = state.apply(
            SequenceOperation(.insert, at: 0, count: 5), versions: first, parents: [], frontier: [],
            graph: graph)
        let other = try graph.append(replica: bob, sequence: 0, count: 2, parents: [])
        let edits = state.apply(
            SequenceOperation(.insert, at: 0, count: 2), versions: other, parents: [], frontier: [4],
            graph: graph)
        #expect(edits == [.insert(at: 5, units: 0..<2)])
    }
}
