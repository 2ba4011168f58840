import DunlinEncoding
import DunlinFeeds
import DunlinFeedsTestSupport
import DunlinKeys
import DunlinReplication
import Testing

/// Peers in a line or a ring, each with a store; messages wait in queues and are delivered in any order of
/// links.
struct Net {
    struct Node {
        var store = MemoryFeedStore()
        var states: [PublicSigningKey: FeedState] = [:]
        var sessions: [Int: ReplicationSession] = [:]
    }

    var nodes: [Node]
    var queues: [[Int]: [[UInt8]]] = [:]
    var random: SeededRandom
    var misbehaviour = 0

    init(_ count: Int, seed: UInt64) {
        nodes = (0..<count).map { _ in Node() }
        random = SeededRandom(seed: seed)
    }

    mutating func know(_ node: Int, _ descriptor: FeedDescriptor) throws {
        nodes[node].states[descriptor.feed] = FeedState(descriptor)
        for peer in nodes[node].sessions.keys.sorted() {
            let effects = nodes[node].sessions[peer]?.admitted(descriptor.feed, length: 0) ?? []
            try perform(effects, node, peer)
        }
    }

    mutating func connect(_ a: Int, _ b: Int) throws {
        queues[[a, b]] = []
        queues[[b, a]] = []
        for (node, peer) in [(a, b), (b, a)] {
            var session = ReplicationSession()
            let effects = session.start(lengths: nodes[node].states.mapValues(\.length))
            nodes[node].sessions[peer] = session
            try perform(effects, node, peer)
        }
    }

    mutating func append(_ node: Int, _ feed: inout SeededFeed, _ blocks: [[UInt8]]) throws {
        let start = feed.state.length
        try nodes[node].store.commit([feed.append(blocks)])
        nodes[node].states[feed.key.publicKey] = feed.state
        try grown(node, feed.key.publicKey, from: start)
    }

    mutating func grown(_ node: Int, _ feed: PublicSigningKey, from start: UInt64) throws {
        let end = nodes[node].states[feed]?.length ?? 0
        for peer in nodes[node].sessions.keys.sorted() {
            guard var session = nodes[node].sessions[peer] else { continue }
            let effects =
                try session.grown(feed, from: start, to: end, store: nodes[node].store) + session.flush()
            nodes[node].sessions[peer] = session
            try perform(effects, node, peer)
        }
    }

    mutating func perform(_ effects: [ReplicationSession.Effect], _ node: Int, _ peer: Int) throws {
        for effect in effects {
            switch effect {
            case .send(let bytes): queues[[node, peer], default: []].append(bytes)
            case .accept(let feed, let slice):
                guard var state = nodes[node].states[feed] else { continue }
                let start = state.length
                do throws(FeedError) {
                    let write = try state.accept(slice)
                    nodes[node].states[feed] = state
                    try? nodes[node].store.commit([write])
                } catch {
                    let next = nodes[node].sessions[peer]?.refused(feed, error) ?? []
                    try perform(next, node, peer)
                    continue
                }
                try grown(node, feed, from: start)
            case .misbehaved(let points, _): misbehaviour += points
            case .progress, .incompatible: break
            }
        }
    }

    /// Delivers messages of randomly chosen links until none is left.
    mutating func run() throws {
        while true {
            let busy = queues.filter { !$0.value.isEmpty }.keys.sorted { $0.lexicographicallyPrecedes($1) }
            guard !busy.isEmpty else {
                var flushed = false
                for node in nodes.indices {
                    for peer in nodes[node].sessions.keys.sorted() {
                        let effects = nodes[node].sessions[peer]?.flush() ?? []
                        flushed = flushed || !effects.isEmpty
                        try perform(effects, node, peer)
                    }
                }
                if !flushed { return }
                continue
            }
            let link = busy[Int(random.uniform(below: UInt64(busy.count)))]
            guard let message = queues[link]?.removeFirst(), var session = nodes[link[1]].sessions[link[0]]
            else {
                continue
            }
            let effects = try session.receive(message, store: nodes[link[1]].store)
            nodes[link[1]].sessions[link[0]] = session
            try perform(effects, link[1], link[0])
        }
    }
}

@Suite struct ReplicationSessionTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `peers in any net end with equal stores`(seed: UInt64) throws {
        var net = Net(4, seed: seed)
        var feeds = try (0..<3).map { try SeededFeed(100 + UInt64($0)) }
        for node in 0..<4 { for feed in feeds.dropLast() { try net.know(node, feed.state.descriptor) } }
        for index in 0..<3 {
            try net.append(index, &feeds[index], (0..<150).map { [UInt8($0), UInt8(index)] })
        }
        let links = seed % 2 == 0 ? [(0, 1), (1, 2), (2, 3)] : [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
        for (a, b) in links { try net.connect(a, b) }
        if seed % 3 == 0 { try net.run() }
        for index in 0..<3 { try net.append(index, &feeds[index], [[7], [8]]) }
        try net.run()
        // One feed becomes known only now.
        for node in 0..<4 where net.nodes[node].states[feeds[2].key.publicKey] == nil {
            try net.know(node, feeds[2].state.descriptor)
        }
        try net.run()
        for index in 0..<3 { try net.append(index, &feeds[index], [[UInt8(index)]]) }
        try net.run()
        #expect(net.misbehaviour == 0, "seed \(seed)")
        for node in net.nodes {
            for feed in feeds {
                #expect(node.states[feed.key.publicKey]?.length == 153, "seed \(seed)")
                #expect(node.states[feed.key.publicKey]?.frontier.treeHash == feed.state.frontier.treeHash)
            }
            for session in node.sessions.values {
                #expect(session.isInSync, "seed \(seed)")
                #expect(session.unconfirmedBlocks == 0 && session.missingBlocks == 0)
            }
        }
    }

    @Test func `hostile messages cost points and nothing else`() throws {
        var random = SeededRandom(seed: 5)
        var feed = try SeededFeed(1)
        let store = MemoryFeedStore()
        try store.commit([feed.append([[1], [2]])])
        var session = ReplicationSession()
        let hello = session.start(lengths: [feed.key.publicKey: 2])
        guard case .send(let message) = hello[0] else { return }
        for _ in 0..<3_000 {
            var bytes = message
            bytes[Int(random.uniform(below: UInt64(bytes.count)))] ^= UInt8(1 + random.uniform(below: 255))
            _ = try session.receive(bytes, store: store)
            for effect in try session.receive(random.bytes(Int(random.uniform(below: 60))), store: store) {
                if case .misbehaved(let points, _) = effect { #expect(points == 10) }
            }
        }
        let want = ReplicationMessage.want(feed: feed.key.publicKey, start: 1 << 39, count: 64).encoded()
        let effects = try session.receive(want, store: store)
        #expect(effects == [.send(ReplicationMessage.vector([feed.key.publicKey: 2]).encoded())])
    }
}
