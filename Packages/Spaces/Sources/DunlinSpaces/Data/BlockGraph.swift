import DunlinCausality
import DunlinEncoding
import DunlinKeys

/// The causal graph of the data blocks that were applied: one event per block.
///
/// Answers what a block's causal past holds, which is how an object's parents are found without being
/// sent (`Docs/Spec/Blocks.md`).
struct BlockGraph: Sendable {
    private(set) var graph = CausalGraph()
    /// Blocks applied per feed.
    private(set) var lengths: [PublicSigningKey: UInt64] = [:]

    init() {}

    func appliedLength(of feed: PublicSigningKey) -> UInt64 { lengths[feed] ?? 0 }

    /// Local versions of a block's parents: its references and its feed's block before.
    /// - Returns: nil when one of them has not been applied.
    func parents(of feed: PublicSigningKey, references: [BlockReference]) -> Frontier? {
        var parents: [LocalVersion] = []
        let own = appliedLength(of: feed)
        if own > 0 {
            guard let version = version(of: feed, length: own) else { return nil }
            parents.append(version)
        }
        for reference in references {
            guard let version = version(of: reference.feed, length: reference.length) else { return nil }
            parents.append(version)
        }
        return graph.dominators(of: parents)
    }

    /// Records that the next block of `feed` was applied on `parents`.
    /// - Throws: ``GraphError`` when the graph refuses the event; nothing changed.
    mutating func append(feed: PublicSigningKey, parents: Frontier) throws(GraphError) {
        let sequence = appliedLength(of: feed)
        _ = try graph.append(
            replica: ReplicaID(raw: feed.raw), sequence: sequence, count: 1, parents: parents)
        lengths[feed] = sequence + 1
    }

    /// Feeds of which blocks were applied that are not in the past of `parents`, each with the first such
    /// block; empty when `parents` is the frontier.
    func outside(_ parents: Frontier) -> [PublicSigningKey: UInt64] {
        guard parents != graph.frontier else { return [:] }
        var first: [PublicSigningKey: UInt64] = [:]
        for span in graph.difference(graph.frontier, parents).onlyA {
            var version = span.lowerBound
            while version < span.upperBound {
                let event = graph.event(at: version)
                let feed = PublicSigningKey(raw: event.replica.raw)
                first[feed] = min(first[feed] ?? event.sequence, event.sequence)
                version = graph.versions(ofRun: graph.runIndex(of: version)).upperBound
            }
        }
        return first
    }

    /// The newest blocks of the frontier, less those of `feed` itself: what its next block depends on.
    func heads(besides feed: PublicSigningKey) -> [(feed: PublicSigningKey, length: UInt64)] {
        graph.frontier.compactMap { version in
            let event = graph.event(at: version)
            let other = PublicSigningKey(raw: event.replica.raw)
            return other == feed ? nil : (other, event.sequence + 1)
        }
    }

    /// The newest of the blocks below some limits, less those of `feed` itself.
    /// - Complexity: O(*n*) in the feeds.
    func heads(
        besides feed: PublicSigningKey, within limits: [PublicSigningKey: UInt64]
    ) -> [(feed: PublicSigningKey, length: UInt64)] {
        let tips = lengths.compactMap { other, length in
            version(of: other, length: min(length, limits[other] ?? length))
        }
        return graph.dominators(of: tips).compactMap { version in
            let event = graph.event(at: version)
            let other = PublicSigningKey(raw: event.replica.raw)
            return other == feed ? nil : (other, event.sequence + 1)
        }
    }

    /// Blocks of each feed in the past of some, themselves included.
    func lengths(before versions: [LocalVersion]) -> [PublicSigningKey: UInt64] {
        var lengths: [PublicSigningKey: UInt64] = [:]
        for entry in graph.versionVector(of: graph.dominators(of: versions)).entries {
            lengths[PublicSigningKey(raw: entry.replica.raw)] = entry.bound
        }
        return lengths
    }

    func encoded() -> [UInt8] { graph.encoded() }

    init(decoding bytes: [UInt8]) throws(GraphError) {
        graph = try CausalGraph(decoding: bytes)
        for entry in graph.versionVector.entries {
            lengths[PublicSigningKey(raw: entry.replica.raw)] = entry.bound
        }
    }

    /// The block that brings a feed to a length; nil when there is none, or it has not been applied.
    func version(of feed: PublicSigningKey, length: UInt64) -> LocalVersion? {
        guard length > 0, length <= appliedLength(of: feed) else { return nil }
        return graph.localVersion(of: EventID(replica: ReplicaID(raw: feed.raw), sequence: length - 1))
    }
}
