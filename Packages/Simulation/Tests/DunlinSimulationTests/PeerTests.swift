import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSimulation
import DunlinSpaces
import Testing

@Suite struct PeerTests {
    @Test func `two people share a space and end with the same bytes`() throws {
        var village = Village(seed: 1)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        let note = try village.object()
        try village.edit(ada, space, note) { editor throws(ObjectError) in
            try editor.setType("note")
            try editor.put(.map(["title": .string("Tickets"), "text": .text("by train")]), at: "")
        }
        try village.invite(bob, by: ada, to: space)
        #expect(try village.peers[bob].members(of: space).count == 2)
        #expect(try village.peers[bob].objectIDs(in: space, type: "note") == [note])
        // Apart, both write.
        village.cut(bob)
        try village.edit(ada, space, note) { e throws(ObjectError) in
            try e.insertText("night ", at: 3, in: "text")
        }
        try village.edit(bob, space, note) { e throws(ObjectError) in try e.insertText("!", at: 8, in: "text")
        }
        try village.run()
        #expect(try village.peers[ada].stateHash(of: space) != village.peers[bob].stateHash(of: space))
        village.heal(bob)
        try village.run(seconds: 6)
        #expect(try village.peers[ada].stateHash(of: space) == village.peers[bob].stateHash(of: space))
        #expect(
            try village.peers[ada].read(note, in: space) { $0.value(at: "text") } == .text("by night train!"))
        #expect(try village.peers[bob].verifyDerivedState(of: space))
        #expect(try village.peers[ada].links(in: space).map(\.isInSync) == [true])
    }

    @Test func `a third peer gets everything from the second while the first is off`() throws {
        var village = Village(seed: 2)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: .admin)
        let note = try village.object()
        for number in 0..<200 {
            try village.edit(ada, space, note) { e throws(ObjectError) in
                try e.put(.integer(Int64(number)), at: "n")
            }
        }
        try village.run()
        village.cut(ada)
        try village.invite(eve, by: bob, to: space)
        try village.run(seconds: 3)
        #expect(try village.peers[eve].read(note, in: space) { $0.value(at: "n") } == .integer(199))
        #expect(try village.peers[eve].stateHash(of: space) == village.peers[bob].stateHash(of: space))
        try village.edit(eve, space, note) { e throws(ObjectError) in try e.put(.integer(1_000), at: "n") }
        village.heal(ada)
        try village.run(seconds: 8)
        #expect(try village.peers[ada].read(note, in: space) { $0.value(at: "n") } == .integer(1_000))
    }

    @Test func `a wrong code lets nobody in and a reader writes nothing`() throws {
        var village = Village(seed: 3)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.hand(bob, by: ada, to: space, mistakes: 3)
        try village.run(seconds: 20)
        #expect(village.peers[ada].openInvitations.isEmpty)
        #expect(village.peers[bob].spaceSummaries.isEmpty)
        try village.invite(bob, by: ada, to: space, role: .reader)
        let note = try village.object()
        #expect(throws: SpaceError.self) {
            try village.edit(bob, space, note) { e throws(ObjectError) in try e.put(.null, at: "x") }
        }
    }

    @Test func `a second device of an identity joins by invitation`() throws {
        var village = Village(seed: 4)
        let laptop = try village.addPeer(), phone = try village.addPeer(withIdentity: false)
        let halo = try village.createSpace(laptop)
        try village.invite(phone, by: laptop, to: halo, kind: .device)
        #expect(village.peers[phone].device?.identity == village.peers[laptop].device?.identity)
        let members = try village.peers[phone].members(of: halo)
        #expect(members.count == 1)
        #expect(members.first?.devices.count == 2)
        let note = try village.object()
        try village.edit(phone, halo, note) { e throws(ObjectError) in try e.put(.bool(true), at: "x") }
        try village.run(seconds: 2)
        #expect(try village.peers[laptop].read(note, in: halo) { $0.value(at: "x") } == .bool(true))
    }

    @Test func `a failed transaction changes nothing`() throws {
        var village = Village(seed: 5)
        let ada = try village.addPeer()
        let space = try village.createSpace(ada)
        let note = try village.object()
        try village.edit(ada, space, note) { e throws(ObjectError) in try e.put(.text("abc"), at: "t") }
        let hash = try village.peers[ada].stateHash(of: space)
        #expect(throws: SpaceError.self) {
            try village.edit(ada, space, note) { e throws(ObjectError) in
                try e.insertText("x", at: 0, in: "t")
                try e.insertText("y", at: 99, in: "t")
            }
        }
        #expect(try village.peers[ada].stateHash(of: space) == hash)
        try village.edit(ada, space, note) { e throws(ObjectError) in try e.insertText("z", at: 3, in: "t") }
        #expect(try village.peers[ada].verifyDerivedState(of: space))
    }

    @Test func `garbage on every connection does no harm`() throws {
        var village = Village(seed: 6), random = SeededRandom(seed: 6)
        let ada = try village.addPeer()
        _ = try village.createSpace(ada)
        for number in 0..<300 as Range<UInt64> {
            let id = ConnectionID(rawValue: 1_000 + number)
            village.peers[ada].handle(.accepted(id), now: village.now, wallClock: 0, random: &random)
            let kind: UInt8 = [0x11, 0x12, 0x13, 0x00][Int(number % 4)]
            village.peers[ada].handle(
                .received(id, [kind] + random.bytes(Int(number))), now: village.now, wallClock: 0,
                random: &random)
        }
        try village.run(seconds: 7)
        #expect(village.peers[ada].spaceSummaries.count == 1)
    }
}
