import DunlinFeeds
import DunlinFeedsSQLite
import DunlinFeedsTestSupport
import DunlinKeys
import Foundation
import Testing

@Suite struct SQLiteFeedStoreTests {
    @Test func `the store on SQLite does what a store must, and does so again when opened anew`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-\(UUID()).sqlite").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let state: FeedState?
        let key = try SeededFeed(1).key.publicKey
        do {
            let store = try SQLiteFeedStore(path: path)
            #expect(
                try FeedStoreChecks.violation(of: store) { writes throws(StoreError) in try store.commit(writes) } == nil)
            state = try store.state(of: key)
        }
        let store = try SQLiteFeedStore(path: path)
        #expect(try store.state(of: key) == state)
        #expect(try store.blocks(of: key, 0..<37).count == 37)
    }

    @Test func `a folder that is not there is a typed error`() {
        #expect(throws: StoreError.self) { try SQLiteFeedStore(path: "/nowhere/at/all.sqlite") }
    }
}
