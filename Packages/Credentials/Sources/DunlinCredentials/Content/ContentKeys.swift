import DunlinEncoding
import DunlinKeys

/// A key that blocks of a space are encrypted under. Its id commits to it.
public struct ContentKey: Sendable {
    /// H("key" || key).
    public let id: Digest
    /// The 32 bytes themselves.
    public let secret: SecretBytes

    /// A key that was made elsewhere.
    public init(_ secret: SecretBytes) {
        self.secret = secret
        id = Digest.blake2b("key", secret: secret)
    }

    /// A fresh key.
    public static func make(random: inout some RandomSource) -> ContentKey { ContentKey(random.secret(32)) }

    /// The key sealed to some devices.
    public func sealed(
        to boxes: [AgreementPublicKey], random: inout some RandomSource
    ) throws(KeyError) -> [SealedKey] {
        var sealed: [SealedKey] = []
        for box in boxes {
            sealed.append(
                SealedKey(
                    tag: Self.tag(box, id), box: try SealedBox.seal(secret, to: box, random: &random)))
        }
        return sealed
    }

    func wrap(
        _ older: ContentKey, space: SpaceID, random: inout some RandomSource
    ) throws(KeyError) -> WrappedKey {
        let nonce = random.bytes(XChaChaPoly.nonceByteCount)
        return WrappedKey(
            id: older.id, nonce: nonce,
            ciphertext: try XChaChaPoly.seal(
                secret: older.secret, key: secret, nonce: nonce, associated: wrapping(older.id, space)))
    }

    /// nil when the key does not open it.
    func unwrap(_ item: WrappedKey, space: SpaceID) -> SecretBytes? {
        try? XChaChaPoly.openSecret(
            item.ciphertext, key: secret, nonce: item.nonce, associated: wrapping(item.id, space))
    }

    private func wrapping(_ older: Digest, _ space: SpaceID) -> [UInt8] {
        space.bytes + id.bytes + older.bytes
    }

    static func tag(_ box: AgreementPublicKey, _ id: Digest) -> [UInt8] {
        Array(Digest.blake2b(box.bytes, id.bytes).bytes.prefix(8))
    }
}

/// The content keys of a space that this device knows.
public struct ContentKeys: Sendable {
    private var keys: [Digest: ContentKey] = [:]

    /// No keys.
    public init() {}

    /// The key of an id; nil when it is not known here.
    public subscript(id: Digest) -> ContentKey? { keys[id] }
    /// All keys, in the order of their ids.
    public var all: [ContentKey] { keys.values.sorted { $0.id < $1.id } }

    /// Adds a key that is known from elsewhere.
    public mutating func add(_ key: ContentKey) { keys[key.id] = key }

    /// Takes what a credential carries for the owner of `box`, and what is wrapped under keys that are known.
    /// A key is accepted only when it is the one that its id commits to.
    public mutating func learn(from credential: Credential, box: AgreementKey) {
        if case .keyShare(let id, let sealed) = credential.body { learn(id, sealed, box) }
        guard let rotation = credential.body.rotation else { return }
        learn(rotation.key, rotation.sealed, box)
        guard let key = keys[rotation.key] else { return }
        for item in rotation.wrapped where keys[item.id] == nil {
            if let secret = key.unwrap(item, space: credential.space) { accept(secret, id: item.id) }
        }
    }

    private mutating func learn(_ id: Digest, _ sealed: [SealedKey], _ box: AgreementKey) {
        guard keys[id] == nil else { return }
        let tag = ContentKey.tag(box.publicKey, id)
        for item in sealed where item.tag == tag {
            if let secret = try? SealedBox.open(item.box, with: box) { accept(secret, id: id) }
        }
    }

    private mutating func accept(_ secret: SecretBytes, id: Digest) {
        let key = ContentKey(secret)
        if key.id == id { keys[id] = key }
    }
}
