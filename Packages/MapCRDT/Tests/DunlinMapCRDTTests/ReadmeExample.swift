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
        try here.increment("visits", by: 2)
        try there.increment("visits", by: 3)

        try here.merge(there.encode())
        try there.merge(here.encode(since: there.version)) { change in
            #expect(change.key == "visits" && change.old == .unsigned(3) && change.new == .unsigned(5))
        }
        #expect(here["color"] == .text("blue") && there["color"] == .text("blue"))
        #expect(here.conflicts("color") == [.text("blue"), .text("red")])
        #expect(here.counter("visits") == 5)

        // A saved map is read at once; its history is fetched for the first write or merge.
        let content = here.savedContent(), history = try here.savedHistory()
        var opened = try Map(loading: content, replica: ada, history: { history })
        #expect(opened.keys == ["color", "visits"])
        try opened.set("color", to: nil)
        #expect(opened["color"] == nil)
    }
}
