import DunlinEncoding
import DunlinKeys
import DunlinObjects

/// A feed up to a length, with the hash of its tree there: how a block names what it depends on.
///
/// The tree hash pins the branch, so that a dependency on a forked feed says which fork it means.
public struct BlockReference: Hashable, Comparable, Sendable {
    /// The feed that is depended on.
    public var feed: PublicSigningKey
    /// The number of blocks named: the last of them has sequence `length - 1`. At least 1.
    public var length: UInt64
    /// The hash of its tree at that length: the reference holds for these blocks and no others.
    public var treeHash: Digest

    /// A reference to a feed's first blocks.
    public init(feed: PublicSigningKey, length: UInt64, treeHash: Digest) {
        self.feed = feed
        self.length = length
        self.treeHash = treeHash
    }

    /// By the feed's key, then by length.
    public static func < (a: BlockReference, b: BlockReference) -> Bool {
        a.feed == b.feed ? a.length < b.length : a.feed < b.feed
    }
}

/// The change of one object within a transaction.
public struct ObjectChange: Hashable, Sendable {
    /// The object that is changed.
    public var object: ObjectID
    /// A `Change` of `DunlinObjects`, encoded.
    public var change: [UInt8]

    /// A change of one object.
    public init(object: ObjectID, change: [UInt8]) {
        self.object = object
        self.change = change
    }
}

/// What one commit of a device changes: the plaintext of one block of a data feed.
///
/// Unit operations are numbered through the whole transaction: the first change starts at
/// `sequence << 32`, the next where that one ends (`Docs/Spec/Blocks.md`).
public struct Transaction: Hashable, Sendable {
    /// The newest blocks of other feeds the writer had applied, less those that another dependency
    /// or the writer's previous block already has in its past. Sorted, one per feed.
    public var dependencies: [BlockReference]
    /// The control heads the writer had, sorted; nil when unchanged since its previous block.
    public var controlHeads: [Digest]?
    /// Milliseconds since 1970 by the writer's clock; shown to people, decides nothing.
    public var wallClock: UInt64
    /// What is changed; shown together or not at all.
    public var changes: [ObjectChange]
    /// The transaction goes on in the writer's next block. Not written yet; read, so that it may be one day.
    public var continues: Bool

    /// A transaction of these fields.
    public init(
        dependencies: [BlockReference], controlHeads: [Digest]?, wallClock: UInt64,
        changes: [ObjectChange], continues: Bool = false
    ) {
        self.dependencies = dependencies
        self.controlHeads = controlHeads
        self.wallClock = wallClock
        self.changes = changes
        self.continues = continues
    }
}
