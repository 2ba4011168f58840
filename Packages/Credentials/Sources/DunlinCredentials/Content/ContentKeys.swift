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
    /// What rotations have wrapped under each key, known or not.
    private var wrapped: [Digest: [WrappedKey]] = [:]
    /// Keys that each known key opens, as was tried.
    private var opens: [Digest: Set<Digest>] = [:]
    private let space: SpaceID

    /// No keys.
    public init(space: SpaceID) { self.space = space }

    /// The key of an id; nil when it is not known here.
    public subscript(id: Digest) -> ContentKey? { keys[id] }
    /// Keys that are known here.
    public var count: Int { keys.count }
    /// All keys, in the order of their ids.
    public var all: [ContentKey] { keys.values.sorted { $0.id < $1.id } }

    /// Adds a key that is known from elsewhere.
    public mutating func add(_ key: ContentKey) {
        guard keys[key.id] == nil else { return }
        keys[key.id] = key
        open(under: key.id)
    }

    /// Takes what a credential carries for the owner of `box`, and what is wrapped under keys that are known
    /// now or will be. A key is accepted only when it is the one that its id commits to.
    public mutating func learn(from credential: Credential, box: AgreementKey) {
        guard credential.space == space else { return }
        if case .keyShare(let id, let sealed) = credential.body { learn(id, sealed, box) }
        guard let rotation = credential.body.rotation else { return }
        if !rotation.wrapped.isEmpty {
            wrapped[rotation.key, default: []] += rotation.wrapped
            if keys[rotation.key] != nil { open(under: rotation.key) }
        }
        learn(rotation.key, rotation.sealed, box)
    }

    /// Keys from which all that are known here can be opened: what a newcomer has to be given.
    /// - Parameter preference: Ids of keys, those that are to be among the first first.
    /// - Complexity: O(*n* log *n*) in the keys.
    public func roots(preferring preference: [Digest]) -> [ContentKey] {
        var reached: Set<Digest> = []
        var roots: [ContentKey] = []
        for key in preference.compactMap({ keys[$0] }) + all where !reached.contains(key.id) {
            roots.append(key)
            var next = [key.id]
            while let id = next.popLast() {
                guard reached.insert(id).inserted else { continue }
                next += opens[id, default: []]
            }
        }
        return roots
    }

    private mutating func learn(_ id: Digest, _ sealed: [SealedKey], _ box: AgreementKey) {
        guard keys[id] == nil else { return }
        let tag = ContentKey.tag(box.publicKey, id)
        for item in sealed where item.tag == tag {
            guard let secret = try? SealedBox.open(item.box, with: box) else { continue }
            let key = ContentKey(secret)
            if key.id == id { add(key) }
        }
    }

    /// Opens what is wrapped under a key, and under what is found so.
    private mutating func open(under first: Digest) {
        var next = [first]
        while let id = next.popLast() {
            guard let key = keys[id] else { continue }
            for item in wrapped.removeValue(forKey: id) ?? [] {
                guard let secret = key.unwrap(item, space: space) else { continue }
                let older = ContentKey(secret)
                guard older.id == item.id else { continue }
                opens[id, default: []].insert(older.id)
                if keys[older.id] == nil {
                    keys[older.id] = older
                    next.append(older.id)
                }
            }
        }
    }
}
