import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

/// One space as this device has it: feeds, members, keys and objects.
///
/// Changes are gathered in a batch; ``flush()`` makes them durable, and only then is anything said about
/// them.
struct Space {
    let id: SpaceID
    let secrets: SpaceSecrets
    let store: any SpaceStore
    let device: LocalDevice
    private(set) var name: String
    /// Put back from a copy, and no peer has told what was written since.
    private(set) var isUnsettled = false
    var feeds: [PublicSigningKey: FeedState] = [:]
    var control: ControlPipeline
    var data = DataPipeline()
    var batch = SpaceBatch()
    var inviteIndex = InviteIndex()
    /// Feeds that grew since the last flush, with the length before.
    var grown: [PublicSigningKey: UInt64] = [:]
    /// Feeds that grew and of which sessions have not been told.
    var unreported: [PublicSigningKey: UInt64] = [:]
    /// The next transaction of a feed that waits for something, already opened.
    var waiting: [PublicSigningKey: (sequence: UInt64, transaction: Transaction)] = [:]
    var referenceLimit = TransactionLimits.ownDependencies
    /// Credentials that are kept because they came ahead of their feeds.
    var introductions = IntroductionStore()

    /// When the content key in use was first seen here.
    var keyAge: KeyAge?
    var keyLifetime = KeyLifetime.standard
    /// Since when there is something to do with keys, and by how many credentials.
    var dutySince: (credentialCount: Int, time: Duration)?
    /// By so many credentials it was found out whose content is kept.
    var checkedCredentialCount = 0
    /// Admissions whose feeds are open.
    var admittedCount = 0
    /// Feeds that devices have named as where their credentials are; this device's own before any has.
    var controlFeeds: Set<PublicSigningKey>
    /// Feeds that devices have named as where their transactions are. One feed can be both.
    var dataFeeds: Set<PublicSigningKey> = []

    /// What ``advance()`` changed.
    struct Changes {
        var objects: Set<ObjectID> = []
        var newFeeds: [PublicSigningKey] = []
        var membersChanged = false
    }

    // MARK: Opening

    /// Opens a space from its store: members and keys from the control feeds, objects from the last
    /// checkpoint and the blocks after it.
    /// - Throws: ``SpaceError/unfinished(_:)`` when it was never founded or joined to the end.
    init(secrets: SpaceSecrets, store: any SpaceStore, device: LocalDevice) throws(SpaceError) {
        let genesis: CredentialID?, name: [UInt8]
        do {
            genesis = try store.metadata("genesis").flatMap { CredentialID(bytes: $0) }
            name = try store.metadata("name") ?? []
        } catch { throw .store(error) }
        guard let genesis else { throw .unfinished(secrets.space) }
        try self.init(
            secrets: secrets, store: store, device: device, genesis: genesis,
            name: String(decoding: name, as: UTF8.self))
    }

    private init(
        secrets: SpaceSecrets, store: any SpaceStore, device: LocalDevice, genesis: CredentialID, name: String
    ) throws(SpaceError) {
        id = secrets.space
        self.secrets = secrets
        self.store = store
        self.device = device
        self.name = name
        controlFeeds = [secrets.control.publicKey]
        control = ControlPipeline(
            space: secrets.space, genesis: genesis, secret: secrets.secret, device: device.id,
            box: device.box, control: secrets.control.publicKey)
        do throws(StoreError) {
            for descriptor in try store.feeds() {
                feeds[descriptor.feed] = try store.state(of: descriptor.feed)
            }
        } catch { throw .store(error) }
        isUnsettled = try metadata("unsettled") != nil
        keyAge = try metadata("key").map { (bytes) throws(SpaceError) in try KeyAge(decoding: bytes) }
        var introductions = IntroductionStore()
        control.expect(try introductions.load { (key) throws(SpaceError) in try metadata(key) })
        self.introductions = introductions
        if let named = try metadata(IntroductionStore.feedsKey) {
            controlFeeds.formUnion(try IntroductionStore.feeds(named))
        }
        if let checkpoint = try metadata("checkpoint") {
            data = try DataPipeline(checkpoint: checkpoint)
        } else {
            data.objects = ObjectCache(storeIsEmpty: true)
        }
        try admitFeeds()
        _ = try advance()
    }

    /// A new space with this device's identity as its founder.
    static func create(
        name: String, secrets: SpaceSecrets, store: any SpaceStore, device: LocalDevice,
        keys: IdentityKeys? = nil, random: inout some RandomSource
    ) throws(SpaceError) -> Space {
        let key = ContentKey.make(random: &random)
        var space: Space
        do {
            let genesis = try Credential.issue(
                .genesis(
                    Admission(chain: device.chain, binding: secrets.binding(of: device)),
                    recovery: keys?.recovery.publicKey),
                space: secrets.space, parents: [], identity: device.identity,
                device: keys == nil ? device.id : nil, signingWith: keys?.signing ?? device.signing)
            // What makes it a space is written together with its first credentials, or not at all.
            space = try Space(secrets: secrets, store: store, device: device, genesis: genesis.id, name: name)
            space.setMetadata("name", Array(name.utf8))
            space.setMetadata("genesis", genesis.id.bytes)
            let rotate = try Credential.issue(
                .keyRotate(
                    KeyRotation(
                        to: key,
                        sealedTo: [device.box.publicKey] + (keys.map { [$0.recovery.publicKey] } ?? []),
                        wrapping: [], space: secrets.space,
                        random: &random)),
                space: secrets.space, parents: [genesis.id], identity: device.identity, device: device.id,
                signingWith: device.signing)
            space.feeds[secrets.control.publicKey] = FeedState(
                FeedDescriptor(space: secrets.space, feed: secrets.control.publicKey))
            try space.appendControl([genesis, rotate], key: key, random: &random)
        } catch { throw SpaceError(error) }
        _ = try space.flush()
        _ = try space.advance()
        return space
    }

    /// A space that this device was let into.
    static func join(
        _ bundle: AdmissionBundle, secrets: SpaceSecrets, store: any SpaceStore, device: LocalDevice
    ) throws(SpaceError) -> Space {
        // The guest's machine has checked that the first credential is the genesis the key exchange named.
        guard let first = bundle.credentials.first, let genesis = try? Credential(decoding: first.credential)
        else {
            throw .invitation(.badMessage)
        }
        var batch = SpaceBatch()
        batch.metadata["name"] = Array(bundle.name.utf8)
        batch.metadata["genesis"] = genesis.id.bytes
        batch.metadata[IntroductionStore.key(0)] = IntroductionStore.encoded(bundle.credentials)
        do { try store.commit(batch) } catch { throw .store(error) }
        return try Space(secrets: secrets, store: store, device: device)
    }

    func metadata(_ key: String) throws(SpaceError) -> [UInt8]? {
        do { return try store.metadata(key) } catch { throw .store(error) }
    }

    // MARK: After a restore

    /// What the store holds may be older than what this device has sent: nothing is written until a peer was
    /// asked.
    mutating func unsettle() throws(SpaceError) {
        isUnsettled = true
        setMetadata("unsettled", [1])
        _ = try flush()
    }

    mutating func settle() {
        isUnsettled = false
        setMetadata("unsettled", nil)
    }
}
