@testable import Dunlin
import DunlinCredentials
@testable import DunlinIdentity
import DunlinKeys
import DunlinMesh
import DunlinObjects
@testable import DunlinSpaces
import Foundation
import Testing

/// Who speaks for an identity is decided by who is there now: no serial keeps a device that went in front.
@Suite struct FormerDeviceTests {
    /// Ada's two devices, of which a thief has the second, and Bob; all three are in all spaces.
    private struct Scene {
        let place: Neighbours
        let first: Client
        let second: Client
        let bob: Client
        let ada: IdentityID

        init(spaces names: [String]) async throws {
            place = try await Neighbours()
            (bob, _) = try await place.add("Bob")
            first = try await Client.create(
                at: place.newHome(), passphrase: ClientTests.passphrase, profile: .test)
            let words = try await first.createIdentity(displayName: "Ada").joined(separator: " ")
            try await place.connect(first)
            ada = try await CardsTests.identity(first)
            for name in names {
                try await Neighbours.letIn(bob, to: first.createSpace(named: name), of: first)
            }
            let phrase = try SeedPhrase(parsing: SecretBytes(copying: Array(words.utf8)))
            second = try await Client.recover(
                at: place.newHome(), passphrase: ClientTests.passphrase, profile: .test, phrase: phrase)
            try await place.connect(second)
            try await ClientTests.eventually("the second device is in all spaces") { [second] in
                await second.spaces.count { $0.role != nil } == names.count
            }
        }

        func space(_ name: String) async throws -> SpaceID {
            try #require(await first.spaces.first { $0.name == name }).id
        }

        /// The thief claims the last serial of all.
        func steal(in space: SpaceID) async throws {
            let profile = try #require(
                Profile(.map(["displayName": .string("Thief"), "serial": .integer(.max)])))
            let signing = try #require(await second.signing)
            let card = try #require(
                try Card.issue(profile, in: space, identity: ada, signingWith: signing))
            await second.sayNothing()
            try await second.putCard(card.encoded, in: space)
            try await ClientTests.eventually("the thief's card has come") {
                let names = try await [first, bob].asyncMap { try await $0.cards(in: space)[ada]?.name }
                return names.allSatisfy { $0 == "Thief" }
            }
        }
    }

    @Test(arguments: [true, false])
    func `a device that was taken out or is suspected names its identity no longer, nor once that left`(
        isTakenOut: Bool
    ) async throws {
        let scene = try await Scene(spaces: ["Trip"]), space = try await scene.space("Trip")
        try await scene.steal(in: space)
        let stolen = try #require(await scene.second.deviceID)
        if isTakenOut {
            _ = try await scene.first.revokeDevice(stolen)
        } else {
            try await scene.first.suspect(stolen, in: space)
        }
        #expect(try await scene.first.cards(in: space)[scene.ada]?.name == "Ada")
        #expect(try await scene.first.names()[scene.ada] == "Ada")
        try await ClientTests.eventually("Bob hears of it") {
            try await scene.bob.cards(in: space)[scene.ada]?.name == "Ada"
        }
        // Of a member that left, what it said by a device that it had until then.
        try await scene.first.setRole(of: CardsTests.identity(scene.bob), to: .admin, in: space)
        try await scene.first.leave(space)
        try await ClientTests.eventually("Bob sees that Ada has left") {
            try await scene.bob.members(of: space).count == 1
        }
        #expect(try await scene.bob.cards(in: space)[scene.ada]?.name == "Ada")
        #expect(try await scene.bob.names()[scene.ada] == "Ada")
        await scene.place.end()
    }

    @Test func `a device that was taken out is not heard where no other has said anything`() async throws {
        let scene = try await Scene(spaces: ["Trip"]), space = try await scene.space("Trip")
        try await scene.steal(in: space)
        // A name of which nothing can be shown, and nothing that was said before.
        try await scene.first.setAnyProfile(Profile(displayName: "\u{202e}"))
        try await scene.first.putCard([1, 2, 3], in: space)
        _ = try await scene.first.revokeDevice(try #require(await scene.second.deviceID))
        #expect(try await scene.first.cards(in: space)[scene.ada] == nil)
        #expect(try await scene.first.names(in: space)[scene.ada] == nil)
        await scene.place.end()
    }

    @Test func `what was said in a space that the identity is out of does not hide what it says elsewhere`()
        async throws
    {
        let scene = try await Scene(spaces: ["Trip", "Work"])
        let trip = try await scene.space("Trip"), work = try await scene.space("Work")
        try await scene.steal(in: trip)
        #expect(try await scene.bob.names()[scene.ada] == "Thief")
        try await scene.first.setRole(of: CardsTests.identity(scene.bob), to: .admin, in: trip)
        try await scene.first.leave(trip)
        try await ClientTests.eventually("Bob sees that Ada has left") {
            try await scene.bob.members(of: trip).count == 1
        }
        #expect(try await scene.bob.cards(in: trip)[scene.ada]?.name == "Thief")
        #expect(try await scene.bob.names()[scene.ada] == "Ada")
        #expect(try await scene.bob.contact(named: "Ada").spaces == [work])
        // Where Ada has left herself, it is no longer known who is there.
        #expect(try await scene.first.names()[scene.ada] == "Ada")
        await scene.place.end()
    }

    @Test func `a device that is held for stolen does not say its name again and again`() async throws {
        let scene = try await Scene(spaces: ["Trip"]), space = try await scene.space("Trip")
        let senior = try #require(await scene.first.deviceID)
        let outcomes = try await scene.second.revokeDevice(senior)
        #expect(outcomes[space] == .suspended)
        try await ClientTests.eventually("it hears that it is suspended") {
            try await scene.first.members(of: space).contains { $0.devices[senior]?.isSuspended == true }
        }
        let profile = try #require(
            Profile(.map(["displayName": .string("Adele"), "serial": .integer(.max)])))
        for _ in 0..<3 { #expect(try await !scene.first.say(profile, in: space)) }
        await scene.place.end()
    }

    @Test func `what reads back otherwise than it was written is not written again and again`() async throws {
        let place = try await Neighbours()
        let (ada, _) = try await place.add("Ada"), space = try await ada.createSpace(named: "Trip")
        try await ClientTests.eventually("Ada has a card") { try await !ada.cards(in: space).isEmpty }
        let odd = [
            Profile(displayName: "Ada", fields: ["@text": .string("a form of JSON")]),
            Profile(displayName: "Ada", fields: ["a": .map(["@b": .integer(1)])]),
            Profile(displayName: "Ada", fields: ["a": .double(.nan), "b": .double(5), "c": .bytes([1])]),
            Profile(displayName: "A\u{202e}da\u{7}"),
            Profile(displayName: String(repeating: "å", count: 200)),
        ]
        for profile in odd {
            _ = try await ada.say(profile, in: space)
            let card = try #require(await ada.cards(in: space).values.first)
            #expect(card.says(profile))
            for _ in 0..<3 { #expect(try await !ada.say(profile, in: space)) }
        }
        await place.end()
    }
}

extension Client {
    fileprivate func putCard(_ bytes: [UInt8], in space: SpaceID) throws {
        let own = OwnedObject.card.id(of: try ownDataFeed(in: space))
        try commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(own) { editor throws(ObjectError) in
                try editor.put(.bytes(bytes), at: "card")
            }
        }
    }

    /// A thief's program does not correct what it has said.
    fileprivate func sayNothing() { founding = [] }

    fileprivate func suspect(_ device: DeviceID, in space: SpaceID) throws {
        try onPeer { (client) throws(SpaceError) in
            try client.peer.suspect(
                device, in: space, wallClock: client.wallClock, random: &client.random)
        }
    }

    /// Sets one that no client would.
    fileprivate func setAnyProfile(_ profile: Profile) throws {
        try halo()?.set(profile, &peer, wallClock: wallClock, random: &random)
        isHaloDue = true
        flush()
    }

    /// As whenever something has changed.
    fileprivate func say(_ profile: Profile, in space: SpaceID) throws -> Bool {
        let hasSaid = try Cards.publish(profile, in: space, &peer, wallClock: wallClock, random: &random)
        flush()
        return hasSaid
    }
}

extension Array {
    fileprivate func asyncMap<R>(_ transform: (Element) async throws -> R) async rethrows -> [R] {
        var results: [R] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
