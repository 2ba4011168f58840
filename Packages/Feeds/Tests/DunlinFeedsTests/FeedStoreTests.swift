import DunlinFeeds
import DunlinFeedsTestSupport
import DunlinKeys
import Testing

@Suite struct FeedStoreTests {
    @Test func `the store in memory does what a store must`() throws {
        let store = MemoryFeedStore()
        #expect(try FeedStoreChecks.violation(of: store) { writes throws(StoreError) in try store.commit(writes) } == nil)
    }

    @Test func `slices of any part verify, and changed ones do not`() throws {
        var writer = try SeededFeed(1)
        let store = MemoryFeedStore()
        for number in 0..<23 as Range<UInt8> { try store.commit([writer.append([[number, 1], [number]])]) }
        let key = writer.key.publicKey
        for end in 1...46 as ClosedRange<UInt64> {
            var reader = FeedState(writer.state.descriptor)
            let middle = end / 2
            if middle > 0 { _ = try reader.accept(#require(try store.slice(of: key, 0..<middle, byteLimit: 9_999))) }
            let slice = try #require(try store.slice(of: key, middle..<end, byteLimit: 9_999))
            for change in 0..<4 {
                var bad = slice
                switch change {
                case 0: bad.blocks[0][0] ^= 1
                case 1: bad.head.length += 1
                case 2: if bad.upgrade.isEmpty { continue } else { bad.upgrade[0].byteCount += 1 }
                default: bad.upgrade.append(TreeNode(index: 200, byteCount: 1, hash: slice.head.treeHash))
                }
                let before = reader
                #expect(throws: FeedError.self, "end \(end), change \(change)") { try reader.accept(bad) }
                #expect(reader == before)
            }
            _ = try reader.accept(slice)
            #expect(reader.length == end)
            #expect(throws: FeedError.nothingNew) { try reader.accept(slice) }
        }
    }

    @Test func `a prefix can be passed on by somebody who is not its author`() throws {
        var writer = try SeededFeed(1)
        let first = MemoryFeedStore(), second = MemoryFeedStore()
        for number in 0..<20 as Range<UInt8> { try first.commit([writer.append([[number]])]) }
        let key = writer.key.publicKey
        var middle = FeedState(writer.state.descriptor)
        try second.commit([middle.accept(#require(try first.slice(of: key, 0..<13, byteLimit: 9_999)))])
        var last = FeedState(writer.state.descriptor)
        _ = try last.accept(#require(try second.slice(of: key, 0..<7, byteLimit: 9_999)))
        _ = try last.accept(#require(try second.slice(of: key, 7..<13, byteLimit: 9_999)))
        #expect(last.length == 13)
    }

    @Test func `two heads of one length are evidence of a fork`() throws {
        var one = try SeededFeed(1), two = try SeededFeed(1)
        let store = MemoryFeedStore()
        _ = try one.append([[1]])
        try store.commit([two.append([[2]])])
        var reader = one.state
        let slice = try #require(try store.slice(of: one.key.publicKey, 0..<1, byteLimit: 10))
        #expect(throws: FeedError.nothingNew) { try reader.accept(slice) }
        let evidence = ForkEvidence(
            descriptor: one.state.descriptor, first: try #require(one.state.head), second: try #require(two.state.head))
        #expect(evidence.verify())
        var forged = evidence
        forged.second.treeHash = forged.first.treeHash
        #expect(!forged.verify())
    }
}
