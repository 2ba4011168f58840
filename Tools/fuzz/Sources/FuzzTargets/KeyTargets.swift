import DunlinCredentials
import DunlinEncoding
import DunlinKeys

enum KeyTargets {
    struct Person {
        let signing: SigningKey, box: AgreementKey, chain: CertificateChain

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed)
            let identity = made { try SigningKey.make(random: &random) }
            let signing = made { try SigningKey.make(random: &random) }
            let box = made { try AgreementKey.make(random: &random) }
            self.signing = signing
            self.box = box
            chain = made {
                try CertificateChain([
                    .issue(
                        identity: identity.publicKey, device: signing.publicKey, box: box.publicKey,
                        serial: 0,
                        signingWith: identity)
                ])
            }
        }
    }

    static let space = Digest.blake2b([1, 2, 3])

    static func binding(_ person: Person, seed: UInt64) -> DeviceBinding {
        var random = SeededRandom(seed: seed)
        return made {
            try DeviceBinding.issue(
                space: space, identity: person.chain.identity, control: .make(random: &random),
                data: .make(random: &random), noise: AgreementKey.make(random: &random).publicKey,
                signingWith: person.signing)
        }
    }

    static let founder = Person(seed: 1), guest = Person(seed: 2)
    static let genesis = issue(
        .genesis(Admission(chain: founder.chain, binding: binding(founder, seed: 3))), by: founder,
        parents: [])

    private static func issue(_ body: CredentialBody, by person: Person, parents: [CredentialID])
        -> Credential
    {
        made {
            try Credential.issue(
                body, space: space, parents: parents, identity: person.chain.identity,
                device: person.chain.device,
                signingWith: person.signing)
        }
    }

    /// Several credentials for one set.
    static func credential(_ input: [UInt8]) {
        var set = CredentialSet(space: space, genesis: genesis.id)
        _ = set.insert(genesis)
        var keys = ContentKeys(space: space)
        for bytes in messages(input) {
            guard let credential = try? Credential(decoding: bytes) else { continue }
            precondition(credential.encoded == bytes, "accepted bytes are not the canonical ones")
            keys.learn(from: credential, box: guest.box)
            _ = set.insert(credential)
        }
        precondition(set.members().members.count <= set.count, "more members than credentials")
        precondition(set.members(at: set.heads) == set.members(), "the view at the heads is another")
    }

    static var credentialSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 4)
        let key = ContentKey.make(random: &random)
        let rotate = issue(
            .keyRotate(
                made {
                    try KeyRotation(
                        to: key, sealedTo: [founder.box.publicKey, guest.box.publicKey], wrapping: [],
                        space: space, random: &random)
                }),
            by: founder, parents: [genesis.id])
        let admit = issue(
            .admit(Admission(chain: guest.chain, binding: binding(guest, seed: 5)), .editor), by: founder,
            parents: [rotate.id])
        let share = issue(
            .keyShare(
                id: key.id, sealed: made { try key.sealed(to: [guest.box.publicKey], random: &random) }),
            by: guest, parents: [admit.id])
        return [joined([genesis.encoded]), joined([rotate.encoded, admit.encoded, share.encoded])]
    }

    static func keyring(_ input: [UInt8]) {
        _ = try? Keyring(opening: input, passphrase: SecretBytes(copying: [1]))
    }

    static var keyringSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 6)
        return [
            made {
                var keyring = try Keyring(
                    passphrase: SecretBytes(copying: [1]), profile: .test, random: &random)
                try keyring.set("device", to: SecretBytes(copying: [1, 2, 3]))
                return try keyring.sealed(random: &random)
            }
        ]
    }

    static func words(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        if let phrase = try? SeedPhrase(parsing: text) {
            precondition((try? SeedPhrase(parsing: phrase.words.joined(separator: " "))) != nil)
        }
        func failure(_ body: () throws(SeedPhraseError) -> SeedPhrase) -> SeedPhraseError? {
            do throws(SeedPhraseError) { _ = try body() } catch { return error }
            return nil
        }
        let secret = SecretBytes(copying: Array(text.utf8))
        precondition(
            failure { () throws(SeedPhraseError) in try SeedPhrase(parsing: text) }
                == failure { () throws(SeedPhraseError) in try SeedPhrase(parsing: secret) },
            "a phrase reads in another way from a secret")
        if let key = try? DIDKey.decode(text) {
            precondition(DIDKey.encode(key) == text, "two names for one key")
        }
    }

    static var wordSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 7)
        return [
            Array(made { try SeedPhrase.make(random: &random) }.words.joined(separator: " ").utf8),
            Array(DIDKey.encode(founder.chain.identity).utf8), Array("abandon abandon about".utf8),
        ]
    }

    private static let secret = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
    private static let place = BlockEnvelope.Place(space: space, feed: founder.chain.device, sequence: 3)
    private static let contentKey = ContentKey(secret)

    static func envelope(_ input: [UInt8]) {
        var keys = ContentKeys(space: space)
        keys.add(contentKey)
        _ = try? BlockEnvelope.open(input, at: place, keys: keys, secret: secret)
        for size in [64, 256] { _ = try? Padding.unpad(input, blockSize: size) }
        _ = BlockEnvelope.isControlKeyed(input)
    }

    static var envelopeSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 8)
        return [
            made { try BlockEnvelope.seal([1, 2, 3], at: place, key: contentKey, random: &random) },
            made { try BlockEnvelope.sealControl([4, 5], at: place, secret: secret, random: &random) },
            Padding.pad([1, 2, 3], blockSize: 64),
        ]
    }

    // MARK: Presentations

    private static let audience = "notes.example"
    private static let nonce = [UInt8](repeating: 9, count: 16)

    /// As it is, and with a signature that fits what it says, so that more than the signature is asked.
    static func presentation(_ input: [UInt8]) {
        check(input)
        guard let items = try? CBORValue(decoding: input).asArray(), let first = items.first,
            let signature = try? guest.signing.sign(first.encoded(), purpose: .presentation)
        else { return }
        check(CBORValue.array([first, signature.encodedValue]).encoded())
    }

    private static func check(_ bytes: [UInt8]) {
        guard
            let presentation = try? Presentation(
                verifying: bytes, audience: audience, nonce: nonce, now: 1_000_000)
        else { return }
        precondition(presentation.encoded == bytes, "accepted bytes are not the canonical ones")
        precondition(presentation.audience == audience && presentation.nonce == nonce)
        precondition(presentation.expiry > 1_000_000, "an expired presentation was taken")
        precondition(
            presentation.expiry - presentation.issued <= Presentation.lifetimeLimit, "it lasts too long")
        precondition(presentation.chain.device == guest.chain.device, "somebody else's was made")
    }

    static var presentationSeeds: [[UInt8]] {
        [(audience, nonce, 999_000), (audience, nonce, 1), ("other", nonce, 999_000)].map {
            (audience, nonce, issued) in
            made {
                try Presentation.issue(
                    guest.chain, audience: audience, nonce: nonce, issued: issued, lifetime: 60_000,
                    signingWith: guest.signing)
            }.encoded
        }
    }
}
