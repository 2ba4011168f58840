import DunlinSpaces

/// One end of a connection, at one peer between two crashes.
struct End: Hashable, Sendable {
    var peer: Int
    var incarnation: Int
    var connection: ConnectionID
}

/// A direction between two peers.
struct Route: Hashable, Sendable {
    var from: Int
    var to: Int
}

/// Who is connected to whom, and which directions are blocked.
struct VirtualNetwork {
    enum Arrival {
        case accepted
        case bytes([UInt8])
        case closed
    }

    private(set) var ends: [End: End] = [:]
    /// Pieces of one direction arrive in the order they were sent.
    private var lastArrival: [End: Duration] = [:]
    private(set) var blocked: Set<Route> = []
    /// What waits for a blocked direction.
    private var held: [Route: [(from: End, to: End, arrival: Arrival)]] = [:]
    private var nextInbound: UInt64 = 1
    private var random: RandomStream
    private(set) var faultCount = 0

    init(seed: UInt64) { random = RandomStream(seed: seed, name: "network") }

    mutating func latency(_ conditions: NetworkConditions) -> Duration {
        .milliseconds(random.number(in: conditions.latency))
    }

    mutating func refuses(_ conditions: NetworkConditions) -> Bool {
        random.happens(perMillion: conditions.refused)
    }

    /// Joins two ends; the accepting one is numbered here.
    mutating func connect(_ dialling: End, to peer: Int, incarnation: Int) -> End {
        let inbound = End(
            peer: peer, incarnation: incarnation, connection: ConnectionID(rawValue: nextInbound))
        nextInbound += 1
        ends[dialling] = inbound
        ends[inbound] = dialling
        return inbound
    }

    /// The pieces that a message becomes on its way, with the time that each arrives.
    mutating func pieces(
        of bytes: [UInt8], to end: End, now: Duration, _ conditions: NetworkConditions
    ) -> [(at: Duration, bytes: [UInt8])] {
        var parts: [[UInt8]] = []
        if bytes.count > 1, random.happens(perMillion: conditions.split) {
            let cut = random.number(in: 1...bytes.count - 1)
            parts = [Array(bytes[..<cut]), Array(bytes[cut...])]
        } else {
            parts = [bytes]
        }
        var time = max(now + latency(conditions), lastArrival[end] ?? .zero)
        var pieces: [(at: Duration, bytes: [UInt8])] = []
        for var part in parts {
            if random.happens(perMillion: conditions.lost) {
                faultCount += 1
                continue
            }
            if random.happens(perMillion: conditions.corrupted) {
                let bit = random.number(in: 0...part.count * 8 - 1)
                part[bit / 8] ^= 1 << (bit % 8)
                faultCount += 1
            }
            var late = time
            if random.happens(perMillion: conditions.reordered) {
                late += .milliseconds(conditions.latency.upperBound + 1)
                faultCount += 1
            }
            pieces.append((late, part))
            if random.happens(perMillion: conditions.doubled) {
                pieces.append((late, part))
                faultCount += 1
            }
            time += .microseconds(10)
        }
        lastArrival[end] = time
        return pieces
    }

    /// The time a closing arrives: behind everything that was sent before.
    mutating func arrivalOfClosing(at end: End, now: Duration, _ conditions: NetworkConditions) -> Duration {
        max(now + latency(conditions), lastArrival[end] ?? .zero)
    }

    /// Whether something arrives now; it is held while its direction is blocked.
    mutating func passes(_ arrival: Arrival, from: End, to end: End) -> Bool {
        let route = Route(from: from.peer, to: end.peer)
        guard blocked.contains(route) else { return true }
        held[route, default: []].append((from, end, arrival))
        return false
    }

    mutating func forget(_ end: End) {
        ends[end] = nil
        lastArrival[end] = nil
    }

    /// Ends at a peer.
    func ends(at peer: Int) -> [End] {
        ends.keys.filter { $0.peer == peer }.sorted { $0.connection < $1.connection }
    }

    mutating func block(_ route: Route) { blocked.insert(route) }

    /// Lets a direction pass again.
    /// - Returns: what had waited, in order.
    mutating func unblock(_ route: Route) -> [(from: End, to: End, arrival: Arrival)] {
        blocked.remove(route)
        return held.removeValue(forKey: route) ?? []
    }
}
