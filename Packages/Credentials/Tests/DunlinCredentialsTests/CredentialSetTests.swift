import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import Testing

/// A person with one device.
struct Person {
    let identity: SigningKey
    let device: SigningKey
    let box: AgreementKey
    let chain: CertificateChain
    let binding: DeviceBinding

    init(_ space: SpaceID, _ random: inout SeededRandom) throws {
        identity = try .make(random: &random)
        device = try .make(random: &random)
        box = try .make(random: &random)
        chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: device.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        binding = try .issue(
            space: space, identity: identity.publicKey, control: .make(random: &random),
            data: .make(random: &random), noise: AgreementKey.make(random: &random).publicKey,
            signingWith: device)
    }

    var admission: Admission { Admission(chain: chain, binding: binding) }

    func issue(_ body: CredentialBody, _ space: SpaceID, parents: [Credential]) throws -> Credential {
        try Credential.issue(
            body, space: space, parents: parents.map(\.id), identity: identity.publicKey,
            device: device.publicKey,
            signingWith: device)
    }
}

@Suite struct CredentialSetTests {
    @Test func `members are the same in every order of arrival`() throws {
        var random = SeededRandom(seed: 1)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let people = try (0..<5).map { _ in try Person(space, &random) }
        let genesis = try people[0].issue(.genesis(people[0].admission), space, parents: [])
        func admit(_ who: Int, by: Int, _ role: Role, after: [Credential]) throws -> Credential {
            try people[by].issue(.admit(people[who].admission, role), space, parents: after)
        }
        let b = try admit(1, by: 0, .admin, after: [genesis])
        let c = try admit(2, by: 1, .editor, after: [b])
        let d = try admit(3, by: 0, .reader, after: [genesis])
        // Two admins admit the same person at the same time, with different roles.
        let e1 = try admit(4, by: 0, .editor, after: [b]), e2 = try admit(4, by: 1, .reader, after: [c])
        let credentials = [genesis, b, c, d, e1, e2]
        var expected: MembershipView?
        for round in 0..<200 {
            var set = CredentialSet(space: space)
            var order = credentials
            for index in stride(from: order.count - 1, to: 0, by: -1) {
                order.swapAt(index, Int(random.uniform(below: UInt64(index + 1))))
            }
            for credential in order { _ = set.insert(credential) }
            #expect(set.count == credentials.count, "round \(round)")
            if let expected { #expect(set.members() == expected, "round \(round)") }
            expected = set.members()
        }
        #expect(expected?.members.count == 5)
        #expect(expected?.members[people[2].identity.publicKey]?.role == .editor)
    }

    @Test func `what is not allowed is invalid, whatever comes later`() throws {
        var random = SeededRandom(seed: 2)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let people = try (0..<4).map { _ in try Person(space, &random) }
        let genesis = try people[0].issue(.genesis(people[0].admission), space, parents: [])
        let editor = try people[0].issue(
            .admit(people[1].admission, .editor), space, parents: [genesis])
        var set = CredentialSet(space: space)
        #expect(set.insert(genesis) == .added)
        #expect(set.insert(genesis) == .known)
        #expect(set.insert(editor) == .added)
        let byEditor = try people[1].issue(
            .admit(people[2].admission, .reader), space, parents: [editor])
        #expect(set.insert(byEditor) == .invalid(.notAllowed))
        let byStranger = try people[3].issue(
            .admit(people[2].admission, .reader), space, parents: [editor])
        #expect(set.insert(byStranger) == .invalid(.issuerUnknown))
        // Backdated: at the genesis alone, the editor was nobody.
        let backdated = try people[1].issue(.keyShare(id: genesis.id, sealed: []), space, parents: [genesis])
        #expect(set.insert(backdated) == .invalid(.issuerUnknown))
        let second = try people[1].issue(.genesis(people[1].admission), space, parents: [])
        #expect(set.insert(second) == .invalid(.misplacedGenesis))
        let again = try people[0].issue(
            .admit(people[1].admission, .admin), space, parents: [editor])
        #expect(set.insert(again) == .invalid(.alreadyAdmitted))
    }

    @Test func `nobody founds a space anew, and a device belongs to one identity`() throws {
        var random = SeededRandom(seed: 6)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let founder = try Person(space, &random), member = try Person(space, &random)
        let genesis = try founder.issue(.genesis(founder.admission), space, parents: [])
        let coup = try member.issue(.genesis(member.admission), space, parents: [])
        var set = CredentialSet(space: space, genesis: genesis.id)
        #expect(set.insert(coup) == .invalid(.misplacedGenesis))
        #expect(set.insert(genesis) == .added)
        // Another identity claims the member's device. It cannot have the device sign that.
        let thief = try Person(space, &random)
        let claim = try CertificateChain([
            .issue(
                identity: thief.identity.publicKey, device: member.device.publicKey,
                box: member.box.publicKey, serial: 0, signingWith: thief.identity)
        ])
        #expect(throws: CredentialError.badBinding) {
            try founder.issue(
                .admit(Admission(chain: claim, binding: member.binding), .editor), space, parents: [genesis])
        }
    }

    @Test func `nobody claims the feed of another device`() throws {
        var random = SeededRandom(seed: 7)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let founder = try Person(space, &random), thief = try Person(space, &random)
        // The thief's device signs a binding with the founder's data feed, and has no key of that feed.
        var binding = thief.binding
        binding.data = founder.binding.data
        #expect(!binding.isSigned(by: thief.device.publicKey))
        #expect(throws: CredentialError.badBinding) {
            try thief.issue(
                .genesis(Admission(chain: thief.chain, binding: binding)), space, parents: [])
        }
    }

    @Test func `a bit flipped anywhere makes a credential unreadable`() throws {
        var random = SeededRandom(seed: 3)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let person = try Person(space, &random)
        let genesis = try person.issue(.genesis(person.admission), space, parents: [])
        #expect(try Credential(decoding: genesis.encoded) == genesis)
        for position in genesis.encoded.indices {
            for bit in [0, 3, 7] as [UInt8] {
                var changed = genesis.encoded
                changed[position] ^= 1 << bit
                #expect(throws: CredentialError.self, "byte \(position)") {
                    try Credential(decoding: changed)
                }
            }
        }
    }

    @Test func `blocks open at their place under their key and nowhere else`() throws {
        var random = SeededRandom(seed: 4)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let feed = try SigningKey.make(random: &random).publicKey, secret = random.secret(32)
        let key = ContentKey.make(random: &random)
        var keys = ContentKeys(space: space)
        let place = BlockEnvelope.Place(space: space, feed: feed, sequence: 7)
        for count in [0, 1, 63, 64, 1_023, 1_024, 5_000] {
            let plain = random.bytes(count)
            let block = try BlockEnvelope.seal(plain, at: place, key: key, random: &random)
            #expect((block.count - 73).isMultiple(of: count < 1_024 ? 64 : 256))
            #expect(throws: CredentialError.missingKey(key.id)) {
                try BlockEnvelope.open(block, at: place, keys: ContentKeys(space: space), secret: secret)
            }
            keys.add(key)
            #expect(try BlockEnvelope.open(block, at: place, keys: keys, secret: secret) == plain)
            var elsewhere = place
            elsewhere.sequence += 1
            #expect(throws: CredentialError.unreadable) {
                try BlockEnvelope.open(block, at: elsewhere, keys: keys, secret: secret)
            }
            let control = try BlockEnvelope.sealControl(plain, at: place, secret: secret, random: &random)
            #expect(
                try BlockEnvelope.open(control, at: place, keys: ContentKeys(space: space), secret: secret)
                    == plain)
        }
    }

    @Test func `a shared key is taken only when its id commits to it`() throws {
        var random = SeededRandom(seed: 5)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let person = try Person(space, &random)
        let key = ContentKey.make(random: &random), other = ContentKey.make(random: &random)
        let honest = try person.issue(
            .keyShare(id: key.id, sealed: key.sealed(to: [person.box.publicKey], random: &random)), space,
            parents: [])
        var lie = try key.sealed(to: [person.box.publicKey], random: &random)
        lie[0].box = try SealedBox.seal(other.secret, to: person.box.publicKey, random: &random)
        let forged = try person.issue(.keyShare(id: key.id, sealed: lie), space, parents: [])
        var keys = ContentKeys(space: space)
        keys.learn(from: forged, box: person.box)
        #expect(keys[key.id] == nil && keys[other.id] == nil)
        keys.learn(from: honest, box: person.box)
        #expect(try #require(keys[key.id]).secret == key.secret)
    }
}
