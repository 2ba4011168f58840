import DunlinEncoding
import DunlinKeys

/// How much of a feed its reader had when it took away the writer's right: what the writer has written beyond
/// that is shown only where others have built upon it.
public struct FeedCut: Hashable, Sendable {
    /// Cuts that one credential may carry: both feeds of 64 devices.
    public static let countLimit = 128

    /// Bytes that one takes.
    static let byteLimit = 80

    /// The feed that is cut.
    public var feed: PublicSigningKey
    /// Blocks of it that stay.
    public var length: UInt64
    /// The tree hash of so many blocks; tells branches of a feed that was forked apart.
    public var treeHash: Digest

    /// A cut of a feed.
    public init(feed: PublicSigningKey, length: UInt64, treeHash: Digest) {
        self.feed = feed
        self.length = length
        self.treeHash = treeHash
    }

    var encodedValue: CBORValue {
        .array([feed.encodedValue, .unsigned(length), treeHash.encodedValue])
    }

    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 3)
        feed = try PublicSigningKey(parts[0])
        length = try parts[1].asUnsigned()
        guard length < 1 << 40 else { throw .notCanonical }
        treeHash = try Digest(parts[2])
    }

    /// Sorted by feed, each once.
    static func decode(_ items: [CBORValue]) throws(CBORError) -> [FeedCut] {
        var cuts: [FeedCut] = []
        for item in items {
            let cut = try FeedCut(item)
            if let last = cuts.last, last.feed >= cut.feed { throw .notCanonical }
            cuts.append(cut)
        }
        return cuts
    }

    static func encode(_ cuts: [FeedCut]) -> CBORValue {
        .array(cuts.sorted { $0.feed < $1.feed }.map(\.encodedValue))
    }
}
