import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects

/// A space's store that lives as long as the process.
public final class MemorySpaceStore: SpaceStore {
    private var feedContents = FeedContents()
    private var rows: [ObjectID: ObjectRow] = [:]
    private var values: [String: [UInt8]] = [:]

    /// A store that holds nothing.
    public init() {}

    /// See ``SpaceStore/commit(_:)``; nothing here is durable.
    public func commit(_ batch: SpaceBatch) throws(StoreError) {
        try feedContents.commit(batch.feeds)
        for row in batch.objects { rows[row.id] = row }
        for (key, value) in batch.metadata { values[key] = value }
    }

    /// See ``FeedReading/feeds()``.
    public func feeds() throws(StoreError) -> [FeedDescriptor] { feedContents.descriptors }

    /// See ``FeedReading/state(of:)``.
    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try feedContents.state(of: feed)
    }

    /// See ``FeedReading/end(of:)``.
    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? {
        try feedContents.end(of: feed)
    }

    /// See ``FeedReading/blocks(of:_:)``.
    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try feedContents.blocks(of: feed, range)
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try feedContents.nodes(of: feed, indices)
    }

    /// See ``SpaceStore/objectState(_:)``.
    public func objectState(_ id: ObjectID) throws(StoreError) -> [UInt8]? { rows[id]?.state }

    /// See ``SpaceStore/objectHistory(_:)``.
    public func objectHistory(_ id: ObjectID) throws(StoreError) -> [UInt8]? { rows[id]?.history }

    /// See ``SpaceStore/objectIDs(type:)``.
    public func objectIDs(type: UTF8String?) throws(StoreError) -> [ObjectID] {
        rows.values.filter { type == nil || $0.type == type }.map(\.id).sorted()
    }

    /// See ``SpaceStore/metadata(_:)``.
    public func metadata(_ key: String) throws(StoreError) -> [UInt8]? { values[key] }

    /// See ``SpaceStore/metadata(prefix:)``.
    public func metadata(prefix: String) throws(StoreError) -> [(key: String, value: [UInt8])] {
        values.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
