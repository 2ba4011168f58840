import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var here = Map(replica: ada), there = Map(replica: bob)
        try here.set("color", to: .text("red"))
        try there.set("color", to: .text("blue"))
        try here.merge(there.encode())
        try there.merge(here.encode())
        #expect(here["color"] == .text("blue") && there["color"] == .text("blue"))
        #expect(here.conflicts("color") == [.text("blue"), .text("red")])
    }
}
