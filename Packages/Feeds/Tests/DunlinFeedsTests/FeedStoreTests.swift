import DunlinFeeds
import DunlinFeedsTestSupport
import DunlinKeys
import Testing

@Suite struct FeedStoreTests {
    @Test(arguments: UInt64(0)..<12)
    func `a store in memory does what the model does`(seed: UInt64) throws {
        var examination = try FeedStoreExamination(seed: seed)
        try examination.run(MemoryFeedStore(), rounds: 12) { $0 }
    }

    @Test func `a slice keeps to its limit of bytes but has at least one block`() throws {
        var feed = try SeededFeed(1)
        let store = MemoryFeedStore()
        try store.commit([try feed.append([[1, 2, 3], [4], [5, 6]])])
        let key = feed.key.publicKey
        #expect(try store.slice(of: key, 0..<3, byteLimit: 4)?.blocks == [[1, 2, 3], [4]])
        #expect(try store.slice(of: key, 0..<3, byteLimit: 0)?.blocks == [[1, 2, 3]])
        #expect(try store.slice(of: key, 2..<9, byteLimit: 99)?.blocks == [[5, 6]])
        #expect(try store.slice(of: key, 3..<9, byteLimit: 99) == nil)
    }

    @Test func `a pushed block needs no proof nodes`() throws {
        var feed = try SeededFeed(1)
        let store = MemoryFeedStore()
        for number in UInt8(0)..<100 { try store.commit([try feed.append([[number]])]) }
        let slice = try #require(try store.slice(of: feed.key.publicKey, 99..<100, byteLimit: 1 << 18))
        #expect(slice.upgrade.isEmpty)
        #expect(slice.head == feed.state.head)
    }
}
