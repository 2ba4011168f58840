import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import Foundation
import GRDB

/// The tables of feeds, for use inside a transaction of whoever owns the database.
/// - Source: `Docs/Spec/Storage.md`.
public enum FeedTables {
    /// Creates the tables in an empty database.
    public static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE feed (
                    id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, descriptor BLOB NOT NULL,
                    length INTEGER NOT NULL, head BLOB NOT NULL);
                CREATE TABLE block (
                    feed INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (feed, number)) WITHOUT ROWID;
                CREATE TABLE node (
                    feed INTEGER NOT NULL, number INTEGER NOT NULL, byteCount INTEGER NOT NULL, hash BLOB NOT NULL,
                    PRIMARY KEY (feed, number)) WITHOUT ROWID;
                """)
    }

    /// Writes blocks that follow what is stored, with their nodes and the head.
    /// - Throws: ``StoreError/missing(feed:block:)`` when they do not follow; roll the transaction back.
    public static func write(_ write: FeedWrite, _ db: Database) throws {
        let id = try feedID(write, db)
        let block = try db.cachedStatement(sql: "INSERT INTO block (feed, number, bytes) VALUES (?, ?, ?)")
        for (offset, bytes) in write.blocks.enumerated() {
            try block.execute(arguments: [id, Int64(write.start) + Int64(offset), bytes.blob])
        }
        let node = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO node (feed, number, byteCount, hash) VALUES (?, ?, ?, ?)")
        for item in write.nodes {
            try node.execute(
                arguments: [id, Int64(item.index), Int64(item.byteCount), item.hash.bytes.blob])
        }
    }

    private static func feedID(_ write: FeedWrite, _ db: Database) throws -> Int64 {
        let key = write.descriptor.feed.bytes.blob
        let head = write.head.encodedValue.encoded().blob
        let found = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT id, length FROM feed WHERE key = ?"), arguments: [key])
        guard let found else {
            guard write.start == 0 else { throw StoreError.missing(feed: write.descriptor.feed, block: 0) }
            try db.cachedStatement(
                sql: "INSERT INTO feed (key, descriptor, length, head) VALUES (?, ?, ?, ?)"
            )
            .execute(arguments: [key, write.descriptor.encoded().blob, Int64(write.end), head])
            return db.lastInsertedRowID
        }
        let id: Int64 = found[0], length: Int64 = found[1]
        guard length == Int64(write.start) else {
            throw StoreError.missing(feed: write.descriptor.feed, block: UInt64(length))
        }
        try db.cachedStatement(sql: "UPDATE feed SET length = ?, head = ? WHERE id = ?")
            .execute(arguments: [Int64(write.end), head, id])
        return id
    }

    /// See ``FeedReading/feeds()``.
    public static func descriptors(_ db: Database) throws -> [FeedDescriptor] {
        try Row.fetchAll(db, sql: "SELECT descriptor FROM feed ORDER BY key").map { row in
            try FeedDescriptor(decoding: [UInt8](row[0] as Data))
        }
    }

    /// See ``FeedReading/state(of:)``.
    public static func state(of feed: PublicSigningKey, _ db: Database) throws -> FeedState? {
        let statement = try db.cachedStatement(sql: "SELECT descriptor, length, head FROM feed WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [feed.bytes.blob]) else { return nil }
        let length = UInt64(row[1] as Int64)
        let roots = try nodes(of: feed, FlatTree.roots(length), db)
        guard let frontier = MerkleFrontier(length: length, roots: roots) else {
            throw StoreError.damaged("tree of a feed")
        }
        return FeedState(
            descriptor: try FeedDescriptor(decoding: [UInt8](row[0] as Data)), frontier: frontier,
            head: try SignedHead(CBORValue(decoding: [UInt8](row[2] as Data))))
    }

    /// See ``FeedReading/end(of:)``.
    public static func end(of feed: PublicSigningKey, _ db: Database) throws -> FeedEnd? {
        let statement = try db.cachedStatement(sql: "SELECT length, head FROM feed WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [feed.bytes.blob]) else { return nil }
        return FeedEnd(
            length: UInt64(row[0] as Int64),
            head: try SignedHead(CBORValue(decoding: [UInt8](row[1] as Data))))
    }

    /// See ``FeedReading/blocks(of:_:)``.
    public static func blocks(
        of feed: PublicSigningKey, _ range: Range<UInt64>, _ db: Database
    ) throws -> [[UInt8]] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT bytes FROM block WHERE feed = (SELECT id FROM feed WHERE key = ?)
                AND number >= ? AND number < ? ORDER BY number
                """)
        let arguments: StatementArguments = [
            feed.bytes.blob, Int64(range.lowerBound), Int64(range.upperBound),
        ]
        let blocks = try Row.fetchAll(statement, arguments: arguments).map { [UInt8]($0[0] as Data) }
        guard blocks.count == range.count else {
            throw StoreError.missing(feed: feed, block: range.lowerBound + UInt64(blocks.count))
        }
        return blocks
    }

    /// See ``FeedReading/nodes(of:_:)``.
    public static func nodes(
        of feed: PublicSigningKey, _ indices: [UInt64], _ db: Database
    ) throws -> [TreeNode] {
        guard !indices.isEmpty else { return [] }
        let statement = try db.cachedStatement(
            sql: """
                SELECT byteCount, hash FROM node
                WHERE feed = (SELECT id FROM feed WHERE key = ?) AND number = ?
                """)
        return try indices.map { index in
            guard let row = try Row.fetchOne(statement, arguments: [feed.bytes.blob, Int64(index)]),
                let hash = Digest(bytes: [UInt8](row[1] as Data))
            else { throw StoreError.missing(feed: feed, block: index / 2) }
            return TreeNode(index: index, byteCount: UInt64(row[0] as Int64), hash: hash)
        }
    }
}
