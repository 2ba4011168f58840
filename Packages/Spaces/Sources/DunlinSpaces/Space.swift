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
    private var batch = SpaceBatch()
    /// Feeds that grew since the last flush, with the length before.
    private var grown: [PublicSigningKey: UInt64] = [:]
    /// The next transaction of a feed that waits for something, already opened.
    private var waiting: [PublicSigningKey: (sequence: UInt64, transaction: Transaction)] = [:]
    private var viewCache: (heads: [Digest], view: MembershipView)?

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
        control = ControlPipeline(
            space: secrets.space, genesis: genesis, secret: secrets.secret, box: device.box)
        do throws(StoreError) {
            for descriptor in try store.feeds() {
                feeds[descriptor.feed] = try store.state(of: descriptor.feed)
            }
        } catch { throw .store(error) }
        isUnsettled = try metadata("unsettled") != nil
        if let bundle = try metadata("admission") {
            control.insert(admission: try Self.decodeAdmission(bundle))
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
        random: inout some RandomSource
    ) throws(SpaceError) -> Space {
        let key = ContentKey.make(random: &random)
        var space: Space
        do {
            let genesis = try Credential.issue(
                .genesis(device.chain, secrets.binding(device.signing)), space: secrets.space, parents: [],
                identity: device.identity, device: device.id, signingWith: device.signing)
            // What makes it a space is written together with its first credentials, or not at all.
            space = try Space(secrets: secrets, store: store, device: device, genesis: genesis.id, name: name)
            space.setMetadata("name", Array(name.utf8))
            space.setMetadata("genesis", genesis.id.bytes)
            let rotate = try Credential.issue(
                .keyRotate(
                    id: key.id, wrapped: [], sealed: key.sealed(to: [device.box.publicKey], random: &random)),
                space: secrets.space, parents: [], identity: device.identity, device: device.id,
                signingWith: device.signing)
            space.feeds[secrets.control.publicKey] = FeedState(space.descriptor(.control))
            try space.appendControl([genesis, rotate], key: key, random: &random)
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as KeyError {
            throw .key(error)
        } catch let error as SpaceError {
            throw error
        } catch { throw .damagedMetadata(key: "genesis") }
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
        batch.metadata["admission"] = encodeAdmission(bundle.credentials)
        do { try store.commit(batch) } catch { throw .store(error) }
        return try Space(secrets: secrets, store: store, device: device)
    }

    private func descriptor(_ purpose: FeedPurpose) -> FeedDescriptor {
        FeedDescriptor(
            space: id, device: device.id,
            feed: purpose == .control ? secrets.control.publicKey : secrets.data.publicKey, purpose: purpose)
    }

    func metadata(_ key: String) throws(SpaceError) -> [UInt8]? {
        do { return try store.metadata(key) } catch { throw .store(error) }
    }

    private static func encodeAdmission(_ entries: [AdmissionBundle.Entry]) -> [UInt8] {
        CBORValue.array(
            entries.map { .array([$0.feed.encodedValue, .unsigned($0.sequence), .bytes($0.credential)]) }
        ).encoded()
    }

    private static func decodeAdmission(_ bytes: [UInt8]) throws(SpaceError) -> [AdmissionBundle.Entry] {
        do throws(CBORError) {
            var entries: [AdmissionBundle.Entry] = []
            for item in try CBORValue(decoding: bytes, limits: .userData).asArray() {
                let parts = try item.asArray(count: 3)
                entries.append(
                    AdmissionBundle.Entry(
                        feed: try PublicSigningKey(parts[0]), sequence: try parts[1].asUnsigned(),
                        credential: try parts[2].asBytes()))
            }
            return entries
        } catch { throw .damagedMetadata(key: "admission") }
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

    // MARK: Members

    var role: Role? { control.view.role(of: device.id) }

    func demand(_ needed: Role) throws(SpaceError) {
        guard let role, role >= needed else { throw .notAllowed(needs: needed, has: role) }
    }

    /// The key to write with: that of the deepest rotation that is known here.
    private func writingKey() throws(SpaceError) -> ContentKey {
        for id in control.credentials.keyPreference() { if let key = control.keys[id] { return key } }
        throw .noContentKey(id)
    }

    /// Lengths of every feed that belongs to the space.
    var lengths: [PublicSigningKey: UInt64] { feeds.mapValues(\.length) }

    /// This device has signed more than is here.
    var isBehindOwnHeads: Bool {
        [secrets.control.publicKey, secrets.data.publicKey].contains { feed in
            guard let state = feeds[feed], let head = state.head else { return false }
            return head.length > state.length
        }
    }

    /// The feeds that this device writes, with their length here.
    var ownFeeds: [(feed: PublicSigningKey, length: UInt64)] {
        [secrets.control.publicKey, secrets.data.publicKey].map { ($0, feeds[$0]?.length ?? 0) }
    }

    /// Issues an admission and shares the content keys with the newcomer.
    mutating func admit(
        _ request: AdmissionRequest, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> CertificateChain? {
        if let known = control.view.device(request.guest.device) {
            // It was admitted before and missed the answer.
            guard known.binding == request.binding else { throw .invitation(.alreadyMember) }
            return request.guest.chain == nil ? known.chain : nil
        }
        var chain: CertificateChain?
        let body: CredentialBody
        do {
            if let guest = request.guest.chain {
                guard control.view.members[guest.identity] == nil else {
                    throw SpaceError.invitation(.alreadyMember)
                }
                body = .admit(guest, request.binding, request.role)
            } else {
                let certificate = try DeviceCertificate.issue(
                    identity: device.identity, device: request.guest.device, box: request.guest.box,
                    serial: UInt64(control.credentials.count), signingWith: device.signing)
                let made = try CertificateChain(device.chain.certificates + [certificate])
                chain = made
                body = .deviceAdmit(made, request.binding)
            }
            var issued = [try issue(body)]
            for key in control.keys.all {
                issued.append(
                    try issue(
                        .keyShare(id: key.id, sealed: key.sealed(to: [request.guest.box], random: &random)),
                        after: issued))
            }
            try appendControl(issued, key: writingKey(), random: &random)
        } catch let error as SpaceError {
            throw error
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .damagedMetadata(key: "admission") }
        _ = try takeControl(secrets.control.publicKey)
        return chain
    }

    private func issue(_ body: CredentialBody, after: [Credential] = []) throws(CredentialError) -> Credential
    {
        // What precedes in the same feed is an implicit parent.
        let own = control.lastCredential[secrets.control.publicKey]
        let heads = after.isEmpty ? control.credentials.heads.filter { $0 != own } : []
        return try Credential.issue(
            body, space: id, parents: Array(heads.prefix(Credential.parentLimit)), identity: device.identity,
            device: device.id, signingWith: device.signing)
    }

    private mutating func appendControl(
        _ credentials: [Credential], key: ContentKey, random: inout some RandomSource
    ) throws(SpaceError) {
        let feed = secrets.control.publicKey
        var state = feeds[feed] ?? FeedState(descriptor(.control))
        var blocks: [[UInt8]] = []
        do {
            for (offset, credential) in credentials.enumerated() {
                let place = BlockEnvelope.Place(
                    space: id, feed: feed, sequence: state.length + UInt64(offset))
                blocks.append(
                    credential.body.carriesKeys
                        ? try BlockEnvelope.sealControl(
                            credential.encoded, at: place, secret: secrets.secret, random: &random)
                        : try BlockEnvelope.seal(credential.encoded, at: place, key: key, random: &random))
            }
            stage(try state.append(blocks, signingWith: secrets.control), state)
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as FeedError {
            throw .feed(error)
        } catch { throw .damagedMetadata(key: "control") }
        _ = try flush()
    }

    func bundle(chain: CertificateChain?) -> AdmissionBundle {
        AdmissionBundle(
            secret: secrets.secret, name: name, credentials: control.admissionEntries(), chain: chain)
    }

    // MARK: Storing

    private mutating func stage(_ write: FeedWrite, _ state: FeedState) {
        let feed = write.descriptor.feed
        if grown[feed] == nil { grown[feed] = write.start }
        feeds[feed] = state
        if let last = batch.feeds.last, last.descriptor.feed == feed, last.end == write.start {
            batch.feeds[batch.feeds.count - 1].blocks += write.blocks
            batch.feeds[batch.feeds.count - 1].nodes += write.nodes
            batch.feeds[batch.feeds.count - 1].head = write.head
        } else {
            batch.feeds.append(write)
        }
    }

    mutating func setMetadata(_ key: String, _ value: [UInt8]?) { batch.metadata[key] = .some(value) }

    /// Makes everything that was staged durable.
    /// - Returns: the feeds that grew, with their length before.
    mutating func flush() throws(SpaceError) -> [PublicSigningKey: UInt64] {
        guard !batch.isEmpty else { return [:] }
        do { try store.commit(batch) } catch { throw .store(error) }
        batch = SpaceBatch()
        defer { grown = [:] }
        unreported.merge(grown) { min($0, $1) }
        return grown
    }

    /// Feeds that grew and of which sessions have not been told.
    private var unreported: [PublicSigningKey: UInt64] = [:]

    mutating func takeUnreported() -> [PublicSigningKey: UInt64] {
        defer { unreported = [:] }
        return unreported
    }

    /// Verifies blocks from another peer and stages them.
    mutating func accept(_ slice: FeedSlice, feed: PublicSigningKey) throws(FeedError) {
        guard var state = feeds[feed] else { return }
        // Nobody else writes one's own feeds; blocks of them coming back are from before a restore.
        let write = try state.accept(slice)
        stage(write, state)
    }

    /// Brings object rows up to date with what was applied.
    mutating func checkpoint() throws(SpaceError) {
        guard data.appliedSinceCheckpoint > 0 else { return }
        batch.objects = data.objects.rows()
        batch.metadata["checkpoint"] = data.checkpoint()
        _ = try flush()
        data.checkpointed()
    }

    // MARK: Advancing

    /// Takes what became durable: credentials first, then transactions, until nothing more can be applied.
    mutating func advance() throws(SpaceError) -> Changes {
        // Only what is on the disk is applied: what is applied may be built upon and told.
        _ = try flush()
        var changes = Changes()
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for feed in feeds.keys.sorted() where feeds[feed]?.descriptor.purpose == .control {
                if try takeControl(feed) { isProgressing = true }
            }
            // Credentials of this device were taken when they were issued; their feeds are new all the same.
            let admitted = try admitFeeds()
            changes.newFeeds += admitted
            if isProgressing || !admitted.isEmpty { changes.membersChanged = true }
        }
        changes.objects = try takeData()
        return changes
    }

    /// Opens the feeds of present devices.
    @discardableResult
    private mutating func admitFeeds() throws(SpaceError) -> [PublicSigningKey] {
        var new: [PublicSigningKey] = []
        for device in control.view.devices {
            for (feed, purpose) in [
                (device.binding.control, FeedPurpose.control), (device.binding.data, .data),
            ]
            where feeds[feed] == nil {
                feeds[feed] = FeedState(
                    FeedDescriptor(space: id, device: device.id, feed: feed, purpose: purpose))
                new.append(feed)
            }
        }
        return new
    }

    private mutating func takeControl(_ feed: PublicSigningKey) throws(SpaceError) -> Bool {
        let position = control.positions[feed] ?? 0
        let end = feeds[feed]?.length ?? 0
        guard position < end, let device = feeds[feed]?.descriptor.device,
            batch.feeds.allSatisfy({ $0.descriptor.feed != feed })
        else { return false }
        do throws(StoreError) {
            let blocks = try store.blocks(of: feed, position..<end)
            return control.take(blocks, feed: feed, device: device) > 0
        } catch { throw .store(error) }
    }

    private mutating func takeData() throws(SpaceError) -> Set<ObjectID> {
        var changed: Set<ObjectID> = []
        let dataFeeds = feeds.values.filter { $0.descriptor.purpose == .data }.map(\.descriptor.feed).sorted()
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for feed in dataFeeds where try takeData(feed, &changed) { isProgressing = true }
        }
        return changed
    }

    /// Applies as many blocks of a feed as can be.
    private mutating func takeData(
        _ feed: PublicSigningKey, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        var progressed = false
        while true {
            let sequence = data.graph.appliedLength(of: feed)
            let end = feeds[feed]?.length ?? 0
            guard sequence < end, !data.isHeld(feed) else { return progressed }
            if waiting[feed]?.sequence != sequence {
                let limit = min(end, sequence + 64)
                let blocks: [[UInt8]]
                do { blocks = try store.blocks(of: feed, sequence..<limit) } catch { throw .store(error) }
                for (offset, block) in blocks.enumerated() {
                    let number = sequence + UInt64(offset)
                    if data.isHeld(feed) { return progressed }
                    guard try take(block, feed: feed, sequence: number, &changed) else { return progressed }
                    progressed = true
                }
            } else if let item = waiting[feed] {
                guard try apply(item.transaction, feed: feed, sequence: sequence, &changed) else {
                    return progressed
                }
                progressed = true
            }
        }
    }

    private mutating func take(
        _ block: [UInt8], feed: PublicSigningKey, sequence: UInt64, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        switch open(block, feed: feed, sequence: sequence) {
        case .transaction(let transaction):
            return try apply(transaction, feed: feed, sequence: sequence, &changed)
        case .missingKey: return false
        case .unreadable:
            try data.applyEmpty(feed: feed)
            return true
        }
    }

    private enum Opened {
        case transaction(Transaction)
        case missingKey
        case unreadable
    }

    private func open(_ block: [UInt8], feed: PublicSigningKey, sequence: UInt64) -> Opened {
        do throws(CredentialError) {
            let plaintext = try BlockEnvelope.open(
                block, at: BlockEnvelope.Place(space: id, feed: feed, sequence: sequence), keys: control.keys,
                secret: secrets.secret)
            guard let transaction = try? Transaction(decoding: plaintext) else { return .unreadable }
            return .transaction(transaction)
        } catch {
            if case .missingKey = error { return .missingKey }
            return .unreadable
        }
    }

    /// Applies the next transaction of a feed; false when it has to wait.
    private mutating func apply(
        _ transaction: Transaction, feed: PublicSigningKey, sequence: UInt64, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        for reference in transaction.dependencies {
            guard data.graph.appliedLength(of: reference.feed) >= reference.length,
                try treeHash(reference.feed, reference.length) == reference.treeHash
            else {
                waiting[feed] = (sequence, transaction)
                return false
            }
        }
        let heads = data.heads(of: transaction, feed: feed)
        guard let view = view(at: heads) else {
            waiting[feed] = (sequence, transaction)
            return false
        }
        waiting[feed] = nil
        let isAuthorised = isAuthorised(feed, view)
        let objects = try data.apply(transaction, feed: feed, isAuthorised: isAuthorised, store: store)
        changed.formUnion(objects)
        return true
    }

    private func isAuthorised(_ feed: PublicSigningKey, _ view: MembershipView) -> Bool {
        guard let writer = feeds[feed]?.descriptor.device, let role = view.role(of: writer), role >= .editor
        else {
            return false
        }
        return view.device(writer)?.binding.data == feed
    }

    private mutating func view(at heads: [Digest]) -> MembershipView? {
        if let viewCache, viewCache.heads == heads { return viewCache.view }
        guard !heads.isEmpty, let view = control.credentials.members(at: heads) else { return nil }
        viewCache = (heads, view)
        return view
    }

    private func treeHash(_ feed: PublicSigningKey, _ length: UInt64) throws(SpaceError) -> Digest {
        if let state = feeds[feed], state.length == length { return state.frontier.treeHash }
        do { return try store.treeHash(of: feed, length: length) } catch { throw .store(error) }
    }

    // MARK: Writing

    /// Seals a transaction of this device as the next block of its data feed and makes it durable.
    ///
    /// The changes were made on the documents already.
    mutating func commit(
        _ changes: [ObjectChange], wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let feed = secrets.data.publicKey
        var state = feeds[feed] ?? FeedState(descriptor(.data))
        var references: [BlockReference] = []
        for head in data.graph.heads(besides: feed) {
            references.append(
                BlockReference(
                    feed: head.feed, length: head.length, treeHash: try treeHash(head.feed, head.length)))
        }
        references.sort()
        let heads = control.credentials.heads
        let newHeads = heads == data.controlHeads[feed] ? nil : heads
        let transaction = Transaction(
            dependencies: references, controlHeads: newHeads, wallClock: wallClock, changes: changes)
        let plaintext = transaction.encoded()
        let limit = FeedState.blockByteLimit - 1_024
        guard plaintext.count <= limit else {
            throw .commitTooLarge(byteCount: plaintext.count, limit: limit)
        }
        do {
            let block = try BlockEnvelope.seal(
                plaintext, at: BlockEnvelope.Place(space: id, feed: feed, sequence: state.length),
                key: writingKey(), random: &random)
            let write = try state.append([block], signingWith: secrets.data)
            let before = feeds[feed]
            stage(write, state)
            do throws(SpaceError) { _ = try flush() } catch {
                // Nothing of it is on the disk: the feed is as it was.
                feeds[feed] = before
                batch.feeds.removeAll { $0.descriptor.feed == feed }
                grown[feed] = nil
                throw error
            }
        } catch let error as SpaceError {
            throw error
        } catch let error as FeedError {
            throw .feed(error)
        } catch let error as CredentialError {
            throw .credential(error)
        } catch { throw .damagedMetadata(key: "block") }
        try data.appendOwn(feed: feed, references: references, controlHeads: newHeads)
    }

    /// Number of the first event of this device's next block.
    var nextEvent: UInt64 { (feeds[secrets.data.publicKey]?.length ?? 0) << 32 }

    // MARK: Objects

    /// Ids of objects that are not deleted, of one type when given, in id order.
    mutating func objectIDs(type: UTF8String?) throws(SpaceError) -> [ObjectID] {
        var ids: Set<ObjectID>
        do { ids = Set(try store.objectIDs(type: type)) } catch { throw .store(error) }
        for item in data.objects.pending {
            if type == nil || item.type == type { ids.insert(item.id) } else { ids.remove(item.id) }
        }
        var present: [ObjectID] = []
        for id in ids.sorted() {
            let document = try data.objects.document(id, store: store)
            if !document.isDeleted, !document.isEmpty { present.append(id) }
        }
        return present
    }

    /// One hash over the canonical state of all objects: equal on peers that applied the same blocks.
    mutating func stateHash() throws(SpaceError) -> Digest {
        var ids: Set<ObjectID>
        do { ids = Set(try store.objectIDs(type: nil)) } catch { throw .store(error) }
        for item in data.objects.pending { ids.insert(item.id) }
        var writer = ByteWriter()
        for id in ids.sorted() {
            writer.raw(id.bytes)
            writer.raw(Digest.blake2b(try data.objects.document(id, store: store).canonicalState()).bytes)
        }
        return Digest.blake2b(writer.bytes)
    }

    /// Builds objects anew from the feeds: derived state is never the truth.
    /// - Parameter only: one object; nil for all that were ever written.
    /// - Complexity: O(*n*) in the blocks of the space.
    func rebuilt(only: ObjectID? = nil) throws(SpaceError) -> [ObjectID: ObjectDocument] {
        var documents: [ObjectID: ObjectDocument] = [:]
        var heads: [PublicSigningKey: [Digest]] = [:]
        let graph = data.graph.graph
        for version in 0..<graph.count {
            let event = graph.event(at: version)
            let feed = PublicSigningKey(raw: event.replica.raw)
            let block: [UInt8]
            do { block = try store.blocks(of: feed, event.sequence..<event.sequence + 1)[0] } catch {
                throw .store(error)
            }
            guard case .transaction(let transaction) = open(block, feed: feed, sequence: event.sequence),
                let changes = DataPipeline.decoded(transaction.changes)
            else { continue }
            if let named = transaction.controlHeads { heads[feed] = named }
            guard let view = control.credentials.members(at: heads[feed] ?? []), isAuthorised(feed, view)
            else {
                continue
            }
            let outside = data.graph.outside(graph.parents(of: version))
            var number = event.sequence << 32
            for (id, change) in changes {
                if only == nil || id == only {
                    // Taken out while it changes, so that it is not copied.
                    var document = documents.removeValue(forKey: id) ?? ObjectDocument(id: id)
                    try? document.apply(
                        change, replica: event.replica, firstSequence: number,
                        parents: DataPipeline.parents(in: document, outside: outside, feed: feed))
                    documents[id] = document
                }
                number += UInt64(change.unitCount)
            }
        }
        return documents
    }
}
