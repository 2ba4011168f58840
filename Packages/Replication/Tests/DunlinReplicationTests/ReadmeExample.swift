import DunlinFeeds
import DunlinFeedsTestSupport
import DunlinReplication
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var feed = try SeededFeed(1)
        let store = MemoryFeedStore()
        try store.commit([feed.append([[1], [2]])])
        var session = ReplicationSession()
        let effects = session.start(lengths: [feed.key.publicKey: 2])
        #expect(effects.count == 1)
        #expect(!session.isInSync)
    }
}
