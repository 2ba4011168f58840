import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct KeyReportTests {
    /// A space with four people and a key that all of them should have.
    private struct Sample {
        var random = SeededRandom(seed: 9)
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
            last = try people[0].issue(.genesis(people[0].admission), space, parents: [])
            #expect(set.insert(last) == .added)
            for guest in people[1...] { try add(.admit(guest.admission, .editor), by: 0) }
        }

        mutating func add(_ body: CredentialBody, by person: Int) throws {
            last = try people[person].issue(body, space, parents: [last])
            #expect(set.insert(last) == .added)
        }

        func box(_ person: Int) -> AgreementPublicKey { people[person].box.publicKey }

        mutating func seal(to person: Int, isRubbish: Bool = false) throws -> [SealedKey] {
            var sealed = try key.sealed(to: [box(person)], random: &random)
            if isRubbish { sealed[0].box[9] ^= 1 }
            return sealed
        }

        func lacking(by person: Int = 0) -> [AgreementPublicKey] {
            set.recipients(lacking: key.id, by: people[person].device.publicKey)
        }

        func unopened(by person: Int) -> [Digest] {
            var keys = ContentKeys(space: space)
            for credential in set.all { keys.learn(from: credential, box: people[person].box) }
            return set.unopened(by: people[person].device.publicKey, box(person)) { keys[$0] != nil }
        }
    }

    @Test func `who was sealed rubbish says so, and is given the key, whoever answers with rubbish first`()
        throws
    {
        var sample = try Sample()
        let others = try sample.key.sealed(to: [0, 1, 3].map { sample.box($0) }, random: &sample.random)
        let rubbish = try sample.seal(to: 2, isRubbish: true)
        try sample.add(
            .keyRotate(KeyRotation(key: sample.key.id, wrapped: [], sealed: others + rubbish)), by: 1)
        #expect(sample.lacking().isEmpty, "the tag hides it")
        #expect(sample.unopened(by: 2) == [sample.key.id])
        #expect(sample.unopened(by: 3).isEmpty)
        // What is not valid is no report: no honest answer knows of it.
        let genesis = try #require(sample.set.genesis)
        let backdated = try sample.people[2].issue(
            .keyShare(id: sample.key.id, sealed: []), sample.space, parents: [genesis])
        #expect(sample.set.insert(backdated) == .invalid(.issuerUnknown))
        #expect(sample.lacking().isEmpty)
        try sample.add(.keyShare(id: sample.key.id, sealed: []), by: 2)
        #expect(sample.lacking() == [sample.box(2)])
        #expect(sample.unopened(by: 2).isEmpty, "it was said once")
        // Rubbish again: it counts as an answer, until the device says that it was none.
        try sample.add(.keyShare(id: sample.key.id, sealed: sample.seal(to: 2, isRubbish: true)), by: 1)
        #expect(sample.lacking().isEmpty)
        #expect(sample.unopened(by: 2) == [sample.key.id])
        try sample.add(.keyShare(id: sample.key.id, sealed: []), by: 2)
        #expect(sample.lacking() == [sample.box(2)])
        // The same device answers for nobody but itself.
        try sample.add(.keyShare(id: sample.key.id, sealed: sample.seal(to: 2, isRubbish: true)), by: 1)
        #expect(sample.lacking() == [sample.box(2)])
        try sample.add(.keyShare(id: sample.key.id, sealed: sample.seal(to: 2)), by: 3)
        #expect(sample.lacking().isEmpty)
        #expect(sample.unopened(by: 2).isEmpty)
        #expect(sample.set.cleanKey() == sample.key.id)
        // Who complains for ever is answered by each once.
        for _ in 0..<5 { try sample.add(.keyShare(id: sample.key.id, sealed: []), by: 2) }
        #expect(sample.lacking() == [sample.box(2)])
        #expect(sample.lacking(by: 3).isEmpty)
        try sample.add(.keyShare(id: sample.key.id, sealed: sample.seal(to: 2)), by: 0)
        #expect(sample.lacking().isEmpty)
    }

    @Test func `nobody is asked for a key that no rotation brought, or that was never sealed to oneself`()
        throws
    {
        var sample = try Sample()
        try sample.add(.keyShare(id: sample.key.id, sealed: sample.seal(to: 2, isRubbish: true)), by: 1)
        #expect(sample.unopened(by: 2).isEmpty)
        try sample.add(.keyRotate(KeyRotation(key: sample.key.id, wrapped: [], sealed: [])), by: 1)
        #expect(sample.unopened(by: 2) == [sample.key.id])
        #expect(sample.unopened(by: 3).isEmpty)
        #expect(Set(sample.lacking()) == [sample.box(0), sample.box(1), sample.box(3)])
    }
}
