import DunlinFeeds
import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the README's example runs`() throws {
        var random = SystemRandom()
        let key = try SigningKey.make(random: &random)
        let descriptor = FeedDescriptor(space: Digest.blake2b([1]), feed: key.publicKey)

        // The writer appends, and keeps what it appended before it tells anybody.
        var feed = FeedState(descriptor)
        let store = MemoryFeedStore()
        try store.commit([feed.append([Array("hello".utf8), Array("world".utf8)], signingWith: key)])

        // A reader takes any part of it and trusts nobody but the feed's key.
        var copy = FeedState(descriptor)
        if let slice = try store.slice(of: key.publicKey, 0..<1, byteLimit: 1 << 18) {
            let write = try copy.accept(slice)
            print("\(write.blocks.count) block of \(slice.head.length), verified")
        }
        #expect(copy.length == 1)
        #expect(copy.head?.length == 2)
    }
}
