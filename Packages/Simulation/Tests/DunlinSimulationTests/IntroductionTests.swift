import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

@Suite struct IntroductionTests {
    @Test(arguments: [false, true])
    func `who builds upon a credential whose feed never comes brings it along`(isWritten: Bool) throws {
        var village = try Village(people: 3, seed: 31, role: .admin)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        village.cut(0)
        // Eve lets Mallory in by a credential that she writes nowhere, and goes.
        let mallory = try village.addPeer()
        let eve = try village.renegade(2)
        let binding = try village.takeSecrets(of: 0, for: mallory)
        let admission = Admission(chain: try #require(village.nodes[mallory].device).chain, binding: binding)
        let hidden = try Credential.issue(
            .admit(admission, .editor), space: village.space, parents: eve.credentials.heads,
            identity: eve.device.identity, device: eve.device.id, signingWith: eve.device.signing)
        village.crash(2)
        try village.enter(mallory, with: eve.entries.map(\.credential) + [hidden])
        // It stands in Mallory's own feed, which nobody reads who was not shown it.
        let hers = isWritten ? try village.note("hers", by: mallory) : nil
        // Mallory meets Bob alone, shows him the credential, and is never seen again.
        village.block(from: mallory, to: 0)
        village.block(from: 0, to: mallory)
        village.meet(mallory, 1)
        #expect(
            try village.run(atMost: .seconds(20)) {
                try $0.peers[1].members(of: $0.space).count == 4
                    && (hers == nil || (try? $0.text(of: hers ?? note, at: 1)) == "hers")
            })
        village.crash(mallory)
        try village.write("two", to: note, by: 1)
        village.unblockAll(0, but: mallory)
        try village.run(seconds: 20)
        #expect(try village.text(of: note, at: 0) == "two")
        #expect(try village.peers[0].members(of: village.space).count == 4)
        #expect(try village.peers[0].waitingBlocks(in: village.space) == 0)
        // Bob has brought it along, and forgets with what he writes next what he kept beside the feeds.
        _ = try village.note("three", by: 1)
        try village.run(seconds: 2)
        #expect(try #require(village.peers[1].spaces[village.space]).introductions.isEmpty)
        // Bob opens what he was given again.
        village.crash(1)
        try village.restart(1)
        #expect(try village.peers[1].members(of: village.space).count == 4)
        #expect(try village.text(of: note, at: 1) == "two")
    }

    @Test func `who is held for removed, and is a member by what others know, is heard`() throws {
        var village = try Village(people: 4, seed: 37, role: .admin)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        // Cleo takes Dan out, while Ada takes Cleo out; Bob hears of Cleo alone, Dan of Ada alone.
        for peer in [0, 2, 3] { village.cut(peer) }
        try village.remove(3, by: 2)
        try village.remove(2, by: 0)
        village.unblockAll(2, but: 0, 3)
        try village.run(seconds: 10)
        #expect(try village.peers[1].members(of: village.space).count == 3)
        village.crash(2)
        village.unblockAll(0, but: 1, 2)
        try village.run(seconds: 10)
        #expect(try village.peers[3].members(of: village.space).count == 3)
        village.crash(0)
        // Bob has taken Dan for removed; he shows him that whoever removed him was out.
        village.unblockAll(3, but: 0, 2)
        #expect(
            try village.run(atMost: .seconds(200)) { village in
                try village.peers[1].members(of: village.space).contains {
                    $0.identity == village.identity(3)
                }
            })
        try village.write("two", to: note, by: 3)
        try village.run(seconds: 20)
        #expect(try village.text(of: note, at: 1) == "two")
    }

    @Test func `while strangers fail one after the other, whom a member has let in comes in`() throws {
        var village = try Village(people: 2, seed: 38)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        let eve = try village.addPeer()
        village.block(from: 0, to: 1)
        village.block(from: 1, to: 0)
        for (from, to) in [(0, eve), (eve, 0)] { village.block(from: from, to: to) }
        try village.invite(eve, by: 1, to: village.space)
        var rest = IntroductionRest()
        for _ in 0..<12 { rest.failed(now: village.now) }
        village.peers[0].introductionRests[village.space] = IntroductionRests()
        village.peers[0].introductionRests[village.space]?[nil] = rest
        for (from, to) in [(0, eve), (eve, 0)] { village.unblock(from: from, to: to) }
        #expect(
            try village.run(atMost: .seconds(20)) {
                try $0.peers[0].members(of: $0.space).count == 3
            })
        #expect(village.now < rest.until)
        try village.run(seconds: 5)
        #expect(try village.text(of: note, at: eve) == "one")
    }

    @Test func `who has nothing to show is not listened to again at once, and changes nothing`() throws {
        var village = try Village(people: 2, seed: 34)
        let mallory = try village.addPeer()
        let bob = try village.renegade(1)
        let noise = try village.takeSecrets(of: 0, for: mallory).noise
        let device = try #require(village.nodes[mallory].device)
        var ada = try #require(village.peers[0].spaces[village.space])
        let count = ada.control.credentials.count
        // A credential of her own, one that rests on what nobody has, and none at all.
        let parents = [bob.credentials.heads, [Digest.blake2b([2])]]
        let junk = try parents.map { parents in
            try Credential.issue(
                .keyShare(id: Digest.blake2b([1]), sealed: []), space: village.space, parents: parents,
                identity: device.identity, device: device.id, signingWith: device.signing
            ).encoded
        }
        for bytes in junk + [[1, 2, 3]] {
            let isGood = try ada.takeIn(
                [.init(feed: bob.secrets.control.publicKey, sequence: 0, credential: bytes)], showing: noise)
            #expect(isGood == .nothing)
            #expect(ada.control.credentials.count == count)
        }
        var rest = IntroductionRest()
        var waits: [Duration] = []
        for _ in 0..<12 {
            rest.failed(now: .seconds(100))
            waits.append(rest.until - .seconds(100))
        }
        #expect(waits.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == IntroductionRest.longest)
    }

    @Test func `one feed of two devices is one feed for everybody`() throws {
        var village = try Village(people: 2, seed: 32)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        let ada = try village.renegade(0), bob = try village.renegade(1)
        // Eve and Mallory are one hand: their devices name the same feeds. Ada lets in the one, Bob the
        // other.
        let eve = try village.addPeer(), mallory = try village.addPeer()
        let binding = try village.takeSecrets(of: 0, for: eve)
        let secrets = try #require(village.nodes[eve].spaces[village.space])
        let second = try #require(village.nodes[mallory].device)
        let claim = try DeviceBinding.issue(
            space: village.space, identity: second.identity, control: secrets.data, data: secrets.control,
            noise: AgreementKey.make(random: &village.keys).publicKey, signingWith: second.signing)
        let chain = try #require(village.nodes[eve].device).chain
        var random = SeededRandom(seed: 5)
        let admitted = try ada.issue(
            .admit(Admission(chain: chain, binding: binding), .editor), random: &random)
        let keyShare = try ada.issue(
            .keyShare(
                id: #require(ada.keys.all.first).id,
                sealed: #require(ada.keys.all.first).sealed(to: [chain.box], random: &random)),
            random: &random)
        _ = try bob.issue(
            .admit(Admission(chain: second.chain, binding: claim), .editor), random: &random)
        try village.enter(eve, with: ada.entries.map(\.credential) + [admitted.2, keyShare.2])
        for peer in 0..<2 {
            village.crash(peer)
            try village.restart(peer)
        }
        for peer in 0..<2 { village.meet(eve, peer) }
        #expect(
            try village.run(atMost: .seconds(30)) { (try? $0.text(of: note, at: eve)) == "one" })
        try village.write("two", to: note, by: eve)
        try village.run(seconds: 20)
        for peer in 0..<2 {
            #expect(try village.text(of: note, at: peer) == "two", "peer \(peer)")
            #expect(try village.peers[peer].members(of: village.space).count == 4, "peer \(peer)")
            #expect(try village.peers[peer].links(in: village.space).count == 2, "peer \(peer)")
            #expect(try village.peers[peer].verifyDerivedState(of: village.space), "peer \(peer)")
        }
        #expect(
            try village.peers[0].stateHash(of: village.space)
                == village.peers[1].stateHash(of: village.space))
    }
}

@Suite struct ManyFeedsTests {
    @Test func `what is too much to name in one block is named in several`() throws {
        var village = try Village(people: 6, seed: 39)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        for peer in 0..<6 { village.cut(peer) }
        for peer in 1..<6 { try village.write("by \(peer)", to: note, by: peer) }
        for peer in 0..<6 { village.heal(peer) }
        try village.run(seconds: 10)
        let space = village.space
        let before = try #require(village.peers[0].spaces[space]?.nextEvent) >> 32
        village.peers[0].spaces[space]?.referenceLimit = 2
        try village.write("two", to: note, by: 0)
        // Five others: two and two are acknowledged, and what is left is named with this device's change.
        #expect(try #require(village.peers[0].spaces[space]?.nextEvent) >> 32 == before + 3)
        try village.run(seconds: 10)
        for peer in 0..<6 {
            #expect(try village.text(of: note, at: peer) == "two", "peer \(peer)")
            #expect(try village.peers[peer].verifyDerivedState(of: space), "peer \(peer)")
        }
    }
}

@Suite struct ManyHeadsTests {
    @Test func `who writes side by side without end hides nothing and stays for nobody`() throws {
        var village = try Village(people: 4, seed: 35, role: .reader)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        // Bob has let in Eve, who goes on from one place a hundred times.
        let eve = try village.renegade(3)
        var random = SeededRandom(seed: 7)
        for number in 0..<100 as Range<UInt8> {
            _ = try eve.issue(.keyShare(id: Digest.blake2b([number]), sealed: []), random: &random)
        }
        village.crash(3)
        try village.restart(3)
        try village.run(seconds: 5)
        #expect(try village.renegade(0).credentials.heads.count >= 100)
        for (peer, text) in [(0, "two"), (1, "three")] {
            try village.write(text, to: note, by: peer)
            try village.run(seconds: 3)
            for other in 0..<3 { #expect(try village.text(of: note, at: other) == text, "peer \(other)") }
        }
        try village.remove(3, by: 0)
        try village.run(seconds: 5)
        #expect(try village.peers[1].members(of: village.space).count == 3)
        let guest = try village.addPeer()
        try village.invite(guest, by: 1, to: village.space)
        try village.run(seconds: 5)
        try village.write("four", to: note, by: guest)
        try village.run(seconds: 5)
        #expect(try village.text(of: note, at: 0) == "four")
        #expect(try village.peers[0].verifyDerivedState(of: village.space))
    }

    @Test func `who names one feed for two devices is taken out all the same`() throws {
        var village = try Village(people: 3, seed: 36)
        _ = try village.note("one", by: 2)
        let eve = try village.renegade(2)
        var random = SeededRandom(seed: 8)
        let second = try SigningKey.make(random: &random), box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain(
            eve.device.chain.certificates + [
                .issue(
                    identity: eve.device.identity, device: second.publicKey, box: box.publicKey, serial: 1,
                    signingWith: eve.device.signing)
            ])
        let binding = try DeviceBinding.issue(
            space: village.space, identity: eve.device.identity, control: .make(random: &random),
            data: eve.secrets.data, noise: AgreementKey.make(random: &random).publicKey, signingWith: second)
        _ = try eve.issue(.deviceAdmit(Admission(chain: chain, binding: binding)), random: &random)
        village.crash(2)
        try village.restart(2)
        try village.run(seconds: 5)
        #expect(try village.peers[0].members(of: village.space).last?.devices.count == 2)
        try village.attempt(0) { (village) throws(SpaceError) in
            let target = village.identity(2), clock = village.wallClock
            try village.peers[0].setRole(
                of: target, to: .reader, in: village.space, wallClock: clock, random: &village.nodes[0].random
            )
        }
        try village.remove(2, by: 0)
        try village.run(seconds: 5)
        for peer in 0..<2 { #expect(try village.peers[peer].members(of: village.space).count == 2) }
    }
}

@Suite struct KeyReportTests {
    @Test func `who is given a box without the key in it is given the key by somebody else`() throws {
        var village = try Village(people: 4, seed: 33)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        // Eve makes a key for all, and puts rubbish into Bob's box.
        let eve = try village.renegade(3)
        var random = SeededRandom(seed: 6)
        let key = ContentKey.make(random: &random)
        let bob = try #require(village.nodes[1].device).box.publicKey
        var rotation = try KeyRotation(
            to: key, sealedTo: eve.credentials.recipients(), wrapping: eve.keys.all, space: village.space,
            random: &random)
        let own = try #require(eve.credentials.recipients().firstIndex(of: bob))
        rotation.sealed[own].box[40] ^= 1
        _ = try eve.issue(.keyRotate(rotation), random: &random)
        village.crash(3)
        try village.restart(3)
        try village.run(seconds: 10)
        village.crash(3)
        try village.write("two", to: note, by: 0)
        try village.run(seconds: 10)
        #expect(try village.renegade(0).credentials.cleanKey() == key.id)
        #expect(try village.text(of: note, at: 1) == "two")
        #expect(try village.peers[1].waitingBlocks(in: village.space) == 0)
        // Nothing more is said of it.
        let count = try village.renegade(0).credentials.count
        try village.run(seconds: 60)
        #expect(try village.renegade(0).credentials.count == count)
    }

    @Test func `who was let in with rubbish for a key says so with what shows it, and is given the key`()
        throws
    {
        var village = try Village(people: 2, seed: 40, role: .admin)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        village.cut(0)
        let guest = try village.addPeer()
        let eve = try village.renegade(1)
        let binding = try village.takeSecrets(of: 0, for: guest)
        let chain = try #require(village.nodes[guest].device).chain
        let admission = try Credential.issue(
            .admit(Admission(chain: chain, binding: binding), .reader), space: village.space,
            parents: eve.credentials.heads, identity: eve.device.identity, device: eve.device.id,
            signingWith: eve.device.signing)
        let key = try #require(eve.keys.all.first)
        var random = SeededRandom(seed: 9)
        var sealed = try key.sealed(to: [chain.box], random: &random)
        sealed[0].box[40] ^= 1
        let share = try Credential.issue(
            .keyShare(id: key.id, sealed: sealed), space: village.space, parents: [admission.id],
            identity: eve.device.identity, device: eve.device.id, signingWith: eve.device.signing)
        village.crash(1)
        try village.enter(guest, with: eve.entries.map(\.credential) + [admission, share])
        village.unblockAll(0, but: 1)
        village.meet(guest, 0)
        #expect(
            try village.run(atMost: .seconds(60)) { (try? $0.text(of: note, at: guest)) == "one" })
        #expect(try village.peers[guest].waitingBlocks(in: village.space) == 0)
    }

    @Test func `a member for whom keys are made without end does not give each of them to all`() throws {
        var village = try Village(people: 3, seed: 41)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        village.cut(2)
        let eve = try village.renegade(2)
        var random = SeededRandom(seed: 10)
        let ada = try #require(village.nodes[0].device).box.publicKey
        for _ in 0..<40 {
            let key = ContentKey.make(random: &random)
            _ = try eve.issue(
                .keyRotate(
                    KeyRotation(
                        to: key, sealedTo: [ada], wrapping: [], space: village.space, random: &random)),
                random: &random)
        }
        let count = try village.renegade(0).credentials.count
        village.crash(2)
        try village.restart(2)
        village.heal(2)
        try village.run(seconds: 30)
        let made = try village.renegade(0).credentials.count - count - 40
        #expect(made <= 12, "\(made) credentials were answers to 40")
        try village.write("two", to: note, by: 1)
        try village.run(seconds: 10)
        #expect(try village.text(of: note, at: 0) == "two")
        #expect(try village.renegade(1).keys.all.count >= 41)
    }
}

extension Village {
    /// Gives a peer keys of its own in the space, whose secret somebody has shown it.
    fileprivate mutating func takeSecrets(of member: Int, for peer: Int) throws -> DeviceBinding {
        let secret = try #require(nodes[member].spaces[space]).secret
        let secrets = try SpaceSecrets.make(space: space, secret: secret, random: &keys)
        nodes[peer].spaces[space] = secrets
        return try secrets.binding(of: #require(nodes[peer].device))
    }

    /// Opens the space at a peer that was given credentials, wherever they stand.
    fileprivate mutating func enter(_ peer: Int, with credentials: [Credential]) throws {
        let store = try store(space, of: peer), secrets = try #require(nodes[peer].spaces[space])
        var batch = SpaceBatch()
        batch.metadata["name"] = Array("Trip".utf8)
        batch.metadata["genesis"] = try #require(credentials.first).id.bytes
        batch.metadata[IntroductionStore.key(0)] = IntroductionStore.encoded(
            credentials.map { .init(feed: secrets.control.publicKey, sequence: 0, credential: $0.encoded) })
        try store.commit(batch)
        try peers[peer].openSpace(secrets, store: store)
    }

    fileprivate mutating func meet(_ peer: Int, _ other: Int) {
        peers[peer].addCandidate(Self.address(other), for: space)
        planFlush(peer)
    }

    fileprivate mutating func unblockAll(_ peer: Int, but absent: Int...) {
        for other in peers.indices where other != peer && !absent.contains(other) {
            unblock(from: peer, to: other)
            unblock(from: other, to: peer)
        }
    }
}
