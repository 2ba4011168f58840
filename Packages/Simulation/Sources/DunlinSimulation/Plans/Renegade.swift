import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// A member's keys in the hands of a program that keeps no rule: what it appends to its feeds is well signed,
/// and has to be found void by everybody else.
struct Renegade {
    private(set) var device: LocalDevice
    private(set) var secrets: SpaceSecrets
    private(set) var store: VirtualSpaceStore
    private(set) var keys: ContentKeys
    private(set) var credentials: CredentialSet
    private(set) var entries: [(feed: PublicSigningKey, sequence: UInt64, credential: Credential)] = []

    /// Reads the members and keys that the store holds; nil when it cannot read them.
    /// - Parameter mayBeStranger: Also a device that was taken out.
    init?(
        _ device: LocalDevice, _ secrets: SpaceSecrets, _ store: VirtualSpaceStore,
        mayBeStranger: Bool = false
    ) throws {
        self.device = device
        self.secrets = secrets
        self.store = store
        guard let genesis = try store.metadata("genesis").flatMap({ CredentialID(bytes: $0) }) else {
            return nil
        }
        credentials = CredentialSet(space: secrets.space, genesis: genesis)
        keys = ContentKeys(space: secrets.space)
        let feeds = try store.feeds()
        for _ in 0..<2 {
            // The keys may be in a feed behind those that need them.
            for feed in feeds { try readKeys(feed) }
        }
        var found = -1
        while found != credentials.count {
            found = credentials.count
            for feed in feeds { try readCredentials(feed) }
        }
        guard mayBeStranger || credentials.members().role(of: device.id) != nil, !keys.all.isEmpty else {
            return nil
        }
    }

    private func open(_ block: [UInt8], _ feed: PublicSigningKey, _ sequence: Int) -> Credential? {
        let place = BlockEnvelope.Place(space: secrets.space, feed: feed, sequence: UInt64(sequence))
        guard let bytes = try? BlockEnvelope.open(block, at: place, keys: keys, secret: secrets.secret) else {
            return nil
        }
        return try? Credential(decoding: bytes)
    }

    private func blocks(_ feed: FeedDescriptor) throws -> [[UInt8]] {
        try store.blocks(of: feed.feed, 0..<(try store.end(of: feed.feed)?.length ?? 0))
    }

    private mutating func readKeys(_ feed: FeedDescriptor) throws {
        for (sequence, block) in try blocks(feed).enumerated() {
            if let credential = open(block, feed.feed, sequence) {
                keys.learn(from: credential, box: device.box)
            }
        }
    }

    private mutating func readCredentials(_ feed: FeedDescriptor) throws {
        for (sequence, block) in try blocks(feed).enumerated() {
            guard let credential = open(block, feed.feed, sequence), !credentials.contains(credential.id)
            else {
                continue
            }
            guard case .added = credentials.insert(credential, isKept: false)
            else {
                continue
            }
            entries.append((feed.feed, UInt64(sequence), credential))
        }
    }

    /// The same knowledge with another device's keys.
    func handOver(to device: LocalDevice, _ secrets: SpaceSecrets, _ store: VirtualSpaceStore) -> Renegade {
        Renegade(self, device, secrets, store)
    }

    private init(
        _ other: Renegade, _ device: LocalDevice, _ secrets: SpaceSecrets, _ store: VirtualSpaceStore
    ) {
        self = other
        self.device = device
        self.secrets = secrets
        self.store = store
    }

    var role: Role? { credentials.members().role(of: device.id) }

    /// Appends a transaction that makes `object`, judged by the heads it names.
    func write(_ object: ObjectID, heads: [CredentialID], random: inout SeededRandom) throws {
        let feed = secrets.data.publicKey
        let number = (try store.end(of: feed)?.length ?? 0) << 32
        var document = ObjectDocument(id: object)
        let edited = try document.edit(replica: ReplicaID(raw: feed.raw), firstSequence: number) {
            (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.bool(true), at: "forbidden")
        }
        guard let change = edited.1 else { return }
        let transaction = Transaction(
            dependencies: [], controlHeads: heads.sorted(), wallClock: 0,
            changes: [ObjectChange(object: object, change: change.encoded())])
        guard let key = keys.all.first else { return }
        try append(with: secrets.data) { place in
            try BlockEnvelope.seal(transaction.encoded(), at: place, key: key, random: &random)
        }
    }

    /// Appends a credential of this device, valid or not.
    func issue(_ body: CredentialBody, random: inout SeededRandom) throws -> (
        PublicSigningKey, UInt64, Credential
    ) {
        let feed = secrets.control.publicKey
        let credential = try Credential.issue(
            body, space: secrets.space, parents: Array(credentials.heads.prefix(Credential.parentLimit)),
            identity: device.identity, device: device.id, signingWith: device.signing)
        guard let key = keys.all.first else { throw SpaceError.noContentKey(secrets.space) }
        let sequence = try store.end(of: feed)?.length ?? 0
        try append(with: secrets.control) { place in
            try credential.body.isControlKeyed
                ? BlockEnvelope.sealControl(
                    credential.encoded, at: place, secret: secrets.secret, random: &random)
                : BlockEnvelope.seal(credential.encoded, at: place, key: key, random: &random)
        }
        return (feed, sequence, credential)
    }

    private func append(
        with key: SigningKey, _ seal: (BlockEnvelope.Place) throws -> [UInt8]
    ) throws {
        let descriptor = FeedDescriptor(space: secrets.space, feed: key.publicKey)
        var state = try store.state(of: key.publicKey) ?? FeedState(descriptor)
        let place = BlockEnvelope.Place(space: secrets.space, feed: key.publicKey, sequence: state.length)
        var batch = SpaceBatch()
        batch.feeds = [try state.append([try seal(place)], signingWith: key)]
        try store.commit(batch)
    }
}
