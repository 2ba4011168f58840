import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

/// What members, and those who were, try with a program of their own.
@Suite struct AttackTests {
    /// Takes a peer's own program away: its disk and keys are in the hands of another one.
    private func take(_ peer: Int, _ village: inout Village) throws -> Renegade {
        village.crash(peer)
        village.nodes[peer].disk.restart()
        return try village.renegade(peer)
    }

    // MARK: Tickets

    /// A program of somebody's own that has the keys of a device, and forgot that it was ever in.
    private func ghost(of peer: Int, _ village: inout Village) throws -> Int {
        let ghost = try village.addPeer(withIdentity: false)
        let device = try #require(village.nodes[peer].device)
        village.nodes[ghost].device = device
        try village.peers[ghost].setDevice(device)
        return ghost
    }

    private func credentialCount(_ peer: Int, _ village: Village) -> Int {
        village.peers[peer].spaces[village.space]?.control.credentials.count ?? 0
    }

    enum Way: CaseIterable { case code, oneUse, fiveUses, identity }

    @Test(arguments: Way.allCases)
    func `a ticket that was used brings nobody back who was removed, and no key`(way: Way) throws {
        var village = try Village(people: 2, seed: 200)
        let eve = try village.addPeer()
        switch way {
        case .code: try village.hand(eve, by: 0, to: village.space)
        case .oneUse: try village.give(village.inviteUnattended(by: 0, to: village.space), to: eve)
        case .fiveUses:
            try village.give(village.inviteUnattended(by: 0, to: village.space, uses: 5), to: eve)
        case .identity:
            try village.hand(eve, by: 0, to: village.space, identity: village.identity(eve))
        }
        let held = try #require(village.nodes[eve].tickets.values.first)
        while try village.peers[0].members(of: village.space).count < 3 { try village.step() }
        // Ada never hears that Eve has her answer, so that the invitation waits for her to come again.
        let identity = village.identity(eve)
        village.crash(eve)
        try village.run(seconds: 3)
        try village.attempt(0) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[0].remove(
                identity, from: village.space, wallClock: clock, random: &village.nodes[0].random)
        }
        try village.run(seconds: 3)
        let before = credentialCount(0, village)
        let ghost = try ghost(of: eve, &village)
        for _ in 0..<3 {
            try village.give(held.ticket, to: ghost, code: held.code)
            try village.run(seconds: 10)
        }
        for peer in 0..<2 {
            #expect(try village.peers[peer].members(of: village.space).count == 2)
            #expect(credentialCount(peer, village) == before, "something was written for who was removed")
        }
        #expect(!village.peers[ghost].isMember(of: village.space))
        // A new invitation is another thing.
        try village.invite(ghost, by: 0, to: village.space)
        #expect(try village.peers[1].members(of: village.space).count == 3)
    }

    @Test func `a copy of an invite by somebody who may not invite does not hide the true one`() throws {
        var village = try Village(people: 3, seed: 201)
        let guest = try village.addPeer(), space = village.space
        // Bob hears of Ada's invite last of all, and from Eve of her copy first.
        for (from, to) in [(0, 1), (1, 0)] { village.block(from: from, to: to) }
        let ticket = try village.inviteUnattended(by: 0, to: space)
        let invites = village.peers[0].spaces[space]?.control.credentials.all.compactMap { credential in
            if case .invite(let invite) = credential.body { invite } else { nil }
        }
        let invite = try #require(invites?.first)
        village.cut(0)
        let eve = try take(2, &village)
        var random = SeededRandom(seed: 1)
        #expect(eve.role == .editor)
        _ = try eve.issue(.invite(invite), random: &random)
        try village.restart(2)
        try village.run(seconds: 5)
        let copies = village.peers[1].spaces[space]?.control.credentials.all.filter { credential in
            if case .invite = credential.body { true } else { false }
        }
        #expect(copies?.count == 1, "the copy did not come first")
        village.heal(0)
        for (from, to) in [(0, 1), (1, 0)] { village.unblock(from: from, to: to) }
        try village.run(seconds: 10)
        village.crash(0)
        village.crash(2)
        try village.give(ticket, to: guest)
        #expect(try village.run(atMost: .seconds(30)) { $0.peers[guest].isMember(of: space) })
    }

    // MARK: Keys

    private func block(_ peer: Int, _ village: inout Village) throws -> (
        bytes: [UInt8], place: BlockEnvelope.Place
    ) {
        let feed = try village.peers[peer].ownDataFeed(in: village.space)
        let store = try village.store(village.space, of: peer)
        let count = try store.end(of: feed)?.length ?? 0
        return (
            try store.blocks(of: feed, count - 1..<count)[0],
            BlockEnvelope.Place(space: village.space, feed: feed, sequence: count - 1)
        )
    }

    @Test func `a key that a member hands on to who was removed is written with no more`() throws {
        var village = try Village(people: 3, seed: 202), random = SeededRandom(seed: 2)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        try village.remove(2, by: 0)
        try village.write("two", to: note, by: 0)
        try village.run(seconds: 3)
        let two = try block(0, &village)
        var eve = try village.renegade(2).keys
        let device = try #require(village.nodes[2].device)
        func opens(_ block: (bytes: [UInt8], place: BlockEnvelope.Place)) throws -> Bool {
            let secret = try #require(village.nodes[2].spaces[village.space]).secret
            return (try? BlockEnvelope.open(block.bytes, at: block.place, keys: eve, secret: secret)) != nil
        }
        #expect(try !opens(two))
        for turn in 0..<2 {
            let bob = try take(1, &village)
            let id = try #require(bob.credentials.cleanKey())
            let current = try #require(bob.keys[id])
            let share = try bob.issue(
                .keyShare(id: id, sealed: current.sealed(to: [device.box.publicKey], random: &random)),
                random: &random)
            eve.learn(from: share.2, box: device.box)
            // Nobody can prevent that: what was written with this key Eve reads now.
            #expect(try opens(two))
            try village.restart(1)
            try village.run(seconds: 5)
            // The others see it, and write under another one.
            try village.write("turn \(turn)", to: note, by: 0)
            let after = try block(0, &village)
            #expect(try !opens(after), "turn \(turn)")
            try village.run(seconds: 5)
            #expect(try village.text(of: note, at: 1) == "turn \(turn)")
        }
    }

    @Test func `a device that a suspended one lets in gets no new key either`() throws {
        var village = Village(seed: 203)
        let laptop = try village.addPeer(), phone = try village.addPeer(withIdentity: false)
        let mule = try village.addPeer(withIdentity: false)
        village.shared = try village.createSpace(laptop)
        try village.invite(phone, by: laptop, to: village.space, kind: .device)
        let note = try village.note("one", by: laptop)
        try village.run(seconds: 3)
        let id = try #require(village.peers[laptop].device).id
        for (from, to) in [(laptop, phone), (phone, laptop), (mule, phone), (phone, mule)] {
            village.block(from: from, to: to)
        }
        try village.attempt(phone) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[phone].suspect(
                id, in: village.space, wallClock: clock, random: &village.nodes[phone].random)
        }
        // Whoever has the laptop makes itself another device, as if it knew of nothing.
        try village.invite(mule, by: laptop, to: village.space, kind: .device)
        try village.healAll()
        try village.run(seconds: 10)
        #expect(try village.peers[phone].members(of: village.space).first?.devices.count == 3)
        try village.write("secret", to: note, by: phone)
        try village.run(seconds: 5)
        let written = try block(phone, &village)
        for peer in [laptop, mule] {
            #expect(try village.text(of: note, at: peer) != "secret", "peer \(peer)")
            let thief = try village.renegade(peer)
            #expect(throws: CredentialError.self, "peer \(peer)") {
                try BlockEnvelope.open(
                    written.bytes, at: written.place, keys: thief.keys, secret: thief.secrets.secret)
            }
        }
    }

    // MARK: Acting from the past

    @Test func `an admin that is removed can neither let in nor demote from before`() throws {
        var village = try Village(people: 4, seed: 204), random = SeededRandom(seed: 4)
        let mallory = try village.addPeer(), space = village.space
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        // Bob is with Cid, who hears of nothing either.
        for (one, other) in [(0, 1), (0, 3), (2, 1), (2, 3)] {
            village.block(from: one, to: other)
            village.block(from: other, to: one)
        }
        let bobs = village.identity(1)
        try village.remove(1, by: 0)
        try village.run(seconds: 2)
        let bob = try take(1, &village)
        #expect(bob.role == .admin)
        let stranger = try #require(village.nodes[mallory].device)
        let secrets = try SpaceSecrets.make(space: space, secret: bob.secrets.secret, random: &random)
        let binding = try DeviceBinding.issue(
            space: space, identity: stranger.identity, control: secrets.control, data: secrets.data,
            noise: secrets.noise.publicKey, signingWith: stranger.signing)
        let object = try village.object()
        for body in [
            CredentialBody.admit(Admission(chain: stranger.chain, binding: binding), .admin),
            .role(village.identity(2), .reader, cuts: []),
            .remove(village.identity(2), cuts: [], rotation: nil),
            .remove(village.identity(0), cuts: [], rotation: nil),
        ] { _ = try bob.issue(body, random: &random) }
        try bob.write(object, heads: bob.credentials.heads, random: &random)
        try village.restart(1)
        try village.run(seconds: 5)
        // Who has not heard of the removal believes what Bob could do, and not that he could remove Ada.
        let believed = try village.peers[3].members(of: space).map(\.identity)
        #expect(Set(believed) == Set([0, 1, 3, 4].map { village.nodes[$0].device?.identity ?? bobs }))
        try village.healAll()
        try village.run(seconds: 15)
        for peer in [0, 2, 3] {
            let members = try village.peers[peer].members(of: space)
            let expected = [0, 2, 3].map { village.identity($0) }
            #expect(Set(members.map(\.identity)) == Set(expected), "peer \(peer)")
            #expect(members.map(\.role).sorted() == [.editor, .editor, .admin], "peer \(peer)")
            let isShown = try? village.peers[peer].read(object, in: space) { !$0.isEmpty }
            #expect(isShown != true, "peer \(peer)")
            // All four have arrived, and count for nothing.
            let all = village.peers[peer].spaces[space]?.control.credentials.all ?? []
            #expect(all.filter { $0.identity == bobs }.count >= 4, "peer \(peer)")
        }
        try village.write("two", to: note, by: 2)
        try village.run(seconds: 3)
        #expect(try village.text(of: note, at: 0) == "two")
    }
}
