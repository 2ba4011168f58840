import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects

/// Turns the blocks of a space's data feeds into objects, in causal order.
///
/// It knows no store of its own: the space hands it blocks and says what it knows of keys and members.
struct DataPipeline: Sendable {
    var graph = BlockGraph()
    var objects = ObjectCache()
    /// The control heads in force for the next block of each feed.
    var controlHeads: [PublicSigningKey: [Digest]] = [:]
    /// Blocks at or beyond these lengths have no effect, since their authors may not write any more; feeds
    /// not named are not limited.
    var limits: [PublicSigningKey: UInt64] = [:]
    /// Blocks at or beyond these lengths are stored but not applied; feeds not named are not limited.
    var hold: [PublicSigningKey: UInt64]?
    /// Blocks applied since the last checkpoint.
    private(set) var appliedSinceCheckpoint = 0

    /// Whether the next block of `feed` may be applied under the present hold.
    func isHeld(_ feed: PublicSigningKey) -> Bool {
        guard let limit = hold?[feed] else { return false }
        return graph.appliedLength(of: feed) >= limit
    }

    /// Whether a block has effect as far as its author's membership now goes.
    func isKept(_ sequence: UInt64, of feed: PublicSigningKey) -> Bool {
        sequence < limits[feed] ?? .max
    }

    /// What the next block of `feed` depends on: the newest blocks that are kept, less those of `feed`
    /// itself.
    func heads(besides feed: PublicSigningKey) -> [(feed: PublicSigningKey, length: UInt64)] {
        limits.isEmpty ? graph.heads(besides: feed) : graph.heads(besides: feed, within: limits)
    }

    /// Heads that the next block of `feed` is judged by: its own, or those of the block before.
    func heads(of transaction: Transaction, feed: PublicSigningKey) -> [Digest] {
        transaction.controlHeads ?? controlHeads[feed] ?? []
    }

    /// Counts the next block of `feed` as applied without effect: it could not be read, for anybody.
    mutating func applyEmpty(feed: PublicSigningKey) throws(SpaceError) {
        guard let parents = graph.parents(of: feed, references: []) else { return }
        try append(feed: feed, parents: parents)
    }

    /// Applies the next block of `feed`, whose references are all met.
    /// - Parameter isAuthorised: false when the writer may not write; the block then has no effect.
    mutating func apply(
        _ transaction: Transaction, feed: PublicSigningKey, isAuthorised: Bool, store: any SpaceStore
    ) throws(SpaceError) -> [ObjectID] {
        guard let parents = graph.parents(of: feed, references: transaction.dependencies) else { return [] }
        if let heads = transaction.controlHeads { controlHeads[feed] = heads }
        var changed: [ObjectID] = []
        if isAuthorised, let changes = Self.decoded(transaction.changes) {
            // All of them first: where one cannot be had, none has changed.
            for (object, _) in changes where OwnedObject.isWritable(object, by: feed) {
                try objects.open(object, store: store)
            }
            let outside = graph.outside(parents)
            var number = graph.appliedLength(of: feed) << 32
            for (object, change) in changes {
                let first = number
                number += UInt64(change.unitCount)
                guard OwnedObject.isWritable(object, by: feed) else { continue }
                let result = try objects.update(object, store: store) { document throws(ObjectError) in
                    _ = try document.apply(
                        change, replica: ReplicaID(raw: feed.raw), firstSequence: first,
                        parents: Self.parents(in: document, outside: outside, feed: feed))
                }
                if case .success = result, changed.last != object { changed.append(object) }
            }
        }
        try append(feed: feed, parents: parents)
        return changed
    }

    /// Records a block of this device whose changes were made on the documents already.
    mutating func appendOwn(
        feed: PublicSigningKey, references: [BlockReference], controlHeads heads: [Digest]?
    ) throws(SpaceError) {
        guard let parents = graph.parents(of: feed, references: references) else { return }
        if let heads { controlHeads[feed] = heads }
        try append(feed: feed, parents: parents)
    }

    /// The graph and the heads in force, for the next opening.
    func checkpoint() -> [UInt8] {
        let heads = controlHeads.sorted { $0.key < $1.key }.map { feed, heads in
            CBORValue.array([feed.encodedValue, .array(heads.map(\.encodedValue))])
        }
        let kept = limits.sorted { $0.key < $1.key }.map { feed, limit in
            CBORValue.array([feed.encodedValue, .unsigned(limit)])
        }
        return CBORValue.fields([
            (1, .bytes(graph.encoded())), (2, .array(heads)), (3, kept.isEmpty ? nil : .array(kept)),
        ]).encoded()
    }

    /// Restores ``checkpoint()``.
    init(checkpoint bytes: [UInt8]) throws(SpaceError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes, limits: .userData))
            graph = try BlockGraph(decoding: try fields.value(1).asBytes())
            for item in try fields.value(2).asArray() {
                let parts = try item.asArray(count: 2)
                controlHeads[try PublicSigningKey(parts[0])] = try parts[1].asArray().map(Digest.init)
            }
            for item in try fields.optionalValue(3)?.asArray() ?? [] {
                let parts = try item.asArray(count: 2)
                limits[try PublicSigningKey(parts[0])] = try parts[1].asUnsigned()
            }
            try fields.finish()
        } catch { throw .damagedMetadata(key: "checkpoint") }
    }

    init() {}

    mutating func checkpointed() {
        objects.checkpointed()
        appliedSinceCheckpoint = 0
    }

    private mutating func append(feed: PublicSigningKey, parents: Frontier) throws(SpaceError) {
        do { try graph.append(feed: feed, parents: parents) } catch { throw .graph(error) }
        appliedSinceCheckpoint += 1
    }

    /// The object's maximal events in the past of the block being applied.
    ///
    /// Feeds outside the past contribute their events before the first such block; the others all.
    static func parents(
        in document: ObjectDocument, outside: [PublicSigningKey: UInt64], feed: PublicSigningKey
    ) -> Frontier {
        guard !outside.isEmpty else { return document.frontier }
        var versions = document.versionVector
        for (other, first) in outside where other != feed {
            let replica = ReplicaID(raw: other.raw)
            if let known = versions[replica] { versions[replica] = min(known, first << 32) }
        }
        return document.graph.frontier(of: versions)
    }

    /// All changes of a transaction, or nil when one of them is malformed, or they have more units than a
    /// block has numbers: a block is applied whole.
    static func decoded(_ changes: [ObjectChange]) -> [(ObjectID, Change)]? {
        var decoded: [(ObjectID, Change)] = []
        decoded.reserveCapacity(changes.count)
        for change in changes {
            guard let value = try? Change(decoding: change.change) else { return nil }
            decoded.append((change.object, value))
        }
        // An event's number names its block.
        guard decoded.reduce(0, { $0 + $1.1.unitCount }) <= 1 << 32 else { return nil }
        return decoded
    }
}
