import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var here = Text(replica: ada), there = Text(replica: bob)
        try here.insert("by train", at: 0)
        try there.merge(here.encode())
        try here.insert("night ", at: 3)
        try there.insert("!", at: 8)
        try here.merge(there.encode())
        try there.merge(here.encode())
        #expect(here.string == "by night train!" && there.string == here.string)
    }
}
