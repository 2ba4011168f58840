import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects

/// A space as it is listed.
public struct SpaceSummary: Hashable, Sendable {
    /// The space.
    public var id: SpaceID
    /// Its name, as its founder or the host of the invitation called it.
    public var name: String
    /// What this device may do there; nil when it is no member, or not known to be one yet.
    public var role: Role?
    /// Identities that belong to it.
    public var memberCount: Int
    /// Devices of all of them.
    public var deviceCount: Int
}

/// What is known of another device's progress.
public struct LinkStatus: Hashable, Sendable {
    /// The device at the other end.
    public var device: DeviceID
    /// Whose device it is.
    public var identity: IdentityID?
    /// Whether both ends hold the same blocks.
    public var isInSync: Bool
    /// Blocks here that it is not known to hold.
    public var unconfirmedBlocks: UInt64
    /// Blocks it holds that are not here yet.
    public var missingBlocks: UInt64
    /// Bytes that wait to be sent to it.
    public var queuedByteCount: Int
}

extension Peer {
    // MARK: Spaces

    /// Founds a space.
    /// - Parameters:
    ///   - name: 1 to 256 bytes of UTF-8; members and guests see it.
    ///   - secrets: already kept safe; the space's id is in them.
    ///   - keys: The identity's own, for its own space: it signs the genesis itself, and gets every content
    ///     key.
    public mutating func createSpace(
        named name: String, secrets: SpaceSecrets, store: any SpaceStore, signedBy keys: IdentityKeys? = nil,
        random: inout some RandomSource
    ) throws(SpaceError) {
        guard let device else { throw .noIdentity }
        try Self.demandName(name)
        guard spaces[secrets.space] == nil else { throw .alreadyOpen(secrets.space) }
        spaces[secrets.space] = try Space.create(
            name: name, secrets: secrets, store: store, device: device, keys: keys, random: &random)
        candidates[secrets.space] = [:]
    }

    /// - Throws: ``SpaceError/badName(limit:)`` for a name that guests would refuse.
    public static func demandName(_ name: String) throws(SpaceError) {
        let limit = AdmissionBundle.nameLimit
        guard (1...limit).contains(name.utf8.count), InvitationClaim.isPresentable(name) else {
            throw .badName(limit: limit)
        }
    }

    /// Opens a space that was created or joined before.
    public mutating func openSpace(_ secrets: SpaceSecrets, store: any SpaceStore) throws(SpaceError) {
        guard let device else { throw .noIdentity }
        guard spaces[secrets.space] == nil else { throw .alreadyOpen(secrets.space) }
        spaces[secrets.space] = try Space(secrets: secrets, store: store, device: device)
        candidates[secrets.space] = [:]
        try loadInvitations(of: secrets.space)
    }

    /// Says that the stores were put back from a copy: in each space nothing is written until a peer was
    /// asked for what this device has sent since.
    public mutating func unsettle() throws(SpaceError) {
        for id in spaces.keys.sorted() { try spaces[id]?.unsettle() }
    }

    /// Says that no peer can know of more than is here.
    public mutating func settleAlone() throws(SpaceError) {
        for id in spaces.keys.sorted() {
            spaces[id]?.settle()
            _ = try spaces[id]?.flush()
        }
    }

    /// - Throws: ``SpaceError/unsettled(_:)`` while this device may have sent more than is here.
    func demandSettled(_ id: SpaceID) throws(SpaceError) {
        guard let space = spaces[id] else { throw .unknownSpace(id) }
        // What a peer merely claims to hold would let it silence this device; a signed head cannot be made
        // up.
        guard !space.isUnsettled, !space.isBehindOwnHeads else { throw .unsettled(id) }
    }

    /// A peer has told what it holds of this device's feeds, and all of it is here.
    mutating func settleSpaces() {
        for (_, link) in links.sorted(by: { $0.key < $1.key }) {
            guard case .space(let id) = link.purpose, let session = link.session, session.hasRemoteLengths,
                let space = spaces[id], space.isUnsettled,
                space.ownFeeds.allSatisfy({ session.remoteLengths[$0.feed] ?? 0 <= $0.length })
            else { continue }
            spaces[id]?.settle()
        }
    }

    /// Saves what is derived, so that the next opening is quick.
    public mutating func checkpoint(ifAppliedAtLeast blocks: Int = 1) throws(SpaceError) {
        for id in spaces.keys.sorted() where (spaces[id]?.data.appliedSinceCheckpoint ?? 0) >= blocks {
            try spaces[id]?.checkpoint()
        }
    }

    /// Every open space, in the order of ids.
    public var spaceSummaries: [SpaceSummary] {
        spaces.values.map { space in
            let view = space.control.view
            return SpaceSummary(
                id: space.id, name: space.name, role: space.role, memberCount: view.members.count,
                deviceCount: view.devices.count)
        }.sorted { $0.id < $1.id }
    }

    /// Who belongs to a space, seniors first.
    /// - Throws: ``SpaceError/unknownSpace(_:)``.
    public func members(of space: SpaceID) throws(SpaceError) -> [Member] {
        guard let space = spaces[space] else { throw .unknownSpace(space) }
        return space.control.view.membersByRank
    }

    /// Every device that is linked now.
    public func links(in space: SpaceID) throws(SpaceError) -> [LinkStatus] {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        return links.values.compactMap { link -> LinkStatus? in
            guard case .space(space) = link.purpose, let device = link.device, let session = link.session
            else {
                return nil
            }
            return LinkStatus(
                device: device, identity: own.control.view.device(device)?.identity,
                isInSync: session.isInSync,
                unconfirmedBlocks: session.unconfirmedBlocks, missingBlocks: session.missingBlocks,
                queuedByteCount: link.connection.queuedByteCount)
        }.sorted { $0.device < $1.device }
    }

    /// Blocks stored but not applied yet, for whatever reason.
    public func waitingBlocks(in space: SpaceID) throws(SpaceError) -> UInt64 {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        return own.dataFeeds.reduce(0) { sum, feed in
            sum + (own.feeds[feed]?.length ?? 0) - own.data.graph.appliedLength(of: feed)
        }
    }

    /// Blocks of data feeds applied so far.
    public func appliedLengths(in space: SpaceID) throws(SpaceError) -> [PublicSigningKey: UInt64] {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        return own.data.graph.lengths
    }

    /// Blocks of data feeds stored here.
    public func storedLengths(in space: SpaceID) throws(SpaceError) -> [PublicSigningKey: UInt64] {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        return own.feeds.filter { own.dataFeeds.contains($0.key) }.mapValues(\.length)
    }

    /// The key of this device's own data feed.
    public func ownDataFeed(in space: SpaceID) throws(SpaceError) -> PublicSigningKey {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        return own.secrets.data.publicKey
    }

    /// Applies blocks only below the lengths given for each feed; others are stored and wait. nil lifts it.
    public mutating func hold(
        _ limits: [PublicSigningKey: UInt64]?, in space: SpaceID
    ) throws(SpaceError) -> Set<ObjectID> {
        guard spaces[space] != nil else { throw .unknownSpace(space) }
        spaces[space]?.data.hold = limits
        let changed = try spaces[space]?.advance().objects ?? []
        tell(changed, changedIn: space)
        return changed
    }

    // MARK: Objects

    /// Makes several changes that become one block: durable when this returns, seen by others whole or not at
    /// all.
    /// - Throws: ``SpaceError``, or what `body` throws wrapped in it; then nothing was changed.
    public mutating func commit<R>(
        to id: SpaceID, wallClock: UInt64, random: inout some RandomSource,
        _ body: (inout SpaceTransaction) throws(SpaceError) -> R
    ) throws(SpaceError) -> R {
        // No second reference to the space may live on here: changing it would copy it, with a row for each
        // object.
        try demandSettled(id)
        try spaces[id]?.demand(.editor)
        // Before the changes are made: they are numbered by the block that they will stand in.
        try spaces[id]?.acknowledge(wallClock: wallClock, random: &random)
        guard let space = takeSpace(id) else { throw .unknownSpace(id) }
        var transaction = SpaceTransaction(consume space)
        let outcome: Result<R, SpaceError>
        do throws(SpaceError) { outcome = .success(try body(&transaction)) } catch {
            outcome = .failure(error)
        }
        var (own, changes, before) = transaction.finish()
        defer { spaces[id] = own }
        do throws(SpaceError) {
            let result = try outcome.get()
            guard !changes.isEmpty else { return result }
            try own.commit(changes, wallClock: wallClock, random: &random)
            tell(Set(changes.map(\.object)), changedIn: id)
            return result
        } catch {
            for (object, document) in before {
                if let document {
                    own.data.objects.replace(object, with: document)
                } else {
                    own.data.objects.replace(
                        object, with: try own.rebuilt(only: [object])[object] ?? ObjectDocument(id: object))
                }
            }
            throw error
        }
    }

    /// Takes a space out, so that changing it copies nothing.
    private mutating func takeSpace(_ id: SpaceID) -> Space? { spaces.removeValue(forKey: id) }

    /// Reads an object.
    public mutating func read<R>(
        _ object: ObjectID, in space: SpaceID, _ body: (ObjectDocument) -> R
    ) throws(SpaceError) -> R {
        guard spaces[space] != nil else { throw .unknownSpace(space) }
        guard let document = try spaces[space]?.document(object), !document.isEmpty, !document.isDeleted
        else {
            throw .unknownObject(object)
        }
        return body(document)
    }

    /// Ids of objects that are not deleted, of one type when given; without those of ``OwnedObject``.
    public mutating func objectIDs(in space: SpaceID, type: UTF8String?) throws(SpaceError) -> [ObjectID] {
        guard let ids = try spaces[space]?.objectIDs(type: type) else { throw .unknownSpace(space) }
        return ids.filter { !OwnedObject.isOwned($0) }
    }

    /// A hash over the canonical state of all objects.
    public mutating func stateHash(of space: SpaceID) throws(SpaceError) -> Digest {
        guard let hash = try spaces[space]?.stateHash() else { throw .unknownSpace(space) }
        return hash
    }

    /// Builds every object anew from the feeds and tells whether the bytes are the same as those kept, and
    /// whether everything that is saved can be read.
    public mutating func verifyDerivedState(of space: SpaceID) throws(SpaceError) -> Bool {
        guard let isSound = try spaces[space]?.savedObjectsAreSound() else { throw .unknownSpace(space) }
        guard isSound, let rebuilt = try spaces[space]?.rebuilt() else { return false }
        for id in try spaces[space]?.objectIDs(type: nil) ?? [] {
            let kept = try read(id, in: space) { $0.canonicalState() }
            if rebuilt[id]?.canonicalState() != kept { return false }
        }
        return true
    }
}
