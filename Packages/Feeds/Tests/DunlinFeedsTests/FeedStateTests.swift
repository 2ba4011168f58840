import DunlinFeeds
import DunlinFeedsTestSupport
import DunlinKeys
import Testing

@Suite struct FeedStateTests {
    private func blocks(_ range: Range<UInt8>) -> [[UInt8]] { range.map { [$0, $0] } }

    /// A feed of `count` blocks, and where they are stored.
    private func stored(_ count: UInt8) throws -> (SeededFeed, MemoryFeedStore) {
        var feed = try SeededFeed(3)
        let store = MemoryFeedStore()
        try store.commit([try feed.append(blocks(0..<count))])
        return (feed, store)
    }

    private func slice(_ store: MemoryFeedStore, _ feed: SeededFeed, _ range: Range<UInt64>) throws
        -> FeedSlice
    {
        try #require(try store.slice(of: feed.key.publicKey, range, byteLimit: 1 << 18))
    }

    @Test(arguments: UInt64(0)..<8)
    func `a reader that takes any slices ends where the writer is`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (feed, store) = try stored(UInt8(1 + random.uniform(below: 90)))
        var reader = FeedState(feed.state.descriptor)
        while reader.length < feed.state.length {
            let start = random.uniform(below: reader.length + 1)
            let end = start + 1 + random.uniform(below: 9)
            let part = try slice(store, feed, start..<end)
            do throws(FeedError) { _ = try reader.accept(part) } catch {
                #expect(error == .nothingNew)
            }
            let tree = NaiveTree(blocks(0..<UInt8(reader.length)))
            #expect(reader.frontier.treeHash == tree.treeHash(Int(reader.length)))
        }
        #expect(reader == feed.state)
    }

    @Test func `a writer that was put back appends nothing until it has what it signed`() throws {
        let (feed, store) = try stored(10)
        var restored = FeedState(feed.state.descriptor)
        _ = try restored.accept(slice(store, feed, 0..<4))
        let before = restored
        #expect(throws: FeedError.behindHead(length: 4, head: 10)) {
            try restored.append([[1]], signingWith: feed.key)
        }
        #expect(restored == before)
        _ = try restored.accept(slice(store, feed, 4..<10))
        #expect(try restored.append([[1]], signingWith: feed.key).start == 10)
    }

    @Test func `whoever holds only a prefix of what is signed serves it to a third`() throws {
        let (feed, store) = try stored(50)
        for held in UInt64(1)..<50 {
            var second = FeedState(feed.state.descriptor)
            let secondStore = MemoryFeedStore()
            try secondStore.commit([try second.accept(slice(store, feed, 0..<held))])
            for end in 1...held {
                var third = FeedState(feed.state.descriptor)
                _ = try third.accept(slice(secondStore, feed, 0..<end))
                #expect(third.length == end)
                #expect(third.head == feed.state.head)
            }
        }
    }

    @Test func `blocks under an older head can be served further`() throws {
        var (feed, old) = try stored(13)
        let first = try old.slice(of: feed.key.publicKey, 0..<13, byteLimit: 1 << 18)
        var copy = FeedState(feed.state.descriptor)
        let new = MemoryFeedStore()
        try new.commit([try copy.accept(#require(first)), try feed.append(blocks(13..<37))])
        var second = FeedState(feed.state.descriptor)
        let secondStore = MemoryFeedStore()
        try secondStore.commit([try second.accept(slice(new, feed, 0..<5))])
        #expect(second.head?.length == 37)
        try secondStore.commit([try second.accept(slice(old, feed, 5..<9))])
        #expect(second.head?.length == 13)
        for end in UInt64(1)...9 {
            var third = FeedState(feed.state.descriptor)
            _ = try third.accept(slice(secondStore, feed, 0..<end))
            #expect(third.length == end)
        }
        _ = try second.accept(slice(new, feed, 9..<37))
        #expect(second == feed.state)
    }

    @Test func `a changed byte anywhere is found, and changes nothing`() throws {
        let (feed, store) = try stored(20)
        var reader = FeedState(feed.state.descriptor)
        _ = try reader.accept(slice(store, feed, 0..<3))
        let before = reader
        let good = try slice(store, feed, 3..<7)
        var bad: [FeedSlice] = []
        for index in good.blocks.indices {
            var slice = good
            slice.blocks[index][0] ^= 1
            bad.append(slice)
        }
        for index in good.upgrade.indices {
            var slice = good
            slice.upgrade[index].byteCount += 1
            bad.append(slice)
            slice = good
            slice.upgrade[index].byteCount = .max
            bad.append(slice)
            slice = good
            slice.upgrade[index].index ^= 1
            bad.append(slice)
            slice = good
            slice.upgrade[index].hash = Digest.blake2b([1])
            bad.append(slice)
            slice = good
            slice.upgrade.remove(at: index)
            bad.append(slice)
        }
        var slice = good
        slice.blocks.removeLast()
        bad.append(slice)
        slice = good
        slice.start = 2
        bad.append(slice)
        for length in [0, 7, 19, 21, 1 << 40, UInt64.max] {
            slice = good
            slice.head.length = length
            bad.append(slice)
        }
        slice = good
        slice.head.treeHash = Digest.blake2b([2])
        bad.append(slice)
        for slice in bad {
            #expect(throws: FeedError.self) { try reader.accept(slice) }
            #expect(reader == before)
        }
        _ = try reader.accept(good)
    }

    @Test func `a head of another feed or space is refused`() throws {
        let (feed, store) = try stored(4)
        let slice = try slice(store, feed, 0..<4)
        var descriptor = feed.state.descriptor
        descriptor.feed = try SeededFeed(2).state.descriptor.feed
        var reader = FeedState(descriptor)
        #expect(throws: FeedError.badSignature) { try reader.accept(slice) }
        descriptor = feed.state.descriptor
        descriptor.space = Digest.blake2b([1])
        reader = FeedState(descriptor)
        #expect(throws: FeedError.badSignature) { try reader.accept(slice) }
    }

    @Test func `blocks beyond a gap and blocks known already are told apart`() throws {
        let (feed, store) = try stored(9)
        var reader = FeedState(feed.state.descriptor)
        _ = try reader.accept(slice(store, feed, 0..<4))
        #expect(throws: FeedError.gap(expected: 4, found: 5)) { try reader.accept(slice(store, feed, 5..<6)) }
        #expect(throws: FeedError.nothingNew) { try reader.accept(slice(store, feed, 1..<4)) }
    }

    @Test func `a writer that signs two trees of one length leaves evidence`() throws {
        let (honest, store) = try stored(6)
        var forked = try SeededFeed(3)
        let other = MemoryFeedStore()
        try other.commit([try forked.append(blocks(0..<5) + [[99]])])
        var reader = FeedState(honest.state.descriptor)
        _ = try reader.accept(slice(store, honest, 0..<5))
        var found: ForkEvidence?
        let contradiction = try slice(other, forked, 5..<6)
        do throws(FeedError) { _ = try reader.accept(contradiction) } catch {
            if case .forked(let evidence) = error { found = evidence }
        }
        let evidence = try #require(found)
        #expect(evidence.verify())
        #expect(Set([evidence.first, evidence.second]) == Set([honest.state.head, forked.state.head]))
        #expect(
            !ForkEvidence(descriptor: evidence.descriptor, first: evidence.first, second: evidence.first)
                .verify())
    }

    @Test func `appending refuses large blocks, no blocks and another's key`() throws {
        var feed = try SeededFeed(1)
        let other = try SeededFeed(2)
        let limit = FeedState.blockByteLimit
        #expect(throws: FeedError.blockTooLarge(byteCount: limit + 1, limit: limit)) {
            try feed.append([[UInt8](repeating: 0, count: limit + 1)])
        }
        #expect(throws: FeedError.nothingNew) { try feed.append([]) }
        #expect(throws: FeedError.wrongKey) { try feed.state.append([[1]], signingWith: other.key) }
        #expect(feed.state.length == 0)
        _ = try feed.append([[UInt8](repeating: 0, count: limit)])
        #expect(feed.state.length == 1)
    }

    @Test func `a descriptor reads back what it wrote, and nothing else`() throws {
        let descriptor = try SeededFeed(1).state.descriptor
        let bytes = descriptor.encoded()
        #expect(try FeedDescriptor(decoding: bytes) == descriptor)
        #expect(throws: (any Error).self) { try FeedDescriptor(decoding: bytes + [0]) }
        #expect(throws: (any Error).self) { try FeedDescriptor(decoding: Array(bytes.dropLast())) }
    }
}
