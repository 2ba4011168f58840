import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces

/// Whole peers joined by a virtual network, in virtual time, from one seed: the same code as in a process, without
/// sockets, disks or waiting. The same seed gives the same run.
public struct Village {
    public var peers: [Peer] = []
    public var random: SeededRandom
    public private(set) var now = Duration.zero
    /// What happened, at which peer.
    public private(set) var events: [(peer: Int, event: PeerEvent)] = []
    /// Both ends of each connection.
    private var ends: [End: End] = [:]
    private var queue: [(to: Int, input: PeerInput)] = []
    private var nextInbound: UInt64 = 1
    private var isCut: Set<Int> = []

    private struct End: Hashable {
        var peer: Int
        var connection: ConnectionID
    }

    public init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Where a peer listens.
    public static func address(_ peer: Int) -> PeerAddress { PeerAddress(host: "peer", port: UInt16(peer + 1)) }

    /// A new peer; with an identity of its own unless it is to become a device of another.
    public mutating func addPeer(withIdentity: Bool = true) throws -> Int {
        var peer = Peer(random: &random)
        peer.setListening(port: UInt16(peers.count + 1), addresses: [Self.address(peers.count)])
        if withIdentity { try peer.setDevice(Self.device(&random)) }
        peers.append(peer)
        return peers.count - 1
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

    /// A space founded by a peer.
    public mutating func createSpace(_ peer: Int) throws -> SpaceID {
        guard let id = SpaceID(bytes: random.bytes(32)) else { throw SpaceError.noIdentity }
        let secrets = try SpaceSecrets.make(space: id, secret: random.secret(32), random: &random)
        try peers[peer].createSpace(named: "Trip", secrets: secrets, store: MemorySpaceStore(), random: &random)
        return id
    }

    /// Lets messages pass and time go on.
    public mutating func run(seconds: Int = 1) throws {
        for _ in 0..<seconds * 10 {
            for index in peers.indices { queue.append((index, .tick)) }
            var count = 0
            while !queue.isEmpty, count < 20_000 {
                count += 1
                let (index, input) = queue.removeFirst()
                peers[index].handle(input, now: now, wallClock: wallClock, random: &random)
                try perform(peers[index].takeEffects(now: now, wallClock: wallClock, random: &random), of: index)
            }
            now += .milliseconds(100)
        }
    }

    /// Milliseconds since 1970 in the simulation.
    public var wallClock: UInt64 { 1_700_000_000_000 + UInt64(now / .milliseconds(1)) }

    private mutating func perform(_ effects: [PeerEffect], of index: Int) throws {
        for effect in effects {
            switch effect {
            case .dial(let id, let address):
                let other = Int(address.port) - 1
                guard peers.indices.contains(other), !isCut.contains(index), !isCut.contains(other) else {
                    queue.append((index, .dialFailed(id)))
                    continue
                }
                let inbound = ConnectionID(rawValue: nextInbound)
                nextInbound += 1
                ends[End(peer: index, connection: id)] = End(peer: other, connection: inbound)
                ends[End(peer: other, connection: inbound)] = End(peer: index, connection: id)
                queue.append((other, .accepted(inbound)))
                queue.append((index, .dialled(id)))
            case .send(let id, let bytes):
                if let other = ends[End(peer: index, connection: id)] {
                    queue.append((other.peer, .received(other.connection, bytes)))
                }
            case .close(let id):
                if let other = ends.removeValue(forKey: End(peer: index, connection: id)) {
                    ends[other] = nil
                    queue.append((other.peer, .closed(other.connection)))
                }
            case .letIn, .wake: break
            case .event(let event): events.append((index, event))
            }
        }
    }

    /// Takes a peer off the network.
    public mutating func cut(_ peer: Int) {
        isCut.insert(peer)
        for (end, other) in ends where end.peer == peer {
            ends[end] = nil
            ends[other] = nil
            queue.append((end.peer, .closed(end.connection)))
            queue.append((other.peer, .closed(other.connection)))
        }
    }

    /// Puts it back.
    public mutating func heal(_ peer: Int) { isCut.remove(peer) }

    /// Invites `guest` into a space of `host` and lets it type the code.
    public mutating func invite(
        _ guest: Int, by host: Int, to space: SpaceID, kind: InvitationKind = .space, role: Role = .editor
    ) throws {
        let (invitation, ticket) = try peers[host].invite(
            to: space, kind: kind, role: role, lifetime: 600_000, wallClock: wallClock, random: &random)
        let join = try peers[guest].join(ticket, random: &random)
        try run()
        peers[guest].enter(code: invitation.code, for: join, random: &random)
        try run()
        for (peer, event) in events where peer == guest {
            guard case .join(join, .admitted) = event else { continue }
            _ = try peers[guest].finishJoin(join, store: MemorySpaceStore())
        }
        for index in peers.indices { peers[guest].addCandidate(Self.address(index), for: space) }
        try run()
    }

    /// Edits an object as a peer.
    public mutating func edit(
        _ peer: Int, _ space: SpaceID, _ object: ObjectID, _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        try peers[peer].commit(to: space, wallClock: wallClock, random: &random) { transaction throws(SpaceError) in
            try transaction.edit(object, body)
        }
    }

    /// An id for a new object.
    public mutating func object() throws -> ObjectID {
        guard let id = ObjectID(bytes: random.bytes(16)) else { throw SpaceError.noIdentity }
        return id
    }
}
