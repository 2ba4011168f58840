import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinSequences
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        var graph = CausalGraph(), list = ListContainer<String>()
        let first = try graph.append(replica: ada, sequence: 0, count: 2, parents: [])
        _ = list.apply(
            SequenceOperation(.insert, at: 0, count: 2), inserted: ["a", "b"], versions: first, parents: [], frontier: [],
            graph: graph)
        #expect(list.elements == ["a", "b"])
    }
}
