import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var here = List(replica: ada), there = List(replica: bob)
        try here.insert(contentsOf: [.text("tickets"), .text("hotel")], at: 0)
        try there.merge(here.encode())
        try here.delete(0..<1)
        try here.set(.text("hotel, two nights"), at: 0)
        try there.insert(.text("snacks"), at: 2)
        try there.move(from: 2, to: 0)
        try here.merge(there.encode())
        try there.merge(here.encode())
        #expect(here.elements == [.text("snacks"), .text("hotel, two nights")])
        #expect(there.elements == here.elements)
    }
}
