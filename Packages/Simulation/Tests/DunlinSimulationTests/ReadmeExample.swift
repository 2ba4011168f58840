import DunlinObjects
import DunlinSimulation
import DunlinSpaces
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var village = Village(seed: 1, network: .rough)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let space = try village.createSpace(ada), note = try village.object()
        try village.invite(bob, by: ada, to: space, role: .admin)
        try village.edit(ada, space, note) { editor throws(ObjectError) in
            try editor.put(.text("hello"), at: "text")
        }
        try village.run(seconds: 5)
        village.crash(ada)
        try village.invite(eve, by: bob, to: space)
        try village.run(seconds: 5)
        #expect(try village.peers[eve].read(note, in: space) { $0.value(at: "text") } == .text("hello"))
    }
}
