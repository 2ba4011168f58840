import DunlinFeeds
import DunlinFeedsTestSupport
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var writer = try SeededFeed(1)
        let store = MemoryFeedStore()
        try store.commit([writer.append([[1], [2], [3]])])
        let slice = try #require(try store.slice(of: writer.key.publicKey, 0..<3, byteLimit: 1_000))
        var reader = FeedState(writer.state.descriptor)
        _ = try reader.accept(slice)
        #expect(reader.length == 3 && reader.frontier.treeHash == writer.state.frontier.treeHash)
    }
}
