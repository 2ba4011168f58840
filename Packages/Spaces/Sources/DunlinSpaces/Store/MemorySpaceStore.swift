import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects

/// A space's store that lives as long as the process.
public final class MemorySpaceStore: SpaceStore {
    private var feedContents = FeedContents()
    private var rows: [ObjectID: ObjectRow] = [:]
    private var values: [String: [UInt8]] = [:]

    public init() {}

    public func commit(_ batch: SpaceBatch) throws(StoreError) {
        try feedContents.commit(batch.feeds)
        for row in batch.objects { rows[row.id] = row }
        for (key, value) in batch.metadata { values[key] = value }
    }

    public func feeds() throws(StoreError) -> [FeedDescriptor] { feedContents.descriptors }

    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try feedContents.state(of: feed)
    }

    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? {
        try feedContents.end(of: feed)
    }

    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try feedContents.blocks(of: feed, range)
    }

    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try feedContents.nodes(of: feed, indices)
    }

    public func object(_ id: ObjectID) throws(StoreError) -> ObjectRow? { rows[id] }

    public func objectIDs(type: UTF8String?) throws(StoreError) -> [ObjectID] {
        rows.values.filter { type == nil || $0.type == type }.map(\.id).sorted()
    }

    public func metadata(_ key: String) throws(StoreError) -> [UInt8]? { values[key] }

    public func metadata(prefix: String) throws(StoreError) -> [(key: String, value: [UInt8])] {
        values.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
