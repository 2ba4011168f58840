import DunlinFeeds
import DunlinKeys

/// What every store of feeds must do, drawn at random and compared with a model.
///
/// A store passes when no call throws.
public struct FeedStoreExamination {
    /// The store and the model differ.
    public struct Disagreement: Error, CustomStringConvertible {
        /// What did not hold.
        public let description: String
    }

    private var random: SeededRandom
    private var writers: [SeededFeed] = []
    /// Blocks and heads that a store must hold.
    private var blocks: [PublicSigningKey: [[UInt8]]] = [:]
    private var heads: [PublicSigningKey: SignedHead] = [:]

    /// An examination whose choices follow from the seed.
    public init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        for number in 0..<3 { writers.append(try SeededFeed(seed &* 8 &+ UInt64(number))) }
    }

    /// Writes to `store` for some rounds and checks it after each.
    /// - Parameter reopen: the same store as a new process would see it.
    public mutating func run<Store: FeedStore>(
        _ store: Store, rounds: Int, reopen: (Store) throws -> Store
    ) throws {
        var store = store
        for _ in 0..<rounds {
            switch random.uniform(below: 6) {
            case 0: store = try reopen(store)
            case 1: try refuse(store)
            case 2: try writeSlice(store)
            default: try write(store)
            }
            try check(store)
        }
    }

    private mutating func block() -> [UInt8] { random.bytes(Int(random.uniform(below: 80))) }

    private mutating func someBlocks() -> [[UInt8]] {
        (0...random.uniform(below: 9)).map { _ in block() }
    }

    /// One commit of several feeds' own blocks.
    private mutating func write(_ store: some FeedStore) throws {
        var writes: [FeedWrite] = []
        for index in writers.indices where random.uniform(below: 2) == 0 {
            // A feed whose newest blocks came by slices may be behind its writer.
            let length = UInt64(blocks[writers[index].key.publicKey]?.count ?? 0)
            guard writers[index].state.length == length else { continue }
            writes.append(try writers[index].append(someBlocks()))
        }
        try store.commit(writes)
        for write in writes { note(write) }
    }

    private mutating func note(_ write: FeedWrite) {
        blocks[write.descriptor.feed, default: []] += write.blocks
        heads[write.descriptor.feed] = write.head
    }

    /// The writer goes on elsewhere; the store gets a part of it with a proof, then the rest in small parts.
    private mutating func writeSlice(_ store: some FeedStore) throws {
        let index = Int(random.uniform(below: UInt64(writers.count)))
        let feed = writers[index].key.publicKey
        let elsewhere = MemoryFeedStore()
        if let known = blocks[feed], let state = try store.state(of: feed) {
            let nodes = try store.nodes(of: feed, Self.allNodes(state.length))
            guard writers[index].state.length == state.length, let head = state.head else { return }
            try elsewhere.commit([
                FeedWrite(descriptor: state.descriptor, start: 0, blocks: known, nodes: nodes, head: head)
            ])
        }
        try elsewhere.commit([try writers[index].append(someBlocks() + someBlocks())])
        var state = try store.state(of: feed) ?? FeedState(writers[index].state.descriptor)
        while state.length < writers[index].state.length {
            let end = state.length + 1 + random.uniform(below: 5)
            guard let slice = try elsewhere.slice(of: feed, state.length..<end, byteLimit: 200) else {
                return
            }
            let write = try state.accept(slice)
            try store.commit([write])
            note(write)
            try check(store)
        }
    }

    /// A batch of which the last part does not follow leaves nothing behind.
    private mutating func refuse(_ store: some FeedStore) throws {
        let (good, bad) = (writers[0], writers[1])
        var first = good, second = bad
        let firstWrite = try first.append([block()])
        _ = try second.append([block()])
        let secondWrite = try second.append([block()])
        do throws(StoreError) { try store.commit([firstWrite, secondWrite]) } catch {
            guard case .missing = error else { throw Disagreement(description: "refused with \(error)") }
            return
        }
        throw Disagreement(description: "took blocks with a gap before them")
    }

    private func check(_ store: some FeedStore) throws {
        func demand(_ condition: Bool, _ what: @autoclosure () -> String) throws {
            guard condition else { throw Disagreement(description: what()) }
        }
        try demand(try store.feeds().map(\.feed) == blocks.keys.sorted(), "lists other feeds")
        for (feed, expected) in blocks {
            let length = UInt64(expected.count)
            try demand(try store.blocks(of: feed, 0..<length) == expected, "other blocks")
            let end = try store.end(of: feed)
            try demand(end?.length == length && end?.head == heads[feed], "another end")
            guard let state = try store.state(of: feed), let head = end?.head else {
                throw Disagreement(description: "no state")
            }
            let tree = NaiveTree(expected)
            try demand(state.frontier.treeHash == tree.treeHash(expected.count), "another tree")
            for number in 0..<length {
                let proof = try store.proof(of: feed, block: number)
                try demand(proof?.verify(expected[Int(number)], head: head) == true, "no proof of \(number)")
            }
            try checkSlices(store, feed, expected, head)
        }
    }

    /// Any prefix can be served to somebody who has nothing.
    private func checkSlices(
        _ store: some FeedStore, _ feed: PublicSigningKey, _ expected: [[UInt8]], _ head: SignedHead
    ) throws {
        guard let descriptor = try store.state(of: feed)?.descriptor else { return }
        var state = FeedState(descriptor)
        for end in 1...UInt64(expected.count) {
            guard let slice = try store.slice(of: feed, state.length..<end, byteLimit: 1 << 20) else {
                throw Disagreement(description: "no slice to \(end)")
            }
            _ = try state.accept(slice)
            guard let proof = try store.upgrade(of: feed, from: end),
                proof.verify(from: state.frontier, to: head)
            else { throw Disagreement(description: "no upgrade from \(end)") }
        }
    }

    /// Numbers of all nodes of the trees that cover `length` blocks.
    private static func allNodes(_ length: UInt64) -> [UInt64] {
        guard length > 0 else { return [] }
        return (0..<2 * length - 1).filter { FlatTree.span($0).upperBound <= length }
    }
}
