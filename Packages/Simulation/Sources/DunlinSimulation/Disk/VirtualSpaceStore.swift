import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// A space's store as a log on a ``VirtualDisk``: each commit is one record with its length and hash, synced
/// before the commit returns. Opening reads it up to the first record that is not whole.
public final class VirtualSpaceStore: SpaceStore {
    private let disk: VirtualDisk
    private let file: String
    private var feedContents = FeedContents()
    private var rows: [ObjectID: ObjectRow] = [:]
    private var values: [String: [UInt8]] = [:]

    /// - Throws: ``StoreError/damaged(_:)`` when a whole record makes no sense.
    public init(disk: VirtualDisk, file: String) throws(StoreError) {
        self.disk = disk
        self.file = file
        let bytes = disk.bytes(of: file)
        var reader = ByteReader(bytes)
        var wholeCount = 0
        while let record = Self.nextRecord(&reader) {
            do { try apply(SpaceBatch(decoding: record)) } catch { throw .damaged("\(error)") }
            wholeCount = bytes.count - reader.remaining
        }
        disk.truncate(file, to: wholeCount)
    }

    private static func nextRecord(_ reader: inout ByteReader) -> [UInt8]? {
        do {
            let count = try reader.u64()
            guard count > 0, count <= UInt64(reader.remaining) else { return nil }
            let hash = try reader.raw(count: 32), record = try reader.raw(count: Int(count))
            return Digest.blake2b(record).bytes == hash ? record : nil
        } catch { return nil }
    }

    private func apply(_ batch: SpaceBatch) throws(StoreError) {
        try feedContents.commit(batch.feeds)
        keep(batch)
    }

    private func keep(_ batch: SpaceBatch) {
        for row in batch.objects { rows[row.id] = row }
        for (key, value) in batch.metadata { values[key] = value }
    }

    /// Writes the batch as one record and syncs it.
    public func commit(_ batch: SpaceBatch) throws(StoreError) {
        let before = feedContents
        try feedContents.commit(batch.feeds)
        let record = batch.encoded()
        var writer = ByteWriter()
        writer.u64(UInt64(record.count))
        writer.raw(Digest.blake2b(record).bytes)
        writer.raw(record)
        do throws(VirtualDisk.Failure) {
            try disk.append(writer.bytes, to: file)
            try disk.sync(file)
        } catch {
            feedContents = before
            switch error {
            case .full: throw .full
            case .powerFailed: throw .failed("the power failed")
            }
        }
        keep(batch)
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
        try demandReadable()
        return try feedContents.blocks(of: feed, range)
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try demandReadable()
        return try feedContents.nodes(of: feed, indices)
    }

    private func demandReadable() throws(StoreError) {
        if disk.cannotRead { throw .failed("the disk cannot be read") }
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
