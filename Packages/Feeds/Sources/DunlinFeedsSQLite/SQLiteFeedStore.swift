import DunlinFeeds
import DunlinKeys
import GRDB

/// Feeds in one SQLite file, durable when a commit returns.
public final class SQLiteFeedStore: FeedReading {
    private let database: DatabaseQueue

    /// Opens or creates the file at `path`.
    /// - Throws: ``StoreError``.
    public init(path: String) throws(StoreError) {
        do {
            database = try DatabaseQueue(path: path, configuration: .durable())
            try database.write { db in
                if try !db.tableExists("feed") { try FeedTables.create(db) }
            }
        } catch { throw StoreError(error) }
    }

    /// Writes all of it or nothing; durable when it returns.
    public func commit(_ writes: [FeedWrite]) throws(StoreError) {
        do {
            try database.write { db in for write in writes { try FeedTables.write(write, db) } }
        } catch { throw StoreError(error) }
    }

    public func feeds() throws(StoreError) -> [FeedDescriptor] {
        try read { try FeedTables.descriptors($0) }
    }

    public func state(of feed: PublicSigningKey) throws(StoreError) -> FeedState? {
        try read { try FeedTables.state(of: feed, $0) }
    }

    public func blocks(of feed: PublicSigningKey, _ range: Range<UInt64>) throws(StoreError) -> [[UInt8]] {
        try read { try FeedTables.blocks(of: feed, range, $0) }
    }

    public func nodes(of feed: PublicSigningKey, _ indices: [UInt64]) throws(StoreError) -> [TreeNode] {
        try read { try FeedTables.nodes(of: feed, indices, $0) }
    }

    private func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        do { return try database.read(body) } catch { throw StoreError(error) }
    }
}

extension Configuration {
    /// WAL with a sync at every commit: what was committed survives a power cut.
    public static func durable() -> Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }
}
