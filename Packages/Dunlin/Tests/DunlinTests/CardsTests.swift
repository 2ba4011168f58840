@testable import Dunlin
import DunlinCredentials
import DunlinIdentity
import DunlinKeys
import DunlinMesh
import DunlinObjects
@testable import DunlinSpaces
import Foundation
import Testing

/// Members of a space are shown by the names that they gave themselves, and by nothing else.
@Suite struct CardsTests {
    static func identity(_ client: Client) async throws -> IdentityID {
        try DIDKey.decode(try #require(await client.identity))
    }

    @Test func `members see each other's names, also new ones, and no object of an app beside theirs`()
        async throws
    {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada"), (bob, home) = try await place.add("Bob")
        let space = try await ada.createSpace(named: "Trip")
        try await Neighbours.letIn(bob, to: space, of: ada)
        let names = [try await Self.identity(ada): "Ada", try await Self.identity(bob): "Bob"]
        for client in [ada, bob] {
            try await ClientTests.eventually("both names are known") {
                try await client.names(in: space) == names
            }
        }
        #expect(try await ada.objectIDs(in: space).isEmpty)
        try await bob.setProfile(Profile(displayName: "Robert", fields: ["town": .string("Bern")]))
        let robert = try await Self.identity(bob)
        try await ClientTests.eventually("Bob's new name is known") {
            try await ada.cards(in: space)[robert]?.name == "Robert"
        }
        #expect(try await ada.cards(in: space)[robert]?.fields == ["town": .string("Bern")])
        #expect(try await ada.members(of: space).count == 2)
        await bob.close()
        let again = try await place.open(home)
        #expect(try await again.names(in: space)[robert] == "Robert")
        #expect(try await again.objectIDs(in: space).isEmpty)
        await place.end()
    }

    @Test func `nobody gives another a name, or takes it away`() async throws {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada"), (bob, _) = try await place.add("Bob")
        let (eve, _) = try await place.add("Eve")
        let space = try await ada.createSpace(named: "Trip")
        for guest in [bob, eve] { try await Neighbours.letIn(guest, to: space, of: ada) }
        let victim = try await Self.identity(ada), thief = try await Self.identity(eve)
        for client in [bob, eve] {
            try await ClientTests.eventually("Ada's name is known") {
                let cards = try await client.cards(in: space)
                return cards[victim]?.name == "Ada" && cards[thief]?.name == "Eve"
            }
        }
        let card = OwnedObject.card.id(of: try await ada.ownDataFeed(in: space))
        // What the client itself does not write.
        await #expect(throws: ClientError.self) {
            try await eve.commit(to: space) { transaction throws(SpaceError) in
                try transaction.edit(card) { editor throws(ObjectError) in try editor.setDeleted(true) }
            }
        }
        // What a program of Eve's writes: garbage over Ada's card, then its deletion.
        try await eve.forge(card, in: space) { editor throws(ObjectError) in
            try editor.put(.bytes([1, 2, 3]), at: "card")
        }
        try await eve.forge(card, in: space) { editor throws(ObjectError) in try editor.setDeleted(true) }
        // And a card that says that it is Ada's, in Eve's own place, signed by Eve.
        let profile = Profile(displayName: "Impostor")
        let signing = try #require(await eve.signing)
        let forged = try #require(
            try Card.issue(profile, in: space, identity: victim, signingWith: signing))
        let own = OwnedObject.card.id(of: try await eve.ownDataFeed(in: space))
        try await eve.forge(own, in: space) { editor throws(ObjectError) in
            try editor.put(.bytes(forged.encoded), at: "card")
        }
        let note = try await eve.insert(.map(["last": .bool(true)]), into: space)
        try await ClientTests.eventually("Bob has all of it") {
            try await bob.objectIDs(in: space).contains(note)
        }
        #expect(try await bob.cards(in: space)[victim]?.name == "Ada")
        #expect(try await bob.cards(in: space)[thief] == nil)
        #expect(try await ada.stateHash(of: space) == bob.stateHash(of: space))
        #expect(try await bob.isSound(space))
        await place.end()
    }

    @Test func `a card of another space is none here`() async throws {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada"), (bob, _) = try await place.add("Bob")
        let here = try await ada.createSpace(named: "Here"), there = try await ada.createSpace(named: "There")
        for space in [here, there] { try await Neighbours.letIn(bob, to: space, of: ada) }
        let identity = try await Self.identity(bob)
        try await ClientTests.eventually("Bob has said who he is") {
            let known = try await [ada.cards(in: here), ada.cards(in: there)]
            return known.allSatisfy { $0[identity] != nil }
        }
        let copy = try #require(try await ada.cards(in: there)[identity])
        let place2 = OwnedObject.card.id(of: try await bob.ownDataFeed(in: here))
        try await bob.forge(place2, in: here) { editor throws(ObjectError) in
            try editor.put(.bytes(copy.encoded), at: "card")
        }
        try await ClientTests.eventually("the card of the other space does not count") {
            try await ada.cards(in: here)[identity] == nil
        }
        // It is the same person: the name from there serves here.
        #expect(try await ada.names(in: here)[identity] == "Bob")
        await place.end()
    }

    @Test func `a device takes back what it has said when the profile says otherwise`() async throws {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada")
        let space = try await ada.createSpace(named: "Trip"), identity = try await Self.identity(ada)
        try await ClientTests.eventually("Ada has a card") { try await !ada.cards(in: space).isEmpty }
        // As if it had been changed here and elsewhere, and the change from elsewhere had won.
        let signing = try #require(await ada.signing)
        let lost = try #require(
            try Card.issue(
                Profile(displayName: "Adele"), serial: 1 << 60, in: space, identity: identity,
                signingWith: signing))
        let own = OwnedObject.card.id(of: try await ada.ownDataFeed(in: space))
        try await ada.commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(own) { editor throws(ObjectError) in
                try editor.put(.bytes(lost.encoded), at: "card")
            }
        }
        #expect(try await ada.cards(in: space)[identity]?.name == "Adele")
        _ = try await ada.createSpace(named: "What makes it look again")
        try await ClientTests.eventually("the card says what the profile says") {
            try await ada.cards(in: space)[identity]?.name == "Ada"
        }
        await place.end()
    }

    @Test func `a reader is shown by a name from elsewhere, or by none`() async throws {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada"), (bob, _) = try await place.add("Bob")
        let space = try await ada.createSpace(named: "News"), other = try await ada.createSpace(named: "Trip")
        try await Neighbours.letIn(bob, to: space, of: ada, role: .reader)
        let identity = try await Self.identity(bob)
        try await ClientTests.eventually("Bob knows Ada") { try await !bob.names(in: space).isEmpty }
        #expect(try await ada.names(in: space)[identity] == nil)
        try await Neighbours.letIn(bob, to: other, of: ada)
        try await ClientTests.eventually("Bob's name comes from the other space") {
            try await ada.names(in: space)[identity] == "Bob"
        }
        #expect(try await ada.cards(in: space)[identity] == nil)
        await place.end()
    }
}
