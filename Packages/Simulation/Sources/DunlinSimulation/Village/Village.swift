import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces

/// Whole peers on a virtual network, with virtual disks, in virtual time, from one seed: the same code as in
/// a process, without sockets, files or waiting. The same seed and the same calls give the same run.
public struct Village {
    /// Peers by their numbers; one that is off is empty.
    public var peers: [Peer] = []
    /// What connections suffer; may change at any time.
    public var network: NetworkConditions
    /// Time since the beginning.
    public internal(set) var now = Duration.zero
    /// What happened, at which peer.
    public private(set) var events: [(peer: Int, event: PeerEvent)] = []
    /// A hash over everything that happened so far.
    public private(set) var trace = TraceHash()
    /// What happened, for a drawing of it.
    public var timeline = Timeline()
    /// What peers said of their failing disks, one entry a turn.
    public private(set) var storeFailures: [(peer: Int, error: StoreError)] = []
    /// Steps of the schedule so far.
    public private(set) var happeningCount = 0
    /// Bytes handed to the network.
    public private(set) var sentByteCount = 0

    /// The space that a scenario is about, where there is one.
    var shared: SpaceID?
    let seed: UInt64
    var nodes: [Node] = []
    /// The number of the node that is a rendezvous.
    var rendezvous: Int?
    var links: VirtualNetwork
    var schedule = Schedule<Happening>()
    /// Choices of the village itself: ids, how long things take, what a failing power does to connections.
    var chance: RandomStream
    var keys: SeededRandom

    /// A village without peers.
    /// - Parameter seed: The same one, with the same calls, gives the same run.
    public init(seed: UInt64, network: NetworkConditions = .calm) {
        self.seed = seed
        self.network = network
        links = VirtualNetwork(seed: seed)
        chance = RandomStream(seed: seed, name: "village")
        keys = SeededRandom(seed: seed)
    }

    /// Where a peer listens.
    public static func address(_ peer: Int) -> PeerAddress {
        PeerAddress(host: host, port: UInt16(peer + 1))
    }

    static let host = "peer"

    /// Milliseconds since 1970 in the simulation.
    public var wallClock: UInt64 { 1_700_000_000_000 + UInt64(now / .milliseconds(1)) }

    /// The time by a peer's own clock.
    func wallClock(of peer: Int) -> UInt64 {
        UInt64(max(0, Int64(wallClock) + Int64(nodes[peer].clockError / .milliseconds(1))))
    }

    /// Whether a peer's power is on.
    public func isRunning(_ peer: Int) -> Bool { nodes[peer].isRunning }

    // MARK: Time

    /// Lets time pass.
    public mutating func run(seconds: Int = 1) throws { try run(until: now + .seconds(seconds)) }

    /// Lets time pass until `condition` holds.
    /// - Returns: false when it did not come to hold within the limit.
    public mutating func run(
        atMost limit: Duration, until condition: (inout Village) throws -> Bool
    ) throws -> Bool {
        let end = now + limit
        while now < end {
            if try condition(&self) { return true }
            try run(until: min(end, now + .milliseconds(100)))
        }
        return try condition(&self)
    }

    private mutating func run(until end: Duration) throws {
        while let time = schedule.nextTime, time <= end { try step() }
        now = max(now, end)
    }

    /// When the next thing happens.
    var nextTime: Duration? { schedule.nextTime }

    /// Lets one thing happen.
    /// - Throws: ``VillageError``; or what a peer threw that no peer should.
    mutating func step() throws {
        guard let (time, happening) = schedule.next() else { return }
        now = max(now, time)
        happeningCount += 1
        guard happeningCount < 5_000_000 else { throw VillageError.restless }
        switch happening {
        case .arrival(let arrival, let from, let to): arrive(arrival, from: from, to: to)
        case .dialled(let end): tell(end, .dialled(end.connection), 1)
        case .dialFailed(let end): tell(end, .dialFailed(end.connection), 2)
        case .flush(let peer, let incarnation):
            guard nodes[peer].incarnation == incarnation, nodes[peer].isRunning else { return }
            try flush(peer)
        case .wake(let peer, let incarnation):
            guard nodes[peer].incarnation == incarnation, nodes[peer].isRunning, nodes[peer].wake == time
            else {
                return
            }
            nodes[peer].wake = nil
            tell(End(peer: peer, incarnation: incarnation, connection: ConnectionID(rawValue: 0)), .tick, 3)
        case .typed(let code, let join, let peer, let incarnation):
            guard nodes[peer].incarnation == incarnation, nodes[peer].isRunning else { return }
            peers[peer].enter(code: code, for: join, random: &nodes[peer].random)
            planFlush(peer)
        case .retry(let id, let peer, let incarnation):
            guard nodes[peer].incarnation == incarnation, nodes[peer].isRunning else { return }
            if let held = nodes[peer].tickets[id] { try begin(held, peer) }
        case .restart(let peer): try restart(peer)
        case .unblock(let route): unblock(from: route.from, to: route.to)
        case .emptyDisk(let peer): emptyDisk(peer)
        }
    }

    private mutating func tell(_ end: End, _ input: PeerInput, _ kind: UInt8) {
        guard nodes[end.peer].incarnation == end.incarnation, nodes[end.peer].isRunning else { return }
        trace.add(kind)
        trace.add(UInt64(end.peer))
        trace.add(end.connection.rawValue)
        trace.add(UInt64(now / .microseconds(1)))
        if case .received(_, let bytes) = input { trace.add(bytes) }
        if nodes[end.peer].rendezvous != nil { return tellRendezvous(end.peer, input) }
        let clock = wallClock(of: end.peer)
        peers[end.peer].handle(input, now: now, wallClock: clock, random: &nodes[end.peer].random)
        planFlush(end.peer)
    }

    private mutating func arrive(_ arrival: VirtualNetwork.Arrival, from: End, to end: End) {
        guard links.passes(arrival, from: from, to: end) else { return }
        let isThere = nodes[end.peer].isRunning && nodes[end.peer].incarnation == end.incarnation
        guard isThere, links.ends[end] != nil else {
            // A machine that runs says that it knows of no such connection; one that is off says nothing.
            if case .bytes = arrival, nodes[end.peer].isRunning, links.ends[from] != nil {
                let time = links.arrivalOfClosing(at: from, now: now, network)
                schedule.add(.arrival(.closed, from: end, to: from), at: time)
            }
            return
        }
        switch arrival {
        case .accepted: tell(end, .accepted(end.connection), 4)
        case .bytes(let bytes): tell(end, .received(end.connection, bytes), 5)
        case .closed:
            links.forget(end)
            tell(end, .closed(end.connection), 6)
        }
    }

    // MARK: A peer's turn

    /// What comes in within a moment is looked at together.
    mutating func planFlush(_ peer: Int) {
        guard !nodes[peer].isFlushPlanned, nodes[peer].isRunning else { return }
        nodes[peer].isFlushPlanned = true
        let delay = Duration.microseconds(chance.number(in: 0...2_000))
        schedule.add(.flush(peer: peer, incarnation: nodes[peer].incarnation), at: now + delay)
    }

    private mutating func flush(_ peer: Int) throws {
        nodes[peer].isFlushPlanned = false
        if nodes[peer].rendezvous != nil { return flushRendezvous(peer) }
        do throws(SpaceError) {
            let clock = wallClock(of: peer)
            let effects = try peers[peer].takeEffects(now: now, wallClock: clock, random: &nodes[peer].random)
            for effect in effects { try perform(effect, of: peer) }
        } catch {
            if nodes[peer].disk.isOff { return crash(peer) }
            guard case .store(let cause) = error, cause == .full || nodes[peer].disk.cannotRead else {
                throw error
            }
            storeFailures.append((peer, cause))
            // As a client does: nothing was said that is not stored; try again later.
            wake(peer, at: now + .seconds(1))
        }
    }

    mutating func wake(_ peer: Int, at time: Duration) {
        guard nodes[peer].wake != time else { return }
        nodes[peer].wake = time
        schedule.add(.wake(peer: peer, incarnation: nodes[peer].incarnation), at: time)
    }

    private mutating func perform(_ effect: PeerEffect, of peer: Int) throws(SpaceError) {
        func end(_ id: ConnectionID) -> End {
            End(peer: peer, incarnation: nodes[peer].incarnation, connection: id)
        }
        switch effect {
        case .dial(let id, let address): dial(end(id), Int(address.port) - 1)
        case .send(let id, let bytes): send(bytes, from: end(id))
        case .close(let id): close(end(id))
        case .letIn: break
        case .wake(let time): wake(peer, at: time)
        case .event(let event):
            events.append((peer, event))
            timeline.add(event, peer: peer, at: now)
            if case .join(let join, let state) = event { try follow(join, state, peer: peer) }
        }
    }

    mutating func send(_ bytes: [UInt8], from end: End) {
        guard let other = links.ends[end] else { return }
        sentByteCount += bytes.count
        for piece in links.pieces(of: bytes, to: other, now: now, network) {
            schedule.add(.arrival(.bytes(piece.bytes), from: end, to: other), at: piece.at)
        }
    }

    mutating func close(_ end: End) {
        guard let other = links.ends[end] else { return }
        links.forget(end)
        let time = links.arrivalOfClosing(at: other, now: now, network)
        schedule.add(.arrival(.closed, from: end, to: other), at: time)
    }

    private mutating func dial(_ end: End, _ other: Int) {
        let roundTrip = links.latency(network) + links.latency(network)
        guard nodes.indices.contains(other), nodes[other].isRunning, !links.refuses(network) else {
            schedule.add(.dialFailed(end), at: now + roundTrip)
            return
        }
        let ways = [Route(from: end.peer, to: other), Route(from: other, to: end.peer)]
        guard ways.allSatisfy({ !links.blocked.contains($0) }) else {
            schedule.add(.dialFailed(end), at: now + .seconds(3))
            return
        }
        let inbound = links.connect(end, to: other, incarnation: nodes[other].incarnation)
        schedule.add(.arrival(.accepted, from: end, to: inbound), at: now + roundTrip / 2)
        schedule.add(.dialled(end), at: now + roundTrip)
    }
}

/// Why a village cannot go on.
public enum VillageError: Error, Sendable, CustomStringConvertible {
    /// Five million things happened: the peers keep each other busy for nothing.
    case restless
    /// A guest was not let in within the time given.
    case notAdmitted(guest: Int)
    /// The peer is off.
    case isOff(peer: Int)

    /// One sentence: why, and where to look.
    public var description: String {
        switch self {
        case .restless: "The peers do not come to rest: five million things happened."
        case .notAdmitted(let guest): "Peer \(guest) was not let in in time; look at the village's events."
        case .isOff(let peer): "Peer \(peer) is off; restart it first."
        }
    }
}
