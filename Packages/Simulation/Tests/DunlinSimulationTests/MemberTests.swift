import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
import DunlinSpaces
import Testing

@Suite struct MemberTests {
    @Test func `who was removed can neither write, nor connect, nor read what is written afterwards`() throws
    {
        var village = try Village(people: 3, seed: 1)
        let note = try village.note("before", by: 2)
        try village.run(seconds: 2)
        #expect(try village.peers[0].links(in: village.space).count == 2)
        try village.remove(2, by: 0)
        try village.run(seconds: 3)
        for peer in 0..<2 {
            #expect(try village.peers[peer].members(of: village.space).count == 2)
            #expect(
                try village.peers[peer].links(in: village.space).count == 1, "a link stands, peer \(peer)")
        }
        // It was told, and it is not let in again.
        #expect(village.peers[2].spaceSummaries.first?.role == nil)
        #expect(try village.peers[2].links(in: village.space).isEmpty)
        #expect(throws: SpaceError.self) { try village.write("after", to: note, by: 2) }
        // What it wrote before stays.
        #expect(try village.text(of: note, at: 1) == "before")
        try village.write("secret", to: note, by: 0)
        try village.run(seconds: 5)
        #expect(try village.text(of: note, at: 1) == "secret")
        #expect(try village.text(of: note, at: 2) == "before")
        // It gets hold of the blocks all the same, and has every key that it ever had.
        let thief = try village.renegade(2)
        let feed = try village.peers[0].ownDataFeed(in: village.space)
        let store = try village.store(village.space, of: 0)
        let count = try store.end(of: feed)?.length ?? 0
        let block = try store.blocks(of: feed, count - 1..<count)[0]
        let place = BlockEnvelope.Place(space: village.space, feed: feed, sequence: count - 1)
        #expect(throws: CredentialError.self) {
            try BlockEnvelope.open(block, at: place, keys: thief.keys, secret: thief.secrets.secret)
        }
        let member = try village.renegade(1)
        #expect(throws: Never.self) {
            try BlockEnvelope.open(block, at: place, keys: member.keys, secret: member.secrets.secret)
        }
    }

    @Test func `what was written apart from a removal counts where others built upon it, and nowhere else`()
        throws
    {
        for seed in 2..<8 as Range<UInt64> {
            var village = try Village(people: 3, seed: seed)
            let first = try village.note("one", by: 2), second = try village.note("two", by: 2)
            try village.run(seconds: 2)
            // Bob and Eve go on together, then Eve alone, while Ada removes Eve.
            village.block(from: 0, to: 1)
            village.block(from: 1, to: 0)
            village.block(from: 0, to: 2)
            village.block(from: 2, to: 0)
            try village.write("seen", to: first, by: 2)
            try village.run(seconds: 2)
            try village.append(" by Bob", to: first, by: 1)
            try village.run(seconds: 2)
            village.cut(2)
            try village.write("unseen", to: second, by: 2)
            try village.remove(2, by: 0)
            try village.healAll()
            try village.run(seconds: 20)
            for peer in 0..<2 {
                #expect(try village.text(of: first, at: peer) == "seen by Bob", "seed \(seed), peer \(peer)")
                #expect(try village.text(of: second, at: peer) == "two", "seed \(seed), peer \(peer)")
                #expect(try village.peers[peer].verifyDerivedState(of: village.space), "seed \(seed)")
            }
            #expect(
                try village.peers[0].stateHash(of: village.space)
                    == village.peers[1].stateHash(of: village.space), "seed \(seed)")
        }
    }

    @Test func `a removal that arrives late takes back what had shown`() throws {
        var village = try Village(people: 3, seed: 9)
        let note = try village.note("one", by: 2)
        try village.run(seconds: 2)
        village.cut(0)
        try village.remove(2, by: 0)
        try village.write("two", to: note, by: 2)
        try village.run(seconds: 2)
        #expect(try village.text(of: note, at: 1) == "two")
        village.cut(2)
        village.heal(0)
        try village.run(seconds: 8)
        #expect(try village.text(of: note, at: 0) == "one")
        #expect(try village.text(of: note, at: 1) == "one")
        // Also after a restart, from what was saved.
        village.crash(1)
        try village.restart(1)
        #expect(try village.text(of: note, at: 1) == "one")
        #expect(try village.peers[1].verifyDerivedState(of: village.space))
    }

    @Test func `who was removed while away is told, and can be let in again`() throws {
        var village = try Village(people: 3, seed: 10)
        let note = try village.note("one", by: 2)
        try village.run(seconds: 2)
        village.cut(2)
        try village.write("unseen", to: note, by: 2)
        try village.remove(2, by: 0)
        try village.write("secret", to: note, by: 0)
        try village.run(seconds: 2)
        #expect(village.peers[2].spaceSummaries.first?.role == .editor)
        village.heal(2)
        try village.run(seconds: 15)
        #expect(village.peers[2].spaceSummaries.first?.role == nil)
        #expect(try village.peers[2].members(of: village.space).count == 2)
        #expect(try village.text(of: note, at: 0) == "secret")
        // It was given credentials, and no content.
        let feed = try village.peers[0].ownDataFeed(in: village.space)
        let stored = try village.peers[2].storedLengths(in: village.space)[feed] ?? 0
        let written = try village.peers[0].storedLengths(in: village.space)[feed] ?? 0
        #expect(stored < written)
        try village.invite(2, by: 0, to: village.space)
        try village.run(seconds: 10)
        #expect(try village.text(of: note, at: 2) == "secret")
        try village.write("back", to: note, by: 2)
        try village.run(seconds: 5)
        for peer in 0..<3 { #expect(try village.text(of: note, at: peer) == "back", "peer \(peer)") }
    }

    @Test func `a reader's words count as far as they were seen`() throws {
        var village = try Village(people: 3, seed: 11)
        let note = try village.note("one", by: 2)
        try village.run(seconds: 2)
        try village.attempt(0) { (village) throws(SpaceError) in
            let reader = village.identity(2), clock = village.wallClock
            try village.peers[0].setRole(
                of: reader, to: .reader, in: village.space, wallClock: clock,
                random: &village.nodes[0].random)
        }
        try village.run(seconds: 3)
        #expect(try village.peers[2].members(of: village.space).last?.role == .reader)
        #expect(throws: SpaceError.self) { try village.write("two", to: note, by: 2) }
        #expect(try village.text(of: note, at: 1) == "one")
        // It reads on, under the same key.
        try village.write("three", to: note, by: 0)
        try village.run(seconds: 3)
        #expect(try village.text(of: note, at: 2) == "three")
        #expect(throws: SpaceError.self) {
            try village.attempt(2) { (village) throws(SpaceError) in
                let senior = village.identity(0), clock = village.wallClock
                try village.peers[2].remove(
                    senior, from: village.space, wallClock: clock, random: &village.nodes[2].random)
            }
        }
    }

    @Test func `whom somebody let in that lost the right to at the same time is told that it is out`() throws
    {
        var village = try Village(people: 3, seed: 17, role: .admin)
        let guest = try village.addPeer()
        let bob = village.identity(1)
        for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0), (0, guest), (guest, 0)] {
            village.block(from: from, to: to)
        }
        try village.attempt(0) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[0].setRole(
                of: bob, to: .editor, in: village.space, wallClock: clock,
                random: &village.nodes[0].random)
        }
        try village.invite(guest, by: 1, to: village.space)
        try village.run(seconds: 2)
        // The others hear of it while the guest is away.
        village.cut(guest)
        for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0)] { village.unblock(from: from, to: to) }
        try village.run(seconds: 5)
        #expect(try village.peers[2].members(of: village.space).count == 3)
        #expect(village.peers[guest].isMember(of: village.space))
        village.heal(guest)
        try village.run(seconds: 15)
        #expect(!village.peers[guest].isMember(of: village.space))
        #expect(village.peers[guest].exclusion(from: village.space) == .inviterGone)
    }

    @Test func `who leaves keeps nothing of what follows, and nobody waits`() throws {
        var village = try Village(people: 3, seed: 12)
        let note = try village.note("one", by: 1)
        try village.run(seconds: 2)
        try village.remove(1, by: 1)
        try village.run(seconds: 5)
        #expect(try village.peers[0].members(of: village.space).count == 2)
        #expect(try village.text(of: note, at: 2) == "one")
        try village.write("two", to: note, by: 2)
        try village.run(seconds: 5)
        #expect(try village.text(of: note, at: 0) == "two")
        #expect(try village.text(of: note, at: 1) == "one")
        let former = try village.renegade(1)
        let keys = try village.renegade(0).keys.all
        #expect(former.keys.all.count < keys.count, "no new key was made")
    }

    @Test func `two removals at once leave a key that neither of the removed has`() throws {
        var village = try Village(people: 4, seed: 13, role: .admin)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        village.cut(1)
        try village.remove(2, by: 0)
        try village.remove(3, by: 1)
        try village.run(seconds: 2)
        village.heal(1)
        try village.run(seconds: 8)
        #expect(try village.peers[0].members(of: village.space).count == 2)
        try village.write("secret", to: note, by: 0)
        try village.run(seconds: 3)
        #expect(try village.text(of: note, at: 1) == "secret")
        let feed = try village.peers[0].ownDataFeed(in: village.space)
        let store = try village.store(village.space, of: 0)
        let count = try store.end(of: feed)?.length ?? 0
        let block = try store.blocks(of: feed, count - 1..<count)[0]
        let place = BlockEnvelope.Place(space: village.space, feed: feed, sequence: count - 1)
        for removed in 2...3 {
            let thief = try village.renegade(removed)
            #expect(throws: CredentialError.self, "peer \(removed)") {
                try BlockEnvelope.open(block, at: place, keys: thief.keys, secret: thief.secrets.secret)
            }
        }
    }

    @Test func `who came in beside a new key is given it, and reads what is older too`() throws {
        var village = try Village(people: 3, seed: 14, role: .admin)
        let guest = try village.addPeer()
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        village.cut(0)
        try village.remove(2, by: 0)
        try village.write("two", to: note, by: 0)
        try village.invite(guest, by: 1, to: village.space)
        try village.run(seconds: 2)
        #expect(try village.text(of: note, at: guest) == "one")
        village.heal(0)
        try village.run(seconds: 10)
        #expect(try village.text(of: note, at: guest) == "two")
        #expect(try village.peers[guest].waitingBlocks(in: village.space) == 0)
    }

    @Test func `a key serves no longer than it may`() throws {
        var village = try Village(people: 2, seed: 15)
        let note = try village.note("0", by: 0)
        try village.peers[0].setKeyLifetime(
            KeyLifetime(age: 1_000_000, blockCount: 10), in: village.space)
        let before = try village.renegade(0).keys.all.count
        for number in 1...25 { try village.write("\(number)", to: note, by: 0) }
        try village.run(seconds: 2)
        let after = try village.renegade(0).keys.all.count
        #expect(after == before + 2, "25 blocks with 10 for each key")
        try village.peers[0].setKeyLifetime(
            KeyLifetime(age: 3_000, blockCount: 1_000), in: village.space)
        try village.run(seconds: 4)
        try village.write("old", to: note, by: 0)
        try village.run(seconds: 2)
        #expect(try village.renegade(0).keys.all.count == after + 1)
        #expect(try village.text(of: note, at: 1) == "old")
    }

    @Test func `a device is revoked by a senior one, and only suspected by a junior`() throws {
        var village = Village(seed: 16)
        let laptop = try village.addPeer(), phone = try village.addPeer(withIdentity: false)
        village.shared = try village.createSpace(laptop)
        try village.invite(phone, by: laptop, to: village.space, kind: .device)
        let note = try village.note("one", by: laptop)
        try village.run(seconds: 3)
        let ids = try (0..<2).map { try #require(village.peers[$0].device).id }
        #expect(throws: SpaceError.self) {
            try village.attempt(phone) { (village) throws(SpaceError) in
                let clock = village.wallClock
                try village.peers[phone].revoke(
                    ids[laptop], in: village.space, wallClock: clock, random: &village.nodes[phone].random)
            }
        }
        // The laptop was stolen: it gets no new keys, and stays a device.
        try village.attempt(phone) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[phone].suspect(
                ids[laptop], in: village.space, wallClock: clock, random: &village.nodes[phone].random)
        }
        try village.write("secret", to: note, by: phone)
        try village.run(seconds: 5)
        #expect(try village.text(of: note, at: laptop) == "one")
        #expect(try village.peers[laptop].waitingBlocks(in: village.space) == 1)
        // It was the laptop's owner after all who has the laptop: the phone goes.
        try village.attempt(laptop) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[laptop].revoke(
                ids[phone], in: village.space, wallClock: clock, random: &village.nodes[laptop].random)
        }
        try village.run(seconds: 5)
        #expect(try village.peers[laptop].members(of: village.space).first?.devices.count == 1)
        #expect(try village.peers[laptop].links(in: village.space).isEmpty)
        #expect(village.peers[phone].spaceSummaries.first?.role == nil)
    }

    @Test(arguments: ["leaves", "is taken out", "becomes a reader"])
    func `what a revoked device had written stays when its owner goes, too`(how: String) throws {
        var village = Village(seed: 18)
        let ada = try village.addPeer(), laptop = try village.addPeer()
        let phone = try village.addPeer(withIdentity: false)
        village.shared = try village.createSpace(ada)
        try village.invite(laptop, by: ada, to: village.space)
        try village.invite(phone, by: laptop, to: village.space, kind: .device)
        let note = try village.note("kept", by: phone)
        try village.run(seconds: 3)
        let bob = village.identity(laptop), id = try #require(village.peers[phone].device).id
        try village.attempt(laptop) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[laptop].revoke(
                id, in: village.space, wallClock: clock, random: &village.nodes[laptop].random)
        }
        try village.run(seconds: 3)
        #expect(try village.text(of: note, at: ada) == "kept")
        switch how {
        case "leaves": try village.remove(laptop, by: laptop)
        case "is taken out": try village.remove(laptop, by: ada)
        default:
            try village.attempt(ada) { (village) throws(SpaceError) in
                let clock = village.wallClock
                try village.peers[ada].setRole(
                    of: bob, to: .reader, in: village.space, wallClock: clock,
                    random: &village.nodes[ada].random)
            }
        }
        try village.run(seconds: 3)
        #expect(try village.text(of: note, at: ada) == "kept")
        #expect(try village.peers[ada].verifyDerivedState(of: village.space))
    }
}

extension Village {
    /// Some people in one space; the first has founded it.
    init(people: Int, seed: UInt64, role: Role = .editor) throws {
        self.init(seed: seed)
        for _ in 0..<people { _ = try addPeer() }
        shared = try createSpace(0)
        for guest in 1..<people { try invite(guest, by: 0, to: space, role: guest == 1 ? .admin : role) }
        try run(seconds: 2)
    }

    /// The space that all of them share.
    var space: SpaceID { shared ?? Digest.blake2b([]) }

    func identity(_ peer: Int) -> IdentityID {
        peers[peer].device?.identity ?? PublicSigningKey(raw: Bytes32())
    }

    mutating func note(_ text: String, by peer: Int) throws -> ObjectID {
        let note = try object()
        try edit(peer, space, note) { e throws(ObjectError) in
            try e.put(.text(text), at: "text")
        }
        return note
    }

    mutating func write(_ text: String, to note: ObjectID, by peer: Int) throws {
        try edit(peer, space, note) { e throws(ObjectError) in
            try e.put(.text(text), at: "text")
        }
    }

    mutating func append(_ text: String, to note: ObjectID, by peer: Int) throws {
        let count = try self.text(of: note, at: peer).unicodeScalars.count
        try edit(peer, space, note) { e throws(ObjectError) in
            try e.insertText(text, at: count, in: "text")
        }
    }

    mutating func text(of note: ObjectID, at peer: Int) throws -> String {
        let value = try peers[peer].read(note, in: space) { $0.value(at: "text") }
        guard case .text(let text)? = value else { return "" }
        return text
    }

    mutating func remove(_ target: Int, by peer: Int) throws {
        let identity = identity(target), clock = wallClock
        try attempt(peer) { (village) throws(SpaceError) in
            try village.peers[peer].remove(
                identity, from: village.space, wallClock: clock, random: &village.nodes[peer].random)
        }
    }

    /// Everything that a peer has, in the hands of a program that keeps no rule.
    mutating func renegade(_ peer: Int) throws -> Renegade {
        guard let device = nodes[peer].device, let secrets = nodes[peer].spaces[space],
            let renegade = try Renegade(device, secrets, store(space, of: peer), mayBeStranger: true)
        else { throw VillageError.isOff(peer: peer) }
        return renegade
    }
}
