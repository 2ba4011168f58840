import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
@testable import DunlinSimulation
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

    /// Addresses a peer dials within a time in which every dial fails.
    private func dialled(_ peer: inout Peer, from start: Duration, to end: Duration) throws -> [PeerAddress:
        Int]
    {
        var random = SeededRandom(seed: 1), counts: [PeerAddress: Int] = [:], now = start
        while now < end {
            peer.handle(.tick, now: now, wallClock: 0, random: &random)
            var next = now + .seconds(1), failed: [ConnectionID] = []
            for effect in try peer.takeEffects(now: now, wallClock: 0, random: &random) {
                switch effect {
                case .dial(let id, let address):
                    counts[address, default: 0] += 1
                    failed.append(id)
                case .wake(let at): next = at
                default: break
                }
            }
            for id in failed { peer.handle(.dialFailed(id), now: now, wallClock: 0, random: &random) }
            now = max(next, now + .milliseconds(1))
        }
        return counts
    }

    @Test func `addresses of nobody cannot hide a peer`() throws {
        var village = Village(seed: 14)
        let ada = try village.addPeer()
        let space = try village.createSpace(ada)
        for port in 1...1_000 as ClosedRange<UInt16> {
            village.peers[ada].addCandidate(PeerAddress(host: "203.0.113.1", port: port), for: space)
        }
        let before = try dialled(&village.peers[ada], from: .zero, to: .seconds(60))
        #expect(before.count == 256)
        // Dialled at 100 ms, doubling to 5 s: no more than 20 times in a minute.
        #expect(before.values.allSatisfy { (2...20).contains($0) })
        let bob = PeerAddress(host: "198.51.100.7", port: 7)
        village.peers[ada].addCandidate(bob, for: space)
        let after = try dialled(&village.peers[ada], from: .seconds(60), to: .seconds(70))
        #expect(after[bob, default: 0] > 1)
        #expect(after.count == 256)
    }

    @Test func `a member that is not known yet introduces itself`() throws {
        var village = Village(seed: 15)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: .admin)
        try village.run(seconds: 1)
        // Ada does not hear that Bob lets Eve in.
        village.block(from: ada, to: bob)
        village.block(from: bob, to: ada)
        try village.invite(eve, by: bob, to: space)
        let past = village.events.count
        try village.run(seconds: 60)
        var knocks = 0
        for (peer, event) in village.events[past...] where peer == eve {
            if case .connected = event { knocks += 1 }
        }
        #expect((2...40).contains(knocks))
        #expect(try village.peers[ada].members(of: space).count == 3)
        #expect(try village.peers[ada].links(in: space).count == 1)
        // Also after a restart, though Bob's feed with the admission has not come.
        village.crash(ada)
        try village.restart(ada)
        #expect(try village.peers[ada].members(of: space).count == 3)
        let note = try village.object()
        try village.edit(eve, space, note) { e throws(ObjectError) in try e.put(.bool(true), at: "x") }
        try village.run(seconds: 10)
        #expect(try village.peers[ada].read(note, in: space) { $0.value(at: "x") } == .bool(true))
        try village.healAll()
        try village.run(seconds: 10)
        #expect(try village.peers[ada].links(in: space).count == 2)
        #expect(try village.peers[ada].stateHash(of: space) == village.peers[bob].stateHash(of: space))
    }

    @Test func `what cannot be read for a while is told and sent later`() throws {
        var village = Village(seed: 16)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space)
        village.cut(bob)
        let note = try village.object()
        for number in 0..<20 as Range<Int64> {
            try village.edit(ada, space, note) { e throws(ObjectError) in
                try e.put(.integer(number), at: "n")
            }
        }
        try village.run()
        village.setReadable(ada, false)
        village.heal(bob)
        try village.run(seconds: 10)
        #expect(throws: SpaceError.self) { try village.peers[bob].read(note, in: space) { _ in } }
        #expect(village.storeFailures.map(\.peer).contains(ada))
        #expect(village.storeFailures.allSatisfy { $0.error == .failed("the disk cannot be read") })
        village.setReadable(ada, true)
        try village.run(seconds: 10)
        #expect(try village.peers[bob].read(note, in: space) { $0.value(at: "n") } == .integer(19))
    }

    @Test func `who was just let in and cut off lets others in`() throws {
        var village = Village(seed: 17)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.hand(bob, by: ada, to: space, role: .admin)
        while !village.peers[bob].spaceSummaries.contains(where: { $0.role != nil }) { try village.step() }
        // At once: not one block of a feed has come.
        village.block(from: ada, to: bob)
        village.block(from: bob, to: ada)
        try village.invite(eve, by: bob, to: space)
        try village.healAll()
        try village.run(seconds: 10)
        #expect(try village.peers[ada].members(of: space).count == 3)
    }

    @Test func `a device of one identity is not made one of another`() throws {
        var village = Village(seed: 18)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let phone = try village.addPeer(withIdentity: false)
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: .admin)
        try village.run()
        // The phone misses the answer: its disk is full when it is let in.
        village.fillDisk(phone)
        try village.hand(phone, by: bob, to: space, kind: .device)
        try village.run(seconds: 4)
        village.nodes[phone].tickets = [:]
        village.emptyDisk(phone)
        #expect(try village.peers[bob].members(of: space).map(\.devices.count).sorted() == [1, 2])
        try village.hand(phone, by: ada, to: space, kind: .device)
        try village.run(seconds: 10)
        #expect(village.peers[phone].device == nil)
        #expect(
            village.events.contains { peer, event in
                guard peer == phone, case .join(_, .failed(.alreadyMember)) = event else { return false }
                return true
            })
        try village.invite(phone, by: bob, to: space, kind: .device)
        #expect(village.peers[phone].device?.identity == village.peers[bob].device?.identity)
        #expect(try village.peers[bob].members(of: space).map(\.devices.count).sorted() == [1, 2])
    }

    @Test func `peers find each other at a rendezvous that dies and comes back`() throws {
        var village = Village(seed: 19)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let rendezvous = try village.addRendezvous()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: .admin)
        try village.run(seconds: 2)
        #expect(try village.peers[ada].links(in: space).count == 1)
        village.crash(rendezvous)
        try village.run(seconds: 20)
        // Who knows each other needs none.
        #expect(try village.peers[ada].links(in: space).count == 1)
        try village.restart(rendezvous)
        try village.invite(eve, by: bob, to: space)
        try village.run(seconds: 10)
        #expect(try village.peers[eve].links(in: space).count == 2)
        #expect(village.nodes[rendezvous].rendezvous?.clientCount == 3)
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
