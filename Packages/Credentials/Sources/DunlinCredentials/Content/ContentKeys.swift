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
        switch credential.body {
        case .keyRotate(let id, let wrapped, let sealed):
            learn(id, sealed, box)
            guard let key = keys[id] else { return }
            for item in wrapped where keys[item.id] == nil {
                let context = credential.space.bytes + id.bytes + item.id.bytes
                if let secret = try? XChaChaPoly.openSecret(
                    item.ciphertext, key: key.secret, nonce: item.nonce, associated: context)
                {
                    accept(secret, id: item.id)
                }
            }
        case .keyShare(let id, let sealed): learn(id, sealed, box)
        case .genesis, .admit, .deviceAdmit: break
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
