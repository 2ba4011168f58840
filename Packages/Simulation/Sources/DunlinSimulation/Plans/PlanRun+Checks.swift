import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
import DunlinSpaces

extension PlanRun {
    /// What has to hold at any time for objects that a peer has just seen change.
    mutating func check(_ objects: Set<ObjectID>, at peer: Int) throws {
        guard peer < plan.peerCount, village.isRunning(peer) else { return }
        for object in objects.sorted() {
            guard !memory.forbidden.contains(object) || !sees(object, peer) else {
                throw failure(.authority, "peer \(peer) shows what a renegade wrote")
            }
            if let other = memory.pairs[object], sees(object, peer) != sees(other, peer) {
                throw failure(.atomicity, "peer \(peer) shows one object of a transaction without the other")
            }
            let saw: (ObjectID, Int64)? = read(object, peer) { document in
                guard case .reference(let note)? = document.value(at: "saw"),
                    case .integer(let count)? = document.value(at: "count")
                else { return nil }
                return (note, count)
            }
            if let (note, count) = saw {
                let here = counter(note, peer) ?? 0
                guard here >= count else {
                    throw failure(
                        .causality,
                        "peer \(peer) shows that \(count) was counted where it counts \(here) itself")
                }
            }
        }
    }

    /// What has to hold once everybody has everything.
    mutating func checkEnd() throws {
        try checkFeeds()
        try checkAuthority()
        let hash = try village.peers[0].stateHash(of: space)
        let members = try village.peers[0].members(of: space)
        for peer in standing {
            guard try village.peers[peer].stateHash(of: space) == hash else {
                throw failure(.convergence, "peers 0 and \(peer) hold the same blocks and other objects")
            }
            guard try village.peers[peer].members(of: space) == members else {
                throw failure(.convergence, "peers 0 and \(peer) hold the same blocks and other members")
            }
            guard try village.peers[peer].verifyDerivedState(of: space) else {
                throw failure(.derivation, "peer \(peer) keeps other objects than its feeds give")
            }
        }
        let roles = Dictionary(members.map { ($0.identity, $0.role) }) { first, _ in first }
        for object in memory.lasting.sorted() where !sees(object, 0) {
            guard let maker = memory.makers[object], lasts(maker, roles) else { continue }
            throw failure(.durability, "object \(object) was acknowledged and is gone")
        }
        for (note, sum) in memory.added.sorted(by: { $0.key < $1.key }) {
            let count = counter(note, 0) ?? 0
            let certain = sum.certain.filter { lasts($0.key, roles) }.values.reduce(0, +)
            guard count >= certain, count <= sum.atMost else {
                throw failure(
                    .durability, "a counter is \(count); \(certain) to \(sum.atMost) were added")
            }
        }
    }

    /// No feed has two ends, and nobody holds more of a feed than its writer.
    private func checkFeeds() throws {
        for (peer, length) in memory.acknowledged.sorted(by: { $0.key < $1.key }) {
            let feed = try village.peers[peer].ownDataFeed(in: space)
            let stored = try village.peers[peer].storedLengths(in: space)[feed] ?? 0
            guard stored >= length else {
                throw failure(.durability, "peer \(peer) acknowledged \(length) blocks and has \(stored)")
            }
        }
        let stores = (0..<plan.peerCount).compactMap { village.nodes[$0].stores[space] }
        guard let first = stores.first else { return }
        for feed in try first.feeds() {
            let length = try first.end(of: feed.feed)?.length ?? 0
            for (peer, store) in stores.enumerated() {
                let there = min(length, try store.end(of: feed.feed)?.length ?? 0)
                guard
                    try store.treeHash(of: feed.feed, length: there)
                        == first.treeHash(of: feed.feed, length: there)
                else { throw failure(.oneFeed, "peers 0 and \(peer) hold different blocks of one feed") }
            }
        }
    }

    /// No renegade achieved anything.
    private mutating func checkAuthority() throws {
        for peer in standing {
            for object in memory.forbidden where sees(object, peer) {
                throw failure(.authority, "peer \(peer) shows what a renegade wrote")
            }
            let members = Set(try village.peers[peer].members(of: space).map(\.identity))
            for stranger in memory.strangers {
                guard let device = village.nodes[stranger].device, !members.contains(device.identity) else {
                    throw failure(.authority, "peer \(peer) takes a smuggled stranger for a member")
                }
                let secrets = village.nodes[stranger].spaces[space]
                let feeds = try village.nodes[peer].stores[space]?.feeds() ?? []
                guard !feeds.contains(where: { $0.feed == secrets?.data.publicKey }) else {
                    throw failure(.authority, "peer \(peer) keeps the feed of a stranger")
                }
            }
        }
    }
}
