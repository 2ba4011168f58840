import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinObjects
import DunlinSpaces

extension Village {
    // MARK: What people do

    /// A new peer; with an identity of its own unless it is to become a device of another.
    public mutating func addPeer(withIdentity: Bool = true) throws -> Int {
        let number = peers.count
        let stream = RandomStream(seed: seed, name: "disk/\(number)")
        var random = SeededRandom(seed: seed ^ UInt64(number + 1) << 40)
        peers.append(Peer(random: &random))
        nodes.append(Node(disk: VirtualDisk(random: stream), random: random))
        peers[number].setListening(port: UInt16(number + 1), addresses: [Self.address(number)])
        introduce(number)
        if withIdentity {
            let device = try Self.device(&keys)
            nodes[number].device = device
            try peers[number].setDevice(device)
        }
        return number
    }

    /// A device of a new identity.
    private static func device(_ random: inout SeededRandom) throws -> LocalDevice {
        let identity = try SigningKey.make(random: &random)
        let signing = try SigningKey.make(random: &random), box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        return LocalDevice(signing: signing, box: box, chain: chain)
    }

    /// Opens a peer's store of a space.
    mutating func store(_ space: SpaceID, of peer: Int) throws(SpaceError) -> VirtualSpaceStore {
        do {
            let store = try VirtualSpaceStore(disk: nodes[peer].disk, file: "\(space)")
            nodes[peer].stores[space] = store
            return store
        } catch { throw .store(error) }
    }

    /// A space founded by a peer.
    public mutating func createSpace(_ peer: Int, named name: String = "Trip") throws -> SpaceID {
        guard let id = SpaceID(bytes: keys.bytes(32)) else { throw SpaceError.noIdentity }
        let secrets = try SpaceSecrets.make(space: id, secret: keys.secret(32), random: &keys)
        nodes[peer].spaces[id] = secrets
        try attempt(peer) { (village) throws(SpaceError) in
            let store = try village.store(id, of: peer)
            try village.peers[peer].createSpace(
                named: name, secrets: secrets, store: store, random: &village.nodes[peer].random)
        }
        return id
    }

    /// An id for a new object.
    public mutating func object() throws -> ObjectID {
        guard let id = ObjectID(bytes: keys.bytes(16)) else { throw SpaceError.noIdentity }
        return id
    }

    /// Edits an object as a peer; durable when it returns.
    public mutating func edit(
        _ peer: Int, _ space: SpaceID, _ object: ObjectID,
        _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        try commit(peer, space) { transaction throws(SpaceError) in try transaction.edit(object, body) }
    }

    /// Edits several objects in one transaction.
    public mutating func commit(
        _ peer: Int, _ space: SpaceID, _ body: (inout SpaceTransaction) throws(SpaceError) -> Void
    ) throws {
        let clock = wallClock(of: peer)
        try attempt(peer) { (village) throws(SpaceError) in
            try village.peers[peer].commit(
                to: space, wallClock: clock, random: &village.nodes[peer].random, body)
        }
    }

    /// Does something at a peer's place; a failing power ends it.
    mutating func attempt(_ peer: Int, _ body: (inout Village) throws(SpaceError) -> Void) throws {
        guard nodes[peer].isRunning else { throw VillageError.isOff(peer: peer) }
        do throws(SpaceError) { try body(&self) } catch {
            if nodes[peer].disk.isOff {
                crash(peer)
                throw VillageError.isOff(peer: peer)
            }
            planFlush(peer)
            throw error
        }
        planFlush(peer)
    }

    /// Tells a peer where everybody else is, unless there is a rendezvous to ask.
    mutating func meetAll(_ peer: Int, in space: SpaceID) {
        guard rendezvous == nil else { return }
        for other in peers.indices where other != peer {
            peers[peer].addCandidate(Self.address(other), for: space)
        }
    }
}
