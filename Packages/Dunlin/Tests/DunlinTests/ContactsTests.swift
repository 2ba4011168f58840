@testable import Dunlin
import DunlinCredentials
import DunlinEncoding
@testable import DunlinIdentity
import DunlinInvitations
import DunlinKeys
import DunlinObjects
@testable import DunlinSpaces
import Foundation
import Testing

/// People of common spaces invite each other without a ticket to hand over.
@Suite struct ContactsTests {
    /// Ada and Bob share Tennis with Dora; Secret is Ada's.
    private static func meet(
        _ place: Neighbours, role: Role = .editor
    ) async throws -> (ada: Client, bob: Client, dora: Client, common: SpaceID, secret: SpaceID) {
        let (ada, _) = try await place.add("Ada"), (bob, _) = try await place.add("Bob")
        let (dora, _) = try await place.add("Dora")
        let common = try await ada.createSpace(named: "Tennis")
        for guest in [bob, dora] { try await Neighbours.letIn(guest, to: common, of: ada, role: role) }
        return (ada, bob, dora, common, try await ada.createSpace(named: "Secret"))
    }

    @Test func `contacts are the people of common spaces, with names`() async throws {
        let place = try await Neighbours()
        let (ada, bob, dora, common, _) = try await Self.meet(place)
        let who = try await CardsTests.identity(bob)
        try await ClientTests.eventually("all names are known") {
            try await ada.contacts().map(\.name).sorted { $0 ?? "" < $1 ?? "" } == ["Bob", "Dora"]
        }
        #expect(try await ada.contact(named: "Bob") == Contact(identity: who, name: "Bob", spaces: [common]))
        #expect(try await ada.contact(named: String(DIDKey.encode(who).suffix(8))).identity == who)
        try await dora.setProfile(Profile(displayName: "Bob"))
        try await ClientTests.eventually("two of one name are nobody") {
            (try? await ada.contact(named: "Bob")) == nil
        }
        #expect(try await ada.contact(named: DIDKey.encode(who)).identity == who)
        await place.end()
    }

    @Test func `an invitation waits in a common space for who is away, and any member lets in`() async throws
    {
        let place = try await Neighbours()
        let (ada, adaHome) = try await place.add("Ada"), (bob, home) = try await place.add("Bob")
        let (carol, _) = try await place.add("Carol"), (dora, _) = try await place.add("Dora")
        let common = try await ada.createSpace(named: "Tennis"),
            secret = try await ada.createSpace(named: "Surprise party")
        for guest in [bob, dora] { try await Neighbours.letIn(guest, to: common, of: ada) }
        try await Neighbours.letIn(carol, to: secret, of: ada)
        let who = try await CardsTests.identity(bob)
        await bob.close()
        try await ada.invite(who, to: secret)
        try await ClientTests.eventually("Dora and Carol have what Ada wrote") {
            let hashes = try await [dora.stateHash(of: common), ada.stateHash(of: common)]
            let invitations = await carol.invitations
            return hashes[0] == hashes[1] && invitations.contains { $0.guest == who && $0.usesLeft == 1 }
        }
        await ada.close()
        #expect(try await dora.letters().isEmpty)

        let again = try await place.open(home)
        try await ClientTests.eventually("Bob finds a letter") { try await !again.letters().isEmpty }
        let letter = try #require(try await again.letters().first)
        #expect(letter.name == "Surprise party" && letter.through == common && letter.space == secret)
        let adaIdentity = letter.sender
        #expect(try await again.names(in: common)[adaIdentity] == "Ada")
        // Nothing happens before Bob says so.
        #expect(await again.spaces.map(\.id) == [common])
        #expect(try await again.letter(named: "Ada") == letter)
        #expect(try await Neighbours.outcome(again.accept(letter.id, timeout: .seconds(20))) == secret)
        try await ClientTests.eventually("Bob is a member, also for Carol") {
            try await carol.members(of: secret).contains { $0.identity == who }
        }
        #expect(try await again.letters().isEmpty)
        // What was used is taken back by who has sent it.
        let back = try await place.open(adaHome)
        let outbox = OwnedObject.letters.id(of: try await back.ownDataFeed(in: common))
        try await ClientTests.eventually("Ada takes the letter back") {
            (try await back.object(outbox, in: common)) == .map([:])
        }
        await place.end()
    }

    @Test func `a letter is declined for good, and vanishes when its invitation is over`() async throws {
        let place = try await Neighbours()
        let (ada, bob, _, common, secret) = try await Self.meet(place)
        let who = try await CardsTests.identity(bob)
        let first = try await ada.invite(who, to: secret)
        try await ClientTests.eventually("a letter has come") { try await bob.letters().count == 1 }
        let letter = try #require(try await bob.letters().first)
        try await bob.decline(letter.id)
        #expect(try await bob.letters().isEmpty)
        await #expect(throws: ClientError.self) { try await bob.decline(letter.id) }
        await #expect(throws: ClientError.self) { try await bob.accept(letter.id) }
        let second = try await ada.invite(who, to: secret)
        #expect(first.id != second.id)
        try await ClientTests.eventually("another letter has come") {
            try await bob.letters().map(\.ticket.id) == [second.id]
        }
        try await second.cancel()
        try await ClientTests.eventually("the cancelled one is gone") { try await bob.letters().isEmpty }
        let third = try await ada.invite(who, to: secret, lifetime: .milliseconds(1_500))
        try await ClientTests.eventually("a short one has come") {
            try await bob.letters().map(\.ticket.id) == [third.id]
        }
        try await ClientTests.eventually("the short one has expired") { try await bob.letters().isEmpty }
        #expect(try await bob.names(in: common).count == 3)
        await place.end()
    }

    @Test func `of two letters to one space the one that lasts longer is meant, of two spaces neither`()
        async throws
    {
        let place = try await Neighbours()
        let (ada, bob, _, _, secret) = try await Self.meet(place)
        let who = try await CardsTests.identity(bob),
            sender = DIDKey.encode(try await CardsTests.identity(ada))
        let first = try await ada.invite(who, to: secret, role: .reader)
        let second = try await ada.invite(who, to: secret, lifetime: .seconds(8 * 24 * 3_600))
        try await ClientTests.eventually("both letters have come") { try await bob.letters().count == 2 }
        #expect(first.id != second.id)
        #expect(try await bob.letter(named: sender).ticket.id == second.id)
        try await ada.invite(who, to: ada.createSpace(named: "Another"))
        try await ClientTests.eventually("a third letter has come") { try await bob.letters().count == 3 }
        await #expect {
            try await bob.letter(named: sender)
        } throws: { error in
            if case ClientError.ambiguousLetter(sender, count: 2) = error { true } else { false }
        }
        await place.end()
    }

    @Test func `somebody is named by eight characters of the key, from either end, and by no fewer`() throws {
        var random = SeededRandom(seed: 3)
        let all = try (0..<20).map { _ in try SigningKey.make(random: &random).publicKey }
        for identity in all {
            let key = String(DIDKey.encode(identity).dropFirst("did:key:".count))
            for text in [key, "did:key:" + key, String(key.suffix(8)), String(key.prefix(12))] {
                #expect(try Client.member(named: text, among: all) == identity)
            }
            for text in [String(key.suffix(7)), "", "did:key:", String(key.dropFirst().prefix(20))] {
                #expect {
                    try Client.member(named: text, among: all)
                } throws: { error in
                    if case ClientError.unknownMember(text) = error { true } else { false }
                }
            }
        }
        let twice = all + all.prefix(1)
        #expect {
            try Client.member(named: DIDKey.encode(all[0]), among: twice)
        } throws: { error in
            if case ClientError.ambiguousMember(_, count: 2) = error { true } else { false }
        }
    }

    @Test func `only what its sender has put there counts, and of one sender only so much`() async throws {
        let place = try await Neighbours()
        let (ada, bob, dora, common, secret) = try await Self.meet(place)
        let who = try await CardsTests.identity(bob)
        try await ada.invite(who, to: secret)
        try await ClientTests.eventually("the letter is everywhere") {
            let hashes = try await [dora.stateHash(of: common), ada.stateHash(of: common)]
            return try await bob.letters().count == 1 && hashes[0] == hashes[1]
        }
        let letter = try #require(try await bob.letters().first)
        // Dora puts a copy under her own name, and takes Ada's away.
        let outbox = OwnedObject.letters.id(of: try await ada.ownDataFeed(in: common))
        guard case .map(let fields) = try await dora.object(outbox, in: common) else {
            Issue.record("the letter is not there")
            return
        }
        let own = OwnedObject.letters.id(of: try await dora.ownDataFeed(in: common))
        try await dora.forge(own, in: common) { editor throws(ObjectError) in
            try editor.put(.map(fields), at: "")
        }
        try await dora.forge(outbox, in: common) { editor throws(ObjectError) in
            try editor.setDeleted(true)
        }
        let note = try await dora.insert(.map(["last": .bool(true)]), into: common)
        try await ClientTests.eventually("Bob has all of it") {
            try await bob.objectIDs(in: common).contains(note)
        }
        #expect(try await bob.letters() == [letter])
        for _ in 1..<Letters.senderLimit { try await ada.invite(who, to: secret) }
        await #expect {
            try await ada.invite(who, to: secret)
        } throws: { error in
            if case ClientError.space(.tooManyLetters(Letters.senderLimit)) = error { true } else { false }
        }
        #expect(await ada.invitations.count { $0.guest == who } == Letters.senderLimit)
        // A program of Ada's knows no limit.
        let feed = try await ada.ownDataFeed(in: common)
        let box = try #require(try await bob.members(of: common).first { $0.identity == who })
        for _ in 0..<3 {
            let ticket = try await ada.inviteUnattended(to: secret, for: who, lifetime: .seconds(60)).ticket
            var random = SystemRandom()
            let id = LetterID(of: ticket.id, in: common, from: feed)
            let sealed = try SealedLetter(
                ticket, named: "More", id: id, to: box.devices.values.map(\.chain.box), random: &random)
            try await ada.commit(to: common) { transaction throws(SpaceError) in
                try transaction.edit(outbox) { editor throws(ObjectError) in
                    try editor.put(.bytes(sealed.encoded), at: ObjectPath([.key(UTF8String(id.description))]))
                }
            }
        }
        let more = try await ada.insert(.map(["last": .bool(true)]), into: common)
        try await ClientTests.eventually("Bob has all of that") {
            try await bob.objectIDs(in: common).contains(more)
        }
        #expect(try await bob.letters().count == Letters.senderLimit)
        #expect(try await !bob.letters().contains { $0.name == "More" })
        await place.end()
    }

    @Test func `letters that do not open are tried once, and of one sender only so many`() async throws {
        let place = try await Neighbours()
        let (ada, bob, _, common, secret) = try await Self.meet(place)
        let who = try await CardsTests.identity(bob)
        try await ada.invite(who, to: secret)
        try await ClientTests.eventually("a letter has come") { try await bob.letters().count == 1 }
        let attempts = await bob.openedLetters.attemptCount
        #expect(attempts == 1)
        let letter = try #require(try await bob.letters().first)
        #expect(await bob.openedLetters.attemptCount == attempts)
        // A program of Ada's leaves boxes of rubbish, which expire first.
        let outbox = OwnedObject.letters.id(of: try await ada.ownDataFeed(in: common))
        let member = try #require(try await bob.members(of: common).first { $0.identity == who })
        let boxes = member.devices.values.map(\.chain.box)
        func leave(_ count: Int, expiring expires: UInt64) async throws {
            var random = SystemRandom()
            var rubbish: [UTF8String: ObjectValue] = [:]
            for _ in 0..<count {
                let id = try #require(LetterID(bytes: random.bytes(16)))
                var sealed = try SealedLetter(letter.ticket, named: "", id: id, to: boxes, random: &random)
                sealed.expires = expires
                sealed.boxes[0].box = random.bytes(sealed.boxes[0].box.count)
                rubbish[UTF8String(id.description)] = .bytes(sealed.encoded)
            }
            try await ada.commit(to: common) { transaction throws(SpaceError) in
                try transaction.edit(outbox) { editor throws(ObjectError) in
                    for (key, value) in rubbish { try editor.put(value, at: ObjectPath([.key(key)])) }
                }
            }
            let note = try await ada.insert(.map(["last": .bool(true)]), into: common)
            try await ClientTests.eventually("Bob has all of it") {
                try await bob.objectIDs(in: common).contains(note)
            }
        }
        try await leave(8, expiring: letter.expires - 1)
        for _ in 0..<5 { #expect(try await bob.letters() == [letter]) }
        #expect(await bob.openedLetters.attemptCount == attempts + 8)
        // More that expire last: Ada hides her own letter, and Bob tries no more than a few.
        try await leave(50, expiring: letter.expires + 1)
        for _ in 0..<5 { _ = try await bob.letters() }
        #expect(await bob.openedLetters.attemptCount <= attempts + 8 + Letters.openingLimit)
        await place.end()
    }

    @Test func `who may only read is told what to do, and so is who asks for a stranger`() async throws {
        let place = try await Neighbours()
        let (ada, bob, dora, _, secret) = try await Self.meet(place, role: .reader)
        let own = try await bob.createSpace(named: "Bob's")
        let who = try await CardsTests.identity(dora), host = try await CardsTests.identity(ada)
        func failure(_ body: () async throws(ClientError) -> Void) async -> ClientError? {
            do throws(ClientError) { try await body() } catch { return error }
            return nil
        }
        guard
            case .noWayTo(who)? = await failure({ () throws(ClientError) in
                _ = try await bob.invite(who, to: own)
            })
        else {
            Issue.record("a reader has left something")
            return
        }
        #expect(await !bob.invitations.contains { $0.guest == who })
        guard
            case .unknownContact? = await failure({ () throws(ClientError) in
                _ = try await ada.invite(host, to: secret)
            })
        else {
            Issue.record("Ada has invited herself")
            return
        }
        await place.end()
    }
}
