import DunlinFeeds
import DunlinKeys
import GRDB

/// Feeds in one SQLite file, durable when a commit returns.
public final class SQLiteFeedStore: FeedStore {
    /// The format that this version writes; a file with a higher one is refused.
    public static let format = 1

    private let database: DatabaseQueue

    /// Opens or creates the file at `path`.
    /// - Throws: ``StoreError``; ``StoreError/newerFormat(_:)`` leaves the file as it is.
    public init(path: String) throws(StoreError) {
        do {
            database = try DatabaseQueue(path: path, configuration: .durable())
            try database.write { db in
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= Self.format else { throw StoreError.newerFormat(version) }
                guard version == 0 else { return }
                try FeedTables.create(db)
                try db.execute(sql: "PRAGMA user_version = \(Self.format)")
            }
        } catch { throw StoreError(error) }
    }

    /// Writes all of it in one transaction, synced before it returns.
    public func commit(_ writes: [FeedWrite]) throws(StoreError) {
        do {
            try database.write { db in for write in writes { try FeedTables.write(write, db) } }
        } catch { throw StoreError(error) }
    }

    /// See ``FeedReading/feeds()``.
    public func feeds() throws(StoreError) -> [FeedDescriptor] {
        try read { try FeedTables.descriptors($0) }
    }

    /// See ``FeedReading/state(of:)``.
    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try read { try FeedTables.state(of: feed, $0) }
    }

    /// See ``FeedReading/end(of:)``.
    public func end(of feed: PublicSigningKey) throws(StoreError) -> FeedEnd? {
        try read { try FeedTables.end(of: feed, $0) }
    }

    /// See ``FeedReading/blocks(of:_:)``.
    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try read { try FeedTables.blocks(of: feed, range, $0) }
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try read { try FeedTables.nodes(of: feed, indices, $0) }
    }

    /// Outside a transaction, which would double the cost of reading one block: nobody writes meanwhile,
    /// since the queue has one connection.
    private func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        do { return try database.writeWithoutTransaction(body) } catch { throw StoreError(error) }
    }
}

extension Configuration {
    /// WAL with a sync at every commit: what was committed survives a power cut.
    ///
    /// GRDB's own `journalMode = .wal` would set `synchronous = NORMAL` after `prepareDatabase` has run,
    /// which syncs at checkpoints only: a block that was sent could then be lost, and its number used again.
    public static func durable() -> Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw StoreError.failed("the file system cannot hold a write-ahead log")
            }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }
}
