import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces
import Testing

/// Peers joined by a network of buffers, in virtual time.
struct Village {
    var peers: [Peer] = []
    var random: SeededRandom
    var now = Duration.zero
    var events: [(peer: Int, event: PeerEvent)] = []
    /// Both ends of each connection.
    private var ends: [End: End] = [:]
    private var queue: [(to: Int, input: PeerInput)] = []
    private var nextInbound: UInt64 = 1
    var isCut: Set<Int> = []

    struct End: Hashable {
        var peer: Int
        var connection: ConnectionID
    }

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    static func address(_ peer: Int) -> PeerAddress { PeerAddress(host: "peer", port: UInt16(peer + 1)) }

    mutating func addPeer(withIdentity: Bool = true) throws -> Int {
        var peer = Peer(random: &random)
        peer.setListening(port: UInt16(peers.count + 1), addresses: [Self.address(peers.count)])
        if withIdentity { try peer.setDevice(Self.device(&random)) }
        peers.append(peer)
        return peers.count - 1
    }

    static func device(_ random: inout SeededRandom) throws -> LocalDevice {
        let identity = try SigningKey.make(random: &random)
        let signing = try SigningKey.make(random: &random), box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        return LocalDevice(signing: signing, box: box, chain: chain)
    }

    mutating func createSpace(_ peer: Int) throws -> SpaceID {
        let id = try #require(SpaceID(bytes: random.bytes(32)))
        let secrets = try SpaceSecrets.make(space: id, secret: random.secret(32), random: &random)
        try peers[peer].createSpace(named: "Trip", secrets: secrets, store: MemorySpaceStore(), random: &random)
        return id
    }

    /// Lets messages pass until nothing moves, then time go on by `seconds`.
    mutating func run(seconds: Int = 1) throws {
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

    var wallClock: UInt64 { 1_700_000_000_000 + UInt64(now / .milliseconds(1)) }

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
    mutating func cut(_ peer: Int) {
        isCut.insert(peer)
        for (end, other) in ends where end.peer == peer {
            ends[end] = nil
            ends[other] = nil
            queue.append((end.peer, .closed(end.connection)))
            queue.append((other.peer, .closed(other.connection)))
        }
    }

    mutating func heal(_ peer: Int) { isCut.remove(peer) }

    /// Invites `guest` into a space of `host` and lets it type the code.
    mutating func invite(
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

    mutating func edit(
        _ peer: Int, _ space: SpaceID, _ object: ObjectID, _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        try peers[peer].commit(to: space, wallClock: wallClock, random: &random) { transaction throws(SpaceError) in
            try transaction.edit(object, body)
        }
    }

    mutating func object() throws -> ObjectID { try #require(ObjectID(bytes: random.bytes(16))) }
}

@Suite struct PeerTests {
    @Test func `two people share a space and end with the same bytes`() throws {
        var village = Village(seed: 1)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        let note = try village.object()
        try village.edit(ada, space, note) { editor throws(ObjectError) in
            try editor.setType("note")
            try editor.put(.map(["title": .string("Tickets"), "text": .text("by train")]), at: "")
        }
        try village.invite(bob, by: ada, to: space)
        #expect(try village.peers[bob].members(of: space).count == 2)
        #expect(try village.peers[bob].objectIDs(in: space, type: "note") == [note])
        // Apart, both write.
        village.cut(bob)
        try village.edit(ada, space, note) { e throws(ObjectError) in try e.insertText("night ", at: 3, in: "text") }
        try village.edit(bob, space, note) { e throws(ObjectError) in try e.insertText("!", at: 8, in: "text") }
        try village.run()
        #expect(try village.peers[ada].stateHash(of: space) != village.peers[bob].stateHash(of: space))
        village.heal(bob)
        try village.run(seconds: 6)
        #expect(try village.peers[ada].stateHash(of: space) == village.peers[bob].stateHash(of: space))
        #expect(try village.peers[ada].read(note, in: space) { $0.value(at: "text") } == .text("by night train!"))
        #expect(try village.peers[bob].verifyDerivedState(of: space))
        #expect(try village.peers[ada].links(in: space).map(\.isInSync) == [true])
    }

    @Test func `a third peer gets everything from the second while the first is off`() throws {
        var village = Village(seed: 2)
        let ada = try village.addPeer(), bob = try village.addPeer(), eve = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: .admin)
        let note = try village.object()
        for number in 0..<200 {
            try village.edit(ada, space, note) { e throws(ObjectError) in
                try e.put(.integer(Int64(number)), at: "n")
            }
        }
        try village.run()
        village.cut(ada)
        try village.invite(eve, by: bob, to: space)
        try village.run(seconds: 3)
        #expect(try village.peers[eve].read(note, in: space) { $0.value(at: "n") } == .integer(199))
        #expect(try village.peers[eve].stateHash(of: space) == village.peers[bob].stateHash(of: space))
        try village.edit(eve, space, note) { e throws(ObjectError) in try e.put(.integer(1_000), at: "n") }
        village.heal(ada)
        try village.run(seconds: 8)
        #expect(try village.peers[ada].read(note, in: space) { $0.value(at: "n") } == .integer(1_000))
    }

    @Test func `a wrong code lets nobody in and a reader writes nothing`() throws {
        var village = Village(seed: 3)
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        let (invitation, ticket) = try village.peers[ada].invite(
            to: space, kind: .space, role: .editor, lifetime: 600_000, wallClock: village.wallClock,
            random: &village.random)
        let join = try village.peers[bob].join(ticket, random: &village.random)
        try village.run()
        for _ in 0..<3 {
            let wrong = invitation.code == "000000" ? "000001" : "000000"
            village.peers[bob].enter(code: wrong, for: join, random: &village.random)
            try village.run()
        }
        #expect(village.peers[ada].openInvitations.isEmpty)
        #expect(village.peers[bob].spaceSummaries.isEmpty)
        try village.invite(bob, by: ada, to: space, role: .reader)
        let note = try village.object()
        #expect(throws: SpaceError.self) {
            try village.edit(bob, space, note) { e throws(ObjectError) in try e.put(.null, at: "x") }
        }
    }

    @Test func `a second device of an identity joins by invitation`() throws {
        var village = Village(seed: 4)
        let laptop = try village.addPeer(), phone = try village.addPeer(withIdentity: false)
        let halo = try village.createSpace(laptop)
        try village.invite(phone, by: laptop, to: halo, kind: .device)
        #expect(village.peers[phone].device?.identity == village.peers[laptop].device?.identity)
        let members = try village.peers[phone].members(of: halo)
        #expect(members.count == 1)
        #expect(members.first?.devices.count == 2)
        let note = try village.object()
        try village.edit(phone, halo, note) { e throws(ObjectError) in try e.put(.bool(true), at: "x") }
        try village.run(seconds: 2)
        #expect(try village.peers[laptop].read(note, in: halo) { $0.value(at: "x") } == .bool(true))
    }

    @Test func `a failed transaction changes nothing`() throws {
        var village = Village(seed: 5)
        let ada = try village.addPeer()
        let space = try village.createSpace(ada)
        let note = try village.object()
        try village.edit(ada, space, note) { e throws(ObjectError) in try e.put(.text("abc"), at: "t") }
        let hash = try village.peers[ada].stateHash(of: space)
        #expect(throws: SpaceError.self) {
            try village.edit(ada, space, note) { e throws(ObjectError) in
                try e.insertText("x", at: 0, in: "t")
                try e.insertText("y", at: 99, in: "t")
            }
        }
        #expect(try village.peers[ada].stateHash(of: space) == hash)
        try village.edit(ada, space, note) { e throws(ObjectError) in try e.insertText("z", at: 3, in: "t") }
        #expect(try village.peers[ada].verifyDerivedState(of: space))
    }

    @Test func `garbage on every connection does no harm`() throws {
        var village = Village(seed: 6)
        let ada = try village.addPeer()
        _ = try village.createSpace(ada)
        for number in 0..<300 as Range<UInt64> {
            let id = ConnectionID(rawValue: 1_000 + number)
            village.peers[ada].handle(
                .accepted(id), now: village.now, wallClock: 0, random: &village.random)
            let kind: UInt8 = [0x11, 0x12, 0x13, 0x00][Int(number % 4)]
            village.peers[ada].handle(
                .received(id, [kind] + village.random.bytes(Int(number))), now: village.now, wallClock: 0,
                random: &village.random)
        }
        try village.run(seconds: 7)
        #expect(village.peers[ada].spaceSummaries.count == 1)
    }
}
