import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinReplication

/// A whole peer as a synchronous value: spaces, replication, invitations and the mesh.
///
/// It takes bytes, time and randomness and returns effects. A driver (the client over libuv and SQLite, or a
/// simulator) feeds it inputs, then asks for effects: everything staged is made durable first, so nothing is
/// said that a crash could take back.
///
/// `now` is a monotonic time since any origin; `wallClock` milliseconds since 1970.
public struct Peer {
    /// The device that this peer is; nil before it has an identity.
    public private(set) var device: LocalDevice?
    var spaces: [SpaceID: Space] = [:]
    var links: [ConnectionID: Link] = [:]
    /// Where peers of a space may be, and what became of dialling there.
    var candidates: [SpaceID: [PeerAddress: DialState]] = [:]
    var rendezvous: [RendezvousAddress: DialState] = [:]
    /// Topics joined at each rendezvous that is connected.
    var joined: [ConnectionID: Set<Digest>] = [:]
    /// How guests are told who invites them; not verified by anybody.
    public var displayName = ""
    var invitations: [InvitationID: (space: SpaceID, invitation: HostedInvitation)] = [:]
    /// Those that ended while this peer was running.
    var endedInvitations: [InvitationID: EndedInvitation] = [:]
    var joins: [JoinID: Join] = [:]
    /// Spaces of this identity that this device is on its way into.
    var arrivals: [SpaceID: ArrivalState] = [:]
    var introductionRests: [SpaceID: IntroductionRests] = [:]
    var toldOut: [SpaceID: ToldOut] = [:]
    /// Spaces of which a peer was met that has another founding under the same secret, which this identity
    /// itself has signed: its own, when it was begun anew from the phrase alone.
    public internal(set) var otherFoundings: Set<SpaceID> = []
    var ownAddresses: Set<PeerAddress> = []
    /// Where others reach this peer: a port at the address it is seen from, and whole addresses.
    var port: UInt16 = 0
    var addresses: [PeerAddress] = []
    let token: [UInt8]
    var effects: [PeerEffect] = []
    private var nextNumber: UInt64 = 1
    /// What failed while an input was taken, and is not told yet.
    var failure: SpaceError?
    /// Links to devices that were taken out, to be closed when they have been told.
    private var dismissed: Set<ConnectionID> = []
    /// When content keys are to be looked after.
    var keyDuty: Duration?
    /// Links and candidates are looked after at this time.
    var lastUpkeep: Duration = .zero
    /// Bytes given to the network since the beginning.
    public internal(set) var sentByteCount: UInt64 = 0
    /// Bytes taken from the network since the beginning.
    public internal(set) var receivedByteCount: UInt64 = 0

    /// A peer without identity and spaces.
    public init(random: inout some RandomSource) {
        token = random.bytes(16)
    }

    mutating func nextConnection() -> ConnectionID {
        defer { nextNumber += 1 }
        return .dialled(nextNumber)
    }

    mutating func nextJoin() -> JoinID {
        defer { nextNumber += 1 }
        return JoinID(rawValue: nextNumber)
    }

    // MARK: Set-up

    /// - Throws: ``SpaceError/identityExists``.
    public mutating func setDevice(_ device: LocalDevice) throws(SpaceError) {
        guard self.device == nil else { throw .identityExists }
        self.device = device
    }

    /// Says where this peer listens, for invitations and rendezvous.
    public mutating func setListening(port: UInt16, addresses: [PeerAddress]) {
        self.port = port
        self.addresses = addresses
    }

    /// Adds a rendezvous at which this peer is found and finds others.
    public mutating func addRendezvous(_ address: RendezvousAddress) {
        if rendezvous[address] == nil { rendezvous[address] = DialState() }
    }

    /// Every rendezvous, in the order of their texts.
    public var rendezvousAddresses: [RendezvousAddress] {
        rendezvous.keys.sorted { $0.description < $1.description }
    }

    /// Adds an address at which a peer of the space may be found. Of more than 256, the one that failed most
    /// often is forgotten, so that a rendezvous which tells of nobody cannot hide a peer for ever.
    ///
    /// - Complexity: O(*n*) in the addresses of the space.
    public mutating func addCandidate(_ address: PeerAddress, for space: SpaceID) {
        var known = candidates[space] ?? [:]
        guard !ownAddresses.contains(address), known[address] == nil else { return }
        if known.count >= DialState.limit {
            // Where nobody of the space was ever met goes first.
            func badness(_ item: (key: PeerAddress, value: DialState)) -> (Int, Int, PeerAddress) {
                (item.value.device == nil ? 1 : 0, item.value.failures, item.key)
            }
            let idle = known.filter { $0.value.connection == nil }
            guard let worst = idle.max(by: { badness($0) < badness($1) }) else { return }
            known[worst.key] = nil
        }
        known[address] = DialState()
        candidates[space] = known
    }

    /// The links that stand, as the events that told of them: rendezvous first, then devices by space.
    public var standingLinks: [PeerEvent] {
        let established = links.sorted { $0.key < $1.key }.map(\.value)
        let nodes: [PeerEvent] = established.compactMap { link in
            guard case .rendezvous(let address) = link.purpose, link.connection.isEstablished else {
                return nil
            }
            return .rendezvous(address, isConnected: true)
        }
        let devices: [PeerEvent] = established.compactMap { link in
            guard case .space(let space) = link.purpose else { return nil }
            return link.device.map { .connected(space, $0) }
        }
        return nodes + devices
    }

    // MARK: Inputs

    /// Takes what happened outside. Follow a batch of inputs with ``takeEffects(now:wallClock:random:)``.
    public mutating func handle(
        _ input: PeerInput, now: Duration, wallClock: UInt64, random: inout some RandomSource
    ) {
        switch input {
        case .accepted(let id):
            links[id] = Link(connection: MeshConnection(accepting: now), purpose: .undecided)
        case .dialled(let id): startLink(id, now: now, random: &random)
        case .dialFailed(let id): dropped(id, now: now)
        case .received(let id, let bytes):
            receivedByteCount += UInt64(bytes.count)
            // On a slow line one message takes a while.
            if links[id]?.isAwaitingCredentials == true, links[id]?.farewellUntil != nil {
                links[id]?.farewellUntil = now + Link.farewellTime
            }
            // Moved out while it changes, so that no copy is made.
            guard var link = links.removeValue(forKey: id) else { return }
            let events = link.connection.receive(bytes, now: now)
            links[id] = link
            for event in events { take(event, from: id, now: now, wallClock: wallClock, random: &random) }
        case .closed(let id): dropped(id, now: now)
        case .tick: break
        }
    }

    /// Makes everything durable, applies what can be applied, and returns what to do.
    /// - Throws: ``SpaceError/store(_:)`` when a store fails; nothing was said that is not stored.
    public mutating func takeEffects(
        now: Duration, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> [PeerEffect] {
        if let failure {
            self.failure = nil
            throw failure
        }
        settleSpaces()
        for id in spaces.keys.sorted() { try settle(id) }
        keyDuty = try doKeyDuties(now: now, wallClock: wallClock, random: &random)
        for id in spaces.keys.sorted() {
            try settle(id)
            tellExclusion(from: id)
        }
        upkeep(now: now, wallClock: wallClock, random: &random)
        for id in links.keys.sorted() {
            if let confirmations = links[id]?.session?.flush() { perform(confirmations, on: id) }
            guard let bytes = links[id]?.connection.takeOutput(), !bytes.isEmpty else { continue }
            sentByteCount += UInt64(bytes.count)
            effects.append(.send(id, bytes))
        }
        // They were told why.
        for id in dismissed.sorted() where links[id] != nil { close(id, now: now) }
        dismissed = []
        effects.append(.wake(at: nextDeadline(now: now)))
        defer { effects = [] }
        return effects
    }

    /// Flushes a space and tells its sessions, until nothing more follows.
    private mutating func settle(_ id: SpaceID) throws(SpaceError) {
        guard var space = spaces.removeValue(forKey: id) else { return }
        defer {
            space.indexInvites()
            spaces[id] = space
        }
        while true {
            _ = try space.flush()
            let grown = space.takeUnreported()
            guard !grown.isEmpty else { break }
            for (feed, start) in grown.sorted(by: { $0.key < $1.key }) {
                try tellSessions(of: space, feed, from: start)
            }
            let changes = try space.advance()
            for feed in changes.newFeeds { admitFeed(feed, in: space) }
            if changes.membersChanged {
                effects.append(.event(.membersChanged(id)))
                dismissed.formUnion(strangers(in: space))
            }
            tell(changes.objects, changedIn: id)
        }
    }

    /// Tells the owner which objects have changed, the app's apart from others.
    mutating func tell(_ objects: Set<ObjectID>, changedIn space: SpaceID) {
        let owned = objects.filter { OwnedObject.isOwned($0) }
        let others = owned.isEmpty ? objects : objects.subtracting(owned)
        if !others.isEmpty { effects.append(.event(.objectsChanged(space, others))) }
        if !owned.isEmpty { effects.append(.event(.ownedObjectsChanged(space, owned))) }
    }

    private mutating func tellSessions(
        of space: Space, _ feed: PublicSigningKey, from start: UInt64
    ) throws(SpaceError) {
        let end = space.feeds[feed]?.length ?? 0
        for id in links.keys.sorted() {
            guard case .space(space.id)? = links[id]?.purpose, links[id]?.device != nil,
                var session = links[id]?.session
            else { continue }
            do {
                let next = try session.grown(feed, from: start, to: end, store: space.store)
                links[id]?.session = session
                perform(next, on: id)
            } catch { throw .store(error) }
        }
    }

    private mutating func admitFeed(_ feed: PublicSigningKey, in space: Space) {
        for id in links.keys.sorted() {
            guard case .space(space.id)? = links[id]?.purpose, links[id]?.device != nil else { continue }
            let next = links[id]?.session?.admitted(feed, length: space.feeds[feed]?.length ?? 0) ?? []
            perform(next, on: id)
        }
    }

    /// Effects of a session that need no store: everything but accepting blocks.
    mutating func perform(_ sessionEffects: [ReplicationSession.Effect], on id: ConnectionID) {
        for effect in sessionEffects {
            switch effect {
            case .send(let bytes): send(bytes, on: id)
            case .progress:
                if case .space(let space)? = links[id]?.purpose { effects.append(.event(.progress(space))) }
            case .misbehaved(let points, _):
                links[id]?.penalty += points
                if let penalty = links[id]?.penalty, penalty >= Link.penaltyLimit { close(id) }
            case .incompatible: close(id)
            case .accept: break
            }
        }
    }

    mutating func send(_ bytes: [UInt8], on id: ConnectionID) {
        do { try links[id]?.connection.send(bytes, on: Link.channel) } catch { close(id) }
    }
}
