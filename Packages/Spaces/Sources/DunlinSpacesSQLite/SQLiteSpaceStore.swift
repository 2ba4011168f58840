import DunlinCompression
import DunlinEncoding
import DunlinFeeds
import DunlinFeedsSQLite
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import Foundation
import GRDB

/// A space in one SQLite file: feeds, object rows and metadata, written together, durable when a commit
/// returns.
/// - Source: `Docs/Spec/Storage.md`.
public final class SQLiteSpaceStore: SpaceStore {
    /// The format that this version writes; a file with a higher one is refused.
    public static let format = 4

    /// A history of more bytes would not fit into memory beside its object.
    private static let historyLimit = 1 << 31

    private let database: DatabaseQueue

    /// Opens or creates the file at `path`.
    /// - Throws: ``StoreError``; ``StoreError/newerFormat(_:)`` leaves the file as it is.
    public init(path: String) throws(StoreError) {
        do {
            database = try DatabaseQueue(path: path, configuration: .durable())
            try database.write { db in
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= Self.format else { throw StoreError.newerFormat(version) }
                if version == 0 { try Self.create(db) }
                if (1..<Self.format).contains(version) { try Self.forgetObjects(db) }
            }
        } catch { throw StoreError(error) }
    }

    /// Older formats saved objects in other ways. The feeds have all that made them, so they are built again.
    private static func forgetObjects(_ db: Database) throws {
        try db.execute(sql: "DROP TABLE object")
        try createObjects(db)
        try db.execute(
            sql: """
                DELETE FROM metadata WHERE key = 'checkpoint';
                PRAGMA user_version = \(format);
                """)
    }

    /// What is read first stands first: a long row is read up to what is asked for.
    private static func createObjects(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE object (
                    id BLOB PRIMARY KEY, type TEXT, deleted INTEGER NOT NULL, state BLOB NOT NULL,
                    json TEXT NOT NULL, history BLOB NOT NULL) WITHOUT ROWID;
                CREATE INDEX objectByType ON object (type, id);
                """)
    }

    private static func create(_ db: Database) throws {
        try FeedTables.create(db)
        try createObjects(db)
        try db.execute(
            sql: """
                CREATE TABLE metadata (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                PRAGMA user_version = \(format);
                """)
    }

    /// Writes the batch in one transaction, synced before it returns.
    public func commit(_ batch: SpaceBatch) throws(StoreError) {
        do {
            try database.write { db in
                for write in batch.feeds { try FeedTables.write(write, db) }
                try Self.write(batch.objects, db)
                try Self.write(batch.metadata, db)
            }
        } catch { throw StoreError(error) }
    }

    private static func write(_ rows: [ObjectRow], _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO object (id, type, deleted, state, json, history)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        for row in rows {
            // Most of what was ever inserted is in the content, too.
            let history = row.history.isEmpty ? [] : Envelope.seal(row.history, prefix: row.state)
            try statement.execute(arguments: [
                row.id.bytes.blob, row.type?.string, row.isDeleted, row.state.blob, row.json, history.blob,
            ])
        }
    }

    private static func write(_ metadata: [String: [UInt8]?], _ db: Database) throws {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if let value {
                try db.cachedStatement(sql: "INSERT OR REPLACE INTO metadata (key, value) VALUES (?, ?)")
                    .execute(arguments: [key, value.blob])
            } else {
                try db.cachedStatement(sql: "DELETE FROM metadata WHERE key = ?").execute(arguments: [key])
            }
        }
    }

    /// See ``SpaceStore/objectState(_:)``.
    public func objectState(_ id: ObjectID) throws(StoreError) -> [UInt8]? {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT state FROM object WHERE id = ?")
            return try Data.fetchOne(statement, arguments: [id.bytes.blob]).map { [UInt8]($0) }
        }
    }

    /// See ``SpaceStore/objectHistory(_:)``.
    public func objectHistory(_ id: ObjectID) throws(StoreError) -> [UInt8]? {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT state, history FROM object WHERE id = ?")
            return try Row.fetchOne(statement, arguments: [id.bytes.blob]).map { row in
                let history = [UInt8](row[1] as Data)
                guard !history.isEmpty else { return [] }
                do throws(EnvelopeError) {
                    return try Envelope.open(
                        history, atMost: Self.historyLimit, prefix: [UInt8](row[0] as Data))
                } catch { throw StoreError.damaged("\(error)") }
            }
        }
    }

    /// See ``SpaceStore/objectIDs(type:)``.
    public func objectIDs(type: UTF8String?) throws(StoreError) -> [ObjectID] {
        try read { db in
            let rows: [Data]
            if let type {
                rows = try Data.fetchAll(
                    db, sql: "SELECT id FROM object WHERE type = ? ORDER BY id", arguments: [type.string])
            } else {
                rows = try Data.fetchAll(db, sql: "SELECT id FROM object ORDER BY id")
            }
            return try rows.map { bytes in
                guard let id = ObjectID(bytes: [UInt8](bytes)) else { throw StoreError.damaged("object id") }
                return id
            }
        }
    }

    /// See ``SpaceStore/metadata(_:)``.
    public func metadata(_ key: String) throws(StoreError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(db, sql: "SELECT value FROM metadata WHERE key = ?", arguments: [key])
                .map { [UInt8]($0) }
        }
    }

    /// See ``SpaceStore/metadata(prefix:)``.
    public func metadata(prefix: String) throws(StoreError) -> [(key: String, value: [UInt8])] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT key, value FROM metadata WHERE substr(key, 1, ?) = ? ORDER BY key",
                arguments: [prefix.unicodeScalars.count, prefix]
            ).map { ($0[0], [UInt8]($0[1] as Data)) }
        }
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

    /// Outside a transaction, which would double the cost of reading one row: nobody writes meanwhile, since
    /// the queue has one connection.
    private func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        do { return try database.writeWithoutTransaction(body) } catch { throw StoreError(error) }
    }
}
