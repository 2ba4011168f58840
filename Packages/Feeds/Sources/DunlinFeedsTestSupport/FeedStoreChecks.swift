import DunlinEncoding
import DunlinFeeds
import DunlinKeys

/// What any store of feeds must do; each conformer's tests run it.
public enum FeedStoreChecks {
    /// The first promise that does not hold; nil when all do.
    public static func violation(
        of store: some FeedReading, commit: ([FeedWrite]) throws(StoreError) -> Void
    ) throws -> String? {
        var feed = try SeededFeed(1), other = try SeededFeed(2, purpose: .control)
        let blocks = (0..<37).map { [UInt8](repeating: UInt8($0), count: $0 * 7) }
        try commit([feed.append(Array(blocks[..<5])), other.append([[9]])])
        for start in stride(from: 5, to: 37, by: 8) { try commit([feed.append(Array(blocks[start..<start + 8]))]) }
        let key = feed.key.publicKey
        guard try store.state(of: key) == feed.state else { return "the state is another than the one written" }
        guard try store.blocks(of: key, 3..<9) == Array(blocks[3..<9]) else { return "blocks come back otherwise" }
        guard try store.feeds().count == 2 else { return "not all feeds are listed" }
        for length in 1...37 as ClosedRange<UInt64> {
            var frontier = MerkleFrontier()
            for block in blocks.prefix(Int(length)) { frontier.append(block) }
            guard try store.treeHash(of: key, length: length) == frontier.treeHash else {
                return "the tree of length \(length) hashes otherwise"
            }
        }
        guard let head = feed.state.head else { return "the feed has no head" }
        for number in 0..<37 as Range<UInt64> {
            guard let proof = try store.proof(of: key, block: number),
                proof.verify(blocks[Int(number)], head: head), !proof.verify([1, 2, 3], head: head)
            else { return "the proof of block \(number) does not hold" }
        }
        let before = try store.state(of: key)
        let gap = FeedWrite(
            descriptor: feed.state.descriptor, start: 40, blocks: [[1]], nodes: [], head: head)
        let fresh = try SeededFeed(3).state
        var good = try SeededFeed(3)
        let first = try good.append([[1]])
        do {
            try commit([first, gap])
            return "a write with a gap was taken"
        } catch {}
        guard try store.state(of: key) == before, try store.state(of: fresh.descriptor.feed) == nil else {
            return "a failed commit left something behind"
        }
        return nil
    }
}
