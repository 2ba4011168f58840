import DunlinFeeds
import DunlinFeedsSQLite
import DunlinFeedsTestSupport
import DunlinKeys
import Foundation
import GRDB
import Testing

@Suite struct SQLiteFeedStoreTests {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("feeds-\(UUID()).sqlite").path

    private func remove() {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    @Test(arguments: UInt64(0)..<4)
    func `a store on disk does what the model does`(seed: UInt64) throws {
        defer { remove() }
        var examination = try FeedStoreExamination(seed: seed)
        let path = path
        try examination.run(try SQLiteFeedStore(path: path), rounds: 8) { _ in
            try SQLiteFeedStore(path: path)
        }
    }

    @Test func `commits are durable before they return`() throws {
        defer { remove() }
        let queue = try DatabaseQueue(path: path, configuration: .durable())
        let mode = try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
        let synchronous = try queue.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2)
    }

    @Test func `a file of a newer format is refused and left alone`() throws {
        defer { remove() }
        _ = try SQLiteFeedStore(path: path)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 7") }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: StoreError.newerFormat(7)) { try SQLiteFeedStore(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `a file that is no database is refused`() throws {
        defer { remove() }
        try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.damaged("SQLite cannot read the file")) { try SQLiteFeedStore(path: path) }
    }

    @Test func `a folder that is not there is a typed error`() {
        #expect(throws: StoreError.readOnly) { try SQLiteFeedStore(path: "/nowhere/at/all.sqlite") }
    }

    @Test func `a full disk writes nothing, and writing goes on when there is room`() throws {
        defer { remove() }
        let queue = try DatabaseQueue(path: path, configuration: .durable())
        try queue.write { try FeedTables.create($0) }
        var feed = try SeededFeed(1)
        let small = try feed.append([[1]])
        try queue.write { try FeedTables.write(small, $0) }
        let large = try feed.append((0..<64).map { _ in [UInt8](repeating: 1, count: 100_000) })
        func write() throws(StoreError) {
            do { try queue.write { try FeedTables.write(large, $0) } } catch { throw StoreError(error) }
        }
        func head() throws -> SignedHead? {
            try queue.read { try FeedTables.end(of: feed.key.publicKey, $0)?.head }
        }
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 40") }
        #expect(throws: StoreError.full) { try write() }
        #expect(try head() == small.head)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        try write()
        #expect(try head() == large.head)
    }
}
