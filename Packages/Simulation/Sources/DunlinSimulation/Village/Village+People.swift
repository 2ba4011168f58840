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

    // MARK: Invitations

    /// Invites `guest` into a space of `host`, lets it type the code, and waits until it is in.
    public mutating func invite(
        _ guest: Int, by host: Int, to space: SpaceID, kind: InvitationKind = .space, role: Role = .editor
    ) throws {
        try hand(guest, by: host, to: space, kind: kind, role: role)
        let isIn = try run(atMost: .seconds(30)) { village in
            village.peers[guest].spaceSummaries.contains { $0.id == space && $0.role != nil }
        }
        guard isIn else { throw VillageError.notAdmitted(guest: guest) }
    }

    /// Gives a guest the ticket and the code of a new invitation, and lets it begin.
    public mutating func hand(
        _ guest: Int, by host: Int, to space: SpaceID, kind: InvitationKind = .space, role: Role = .editor,
        mistakes: Int = 0
    ) throws {
        var made: (invitation: HostedInvitation, ticket: InvitationTicket)?
        let clock = wallClock(of: host)
        try attempt(host) { (village) throws(SpaceError) in
            made = try village.peers[host].invite(
                to: space, kind: kind, role: role, lifetime: 600_000, wallClock: clock,
                random: &village.nodes[host].random)
        }
        guard let made else { return }
        // Whoever is given a new ticket gives up on the old ones.
        for join in nodes[guest].joins.keys.sorted() { peers[guest].cancelJoin(join) }
        nodes[guest].joins = [:]
        nodes[guest].tickets = [:]
        let held = HeldTicket(ticket: made.ticket, code: made.invitation.code, mistakes: mistakes)
        nodes[guest].tickets[made.ticket.id] = held
        if nodes[guest].isRunning { try begin(held, guest) }
    }

    /// Begins to use a ticket, with keys that are kept first.
    mutating func begin(_ held: HeldTicket, _ guest: Int) throws(SpaceError) {
        let id = held.ticket.id
        // As a client does: keys of an attempt that came to no end are used again.
        let unfinished = nodes[guest].joinKeys.keys.filter { !nodes[guest].joins.values.contains($0) }
        let former = unfinished.contains(id) ? id : unfinished.min()
        let joinKeys =
            former.flatMap { nodes[guest].joinKeys.removeValue(forKey: $0) }
            ?? JoinKeys.make(random: &nodes[guest].random)
        nodes[guest].joinKeys[id] = joinKeys
        let join = try peers[guest].join(held.ticket, keys: joinKeys)
        nodes[guest].joins[join] = id
        planFlush(guest)
    }

    /// What the person at the guest does when an invitation goes on.
    mutating func follow(_ join: JoinID, _ state: JoinState, peer: Int) throws(SpaceError) {
        guard let id = nodes[peer].joins[join] else { return }
        switch state {
        case .codeNeeded:
            guard let held = nodes[peer].tickets[id] else { return }
            let isMistake = held.mistakes > 0
            if isMistake { nodes[peer].tickets[id]?.mistakes -= 1 }
            let wrong = held.code == "000000" ? "000001" : "000000"
            schedule.add(
                .typed(
                    code: isMistake ? wrong : held.code, join, peer: peer,
                    incarnation: nodes[peer].incarnation),
                at: now + .milliseconds(chance.number(in: 50...300)))
        case .admitted(let joined):
            let space = joined.secrets.space
            do throws(SpaceError) {
                let store = try store(space, of: peer)
                _ = try peers[peer].finishJoin(join, opening: { store }, keeping: {})
                if nodes[peer].device == nil { nodes[peer].device = joined.device }
                nodes[peer].spaces[space] = joined.secrets
            } catch {
                guard case .store(.full) = error else { throw error }
                // The person makes space and tries again.
                peers[peer].cancelJoin(join)
                nodes[peer].joins[join] = nil
                schedule.add(
                    .retry(id, peer: peer, incarnation: nodes[peer].incarnation), at: now + .seconds(5))
                return
            }
            nodes[peer].joins[join] = nil
            nodes[peer].tickets[id] = nil
            nodes[peer].joinKeys[id] = nil
            meetAll(peer, in: space)
            planFlush(peer)
        case .failed:
            nodes[peer].tickets[id] = nil
            nodes[peer].joins[join] = nil
        case .searching, .connected, .authenticating: break
        }
    }

    /// Tells a peer where everybody else is, unless there is a rendezvous to ask.
    mutating func meetAll(_ peer: Int, in space: SpaceID) {
        guard rendezvous == nil else { return }
        for other in peers.indices where other != peer {
            peers[peer].addCandidate(Self.address(other), for: space)
        }
    }
}
