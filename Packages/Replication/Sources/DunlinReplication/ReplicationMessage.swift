import DunlinEncoding
import DunlinFeeds
import DunlinKeys

/// What peers say about a space's feeds.
/// - Source: `Docs/Spec/Replication.md`.
public enum ReplicationMessage: Hashable, Sendable {
    case hello(version: UInt64, digest: Digest)
    case vector([PublicSigningKey: UInt64])
    case want(feed: PublicSigningKey, start: UInt64, count: UInt64)
    case blocks(feed: PublicSigningKey, FeedSlice)

    /// The version of the protocol that is spoken here.
    public static let version: UInt64 = 1
    static let wantedBlocks: UInt64 = 64
    static let vectorEntries = 8_192

    /// The message as CBOR.
    public func encoded() -> [UInt8] {
        switch self {
        case .hello(let version, let digest):
            return CBORValue.array([.unsigned(0), .unsigned(version), digest.encodedValue]).encoded()
        case .vector(let lengths):
            let entries = lengths.filter { $0.value > 0 }.sorted { $0.key < $1.key }
                .map { CBORValue.array([$0.key.encodedValue, .unsigned($0.value)]) }
            return CBORValue.array([.unsigned(1), .array(entries)]).encoded()
        case .want(let feed, let start, let count):
            return CBORValue.array([.unsigned(2), feed.encodedValue, .unsigned(start), .unsigned(count)])
                .encoded()
        case .blocks(let feed, let slice):
            return CBORValue.array([
                .unsigned(3), feed.encodedValue, .unsigned(slice.start),
                .array(slice.blocks.map { .bytes($0) }), slice.head.encodedValue,
                .array(
                    slice.upgrade.map {
                        .array([.unsigned($0.index), .unsigned($0.byteCount), $0.hash.encodedValue])
                    }),
            ]).encoded()
        }
    }

    /// Reads ``encoded()``.
    /// - Throws: ``CBORError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(CBORError) {
        let items = try CBORValue(decoding: bytes).asArray()
        guard let type = items.first else { throw .notCanonical }
        switch (try type.asUnsigned(), items.count) {
        case (0, 3): self = .hello(version: try items[1].asUnsigned(), digest: try Digest(items[2]))
        case (1, 2): self = .vector(try Self.vector(items[1]))
        case (2, 4):
            let start = try items[2].asUnsigned(), count = try items[3].asUnsigned()
            guard start < 1 << 40, (1...Self.wantedBlocks).contains(count) else { throw .notCanonical }
            self = .want(feed: try PublicSigningKey(items[1]), start: start, count: count)
        case (3, 6): self = .blocks(feed: try PublicSigningKey(items[1]), try Self.slice(items))
        default: throw .notCanonical
        }
    }

    private static func vector(_ value: CBORValue) throws(CBORError) -> [PublicSigningKey: UInt64] {
        let entries = try value.asArray()
        guard entries.count <= vectorEntries else {
            throw .tooManyItems(count: UInt64(entries.count), limit: vectorEntries)
        }
        var lengths: [PublicSigningKey: UInt64] = [:]
        var previous: PublicSigningKey?
        for entry in entries {
            let pair = try entry.asArray(count: 2)
            let feed = try PublicSigningKey(pair[0]), length = try pair[1].asUnsigned()
            if let previous, previous >= feed { throw .notCanonical }
            guard (1..<1 << 40).contains(length) else { throw .notCanonical }
            lengths[feed] = length
            previous = feed
        }
        return lengths
    }

    private static func slice(_ items: [CBORValue]) throws(CBORError) -> FeedSlice {
        let start = try items[2].asUnsigned()
        let blocks = try items[3].asArray()
        let nodes = try items[5].asArray()
        guard start < 1 << 40, (1...Int(wantedBlocks)).contains(blocks.count), nodes.count <= 64 else {
            throw .notCanonical
        }
        var decoded: [[UInt8]] = []
        for block in blocks { decoded.append(try block.asBytes()) }
        var upgrade: [TreeNode] = []
        for node in nodes {
            let parts = try node.asArray(count: 3)
            let bytes = try parts[1].asUnsigned()
            guard bytes < 1 << 50 else { throw .notCanonical }
            upgrade.append(
                TreeNode(index: try parts[0].asUnsigned(), byteCount: bytes, hash: try Digest(parts[2])))
        }
        return FeedSlice(start: start, blocks: decoded, head: try SignedHead(items[4]), upgrade: upgrade)
    }
}
