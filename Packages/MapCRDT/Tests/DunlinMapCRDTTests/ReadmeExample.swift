import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var graph = CausalGraph(), map = MapContainer<String>()
        let one = try graph.append(replica: ada, sequence: 0, count: 1, parents: [])
        map.apply("color", "red", version: one.lowerBound, parents: [], isLinear: true, graph: graph)
        let two = try graph.append(replica: bob, sequence: 0, count: 1, parents: [])
        map.apply("color", "blue", version: two.lowerBound, parents: [], isLinear: false, graph: graph)
        #expect(map["color"] == "blue")
        #expect(map.conflicts("color").map(\.value) == ["blue", "red"])
    }
}
