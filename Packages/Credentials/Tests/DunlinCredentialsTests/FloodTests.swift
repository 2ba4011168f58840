import DunlinEncoding
import DunlinKeys
import Testing

@testable import DunlinCredentials

/// Members who sign more credentials than a space may have.
@Suite struct FloodTests {
    /// A founder (0), a reader that floods (1), an editor (2), and somebody who comes later (3).
    private struct Sample {
        var random = SeededRandom(seed: 11)
        let space: SpaceID
        let people: [Person]
        let key: ContentKey
        var set: CredentialSet
        var last: Credential

        init() throws {
            space = try #require(SpaceID(bytes: random.bytes(32)))
            var people: [Person] = []
            for _ in 0..<4 { people.append(try Person(space, &random)) }
            self.people = people
            key = .make(random: &random)
            set = CredentialSet(space: space)
            set.room = NamingRoom(
                everything: .init(count: 60, byteCount: 1 << 30),
                ofMember: .init(count: 20, byteCount: 1 << 30),
                together: .init(count: 100, byteCount: 1 << 30))
            last = try people[0].issue(.genesis(people[0].admission), space, parents: [])
            #expect(set.insert(last) == .added)
            try add(.admit(people[1].admission, .reader), by: 0, after: [last.id])
            try add(.admit(people[2].admission, .editor), by: 0, after: [last.id])
        }

        mutating func add(_ body: CredentialBody, by person: Int, after parents: [CredentialID]) throws {
            last = try people[person].issue(
                body, space, parents: parents.compactMap { set[$0] })
            #expect(set.insert(last) == .added)
        }

        mutating func share(by person: Int, after parents: [CredentialID]) throws {
            let boxes = [people[0].box.publicKey]
            try add(
                .keyShare(id: key.id, sealed: key.sealed(to: boxes, random: &random)), by: person,
                after: parents)
        }

        func grounds(_ person: Int) -> [CredentialID] {
            set.grounds(of: people[person].identity.publicKey, device: people[person].device.publicKey)
        }

        /// What somebody names who does as it should.
        func named(by person: Int, about other: Int? = nil) -> [CredentialID] {
            set.heads(
                atMost: Credential.parentLimit, covering: grounds(person) + (other.map(grounds) ?? []))
        }

        func signed(by person: Int, in past: [Credential]) -> Int {
            past.count { $0.identity == people[person].identity.publicKey }
        }
    }

    @Test func `what a member signs beyond its measure is named by nobody, side by side or in line`() throws {
        var sample = try Sample()
        let start = sample.last.id
        for _ in 0..<100 { try sample.share(by: 1, after: [start]) }
        for _ in 0..<100 { try sample.share(by: 1, after: [sample.last.id]) }
        try sample.share(by: 2, after: [start])
        let honest = sample.last.id
        let named = sample.named(by: 0)
        #expect(named.contains(honest))
        #expect(sample.signed(by: 1, in: sample.set.past(of: named)) == 0)
    }

    @Test func `an accomplice who names a flood is not named; what it honestly named before is`() throws {
        var sample = try Sample()
        for _ in 0..<15 { try sample.share(by: 1, after: [sample.last.id]) }
        try sample.share(by: 2, after: [sample.last.id])
        let early = sample.last.id
        for _ in 0..<85 { try sample.share(by: 1, after: [sample.last.id]) }
        let flood = sample.last.id
        try sample.share(by: 2, after: [flood])
        let named = sample.named(by: 0)
        #expect(!named.contains(sample.last.id))
        #expect(sample.signed(by: 1, in: sample.set.past(of: named)) <= 20)
        // The admin's own credentials go on, and do not forget what stands in their way.
        try sample.add(.admit(sample.people[3].admission, .reader), by: 0, after: named + [early])
        #expect(sample.signed(by: 2, in: sample.set.past(of: sample.named(by: 0))) == 1)
    }

    @Test func `who floods is taken out, and somebody else comes in, with credentials that fit`() throws {
        var sample = try Sample()
        let start = sample.last.id
        for _ in 0..<300 { try sample.share(by: 1, after: [start]) }
        let flooder = sample.people[1].identity.publicKey
        try sample.add(.remove(flooder, cuts: [], rotation: nil), by: 0, after: sample.named(by: 0, about: 1))
        #expect(sample.set.members().members[flooder] == nil)
        try sample.add(.admit(sample.people[3].admission, .editor), by: 0, after: sample.named(by: 0))
        let given = sample.set.given(covering: sample.grounds(3))
        #expect(given.count <= sample.set.room.together.count)
        var newcomer = CredentialSet(space: sample.space, genesis: given.first?.id)
        for credential in given { #expect(newcomer.insert(credential) == .added) }
        #expect(newcomer.members().device(sample.people[3].device.publicKey) != nil)
        #expect(newcomer.members().members[flooder] == nil)
    }

    @Test func `few credentials are all named and given`() throws {
        var sample = try Sample()
        let start = sample.last.id
        for _ in 0..<10 { try sample.share(by: 1, after: [start]) }
        #expect(Set(sample.named(by: 0)) == Set(sample.set.heads))
        #expect(sample.set.given(covering: []).count == sample.set.count)
    }
}
