import DunlinCredentials
import DunlinKeys
import Testing

/// Under which key may be written: whoever is out must not have it.
@Suite struct CleanKeyTests {
    /// Ada has founded a space and let in Bob, an admin.
    private struct Pair {
        var random = SeededRandom(seed: 30)
        let space: SpaceID
        let ada: Person, bob: Person
        var set: CredentialSet

        init() throws {
            space = try #require(SpaceID(bytes: random.bytes(32)))
            ada = try Person(space, &random)
            bob = try Person(space, &random)
            set = CredentialSet(space: space)
            try issue(.genesis(ada.admission), by: ada)
            try issue(.admit(bob.admission, .admin), by: ada)
        }

        mutating func issue(_ body: CredentialBody, by person: Person) throws {
            let parents = set.heads.compactMap { set[$0] }
            #expect(set.insert(try person.issue(body, space, parents: parents)) == .added)
        }

        mutating func rotate(by person: Person, to boxes: [AgreementPublicKey]) throws -> ContentKey {
            let key = ContentKey.make(random: &random)
            let rotation = try KeyRotation(
                to: key, sealedTo: boxes, wrapping: [], space: space, random: &random)
            try issue(.keyRotate(rotation), by: person)
            return key
        }
    }

    @Test func `a key is written with until somebody who was given it is out`() throws {
        var pair = try Pair()
        let key = try pair.rotate(by: pair.ada, to: pair.set.recipients())
        #expect(pair.set.cleanKey() == key.id)
        try pair.issue(.remove(pair.bob.identity.publicKey, cuts: [], rotation: nil), by: pair.ada)
        #expect(pair.set.cleanKey() == nil)
    }

    @Test func `a key that somebody has made without a box for itself goes with its maker`() throws {
        var pair = try Pair()
        let key = try pair.rotate(by: pair.bob, to: [pair.ada.box.publicKey])
        #expect(pair.set.cleanKey() == key.id)
        try pair.issue(.remove(pair.bob.identity.publicKey, cuts: [], rotation: nil), by: pair.ada)
        #expect(pair.set.cleanKey() == nil)
    }

    @Test func `a key that somebody has shared goes with whoever has`() throws {
        var pair = try Pair()
        let key = try pair.rotate(by: pair.ada, to: [pair.ada.box.publicKey])
        try pair.issue(.keyShare(id: key.id, sealed: []), by: pair.bob)
        #expect(pair.set.cleanKey() == key.id)
        try pair.issue(.remove(pair.bob.identity.publicKey, cuts: [], rotation: nil), by: pair.ada)
        #expect(pair.set.cleanKey() == nil)
    }

    @Test func `a key that is sealed to somebody who is no member is never written with`() throws {
        var pair = try Pair()
        let stranger = try AgreementKey.make(random: &pair.random)
        let key = try pair.rotate(by: pair.ada, to: pair.set.recipients())
        let leak = try key.sealed(to: [stranger.publicKey], random: &pair.random)
        try pair.issue(.keyShare(id: key.id, sealed: leak), by: pair.bob)
        #expect(pair.set.cleanKey() == nil)
        let next = try pair.rotate(by: pair.ada, to: pair.set.recipients() + [stranger.publicKey])
        #expect(next.id != key.id && pair.set.cleanKey() == nil)
    }
}
