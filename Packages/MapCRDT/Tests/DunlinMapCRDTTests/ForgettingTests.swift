import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

/// Replicas that write apart, meet and forget; each has a twin that does the same and never forgets.
private struct ForgettingWorld {
    static let keys: [UTF8String] = ["a", "b", "c", "d"]

    var random: SeededGenerator
    let seed: UInt64
    var plain: [Map] = []
    var forgetful: [Map] = []
    /// Versions that all replicas have seen, so that everything later has them in its past.
    var settled: [VersionVector] = []
    var versions: [VersionVector] = []

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        for number in 1...2 + random.below(3) {
            plain.append(Map(replica: try replica(number)))
            forgetful.append(Map(replica: try replica(number)))
        }
    }

    mutating func step() throws {
        let index = random.below(plain.count)
        switch random.below(40) {
        case 0..<22: try write(index)
        case 22..<32: try exchange(from: index, to: random.below(plain.count))
        case 32..<34:
            plain[index] = try Self.reopened(plain[index], plain[index].replica)
            forgetful[index] = try Self.reopened(forgetful[index], plain[index].replica)
        case 34: try meet()
        case 35..<38:
            guard let version = settled.randomElement(using: &random) else { return }
            try forgetful[index].forgetHistory(before: version)
        case 38: try refuse(index)
        default:
            guard plain.count < 6 else { return }
            let newcomer = try replica(plain.count + 1)
            plain.append(try Self.reopened(plain[index], newcomer))
            forgetful.append(try Self.reopened(forgetful[index], newcomer))
        }
    }

    static func reopened(_ map: Map, _ replica: ReplicaID) throws -> Map {
        let history = try map.savedHistory()
        let opened = try Map(loading: map.savedContent(), replica: replica) { history }
        #expect(try opened.savedHistory() == history)
        return opened
    }

    private mutating func write(_ index: Int) throws {
        let key = Self.keys[random.below(Self.keys.count)], number = random.below(9)
        let write: (inout Map) throws -> Void
        switch random.below(5) {
        case 0: write = { try $0.set(key, to: nil) }
        case 1..<3: write = { try $0.increment(key, by: Int64(number) - 4) }
        default: write = { try $0.set(key, to: .unsigned(UInt64(number))) }
        }
        try write(&plain[index])
        try write(&forgetful[index])
        versions.append(plain[index].version)
    }

    private mutating func exchange(from source: Int, to target: Int) throws {
        let since = random.once(in: 4) ? VersionVector() : plain[target].version
        let update = try plain[source].encode(since: since)
        try plain[target].merge(update)
        guard try since.dominates(forgetful[source].forgottenVersion()) else {
            #expect(throws: MapError.historyForgotten) { try forgetful[source].encode(since: since) }
            return try forgetful[target].merge(update)
        }
        let other = try forgetful[source].encode(since: since)
        #expect(other == update, "seed \(seed)")
        try forgetful[target].merge(other)
    }

    mutating func meet() throws {
        for source in plain.indices { for target in plain.indices { try exchange(from: source, to: target) } }
        settled.append(plain[0].version)
    }

    private mutating func refuse(_ index: Int) throws {
        let forgotten = try forgetful[index].forgottenVersion(), history = try forgetful[index].savedHistory()
        if let old = versions.filter({
            !$0.dominates(forgotten) && plain[index].version.dominates($0)
        }).randomElement(using: &random) {
            #expect(throws: MapError.historyForgotten) { try forgetful[index].encode(since: old) }
            var absent = Map(replica: try replica(200))
            try absent.merge(plain[index].encode(since: VersionVector(), upTo: old))
            try absent.set("a", to: .null)
            for since in [old, VersionVector()] {
                let update = try absent.encode(since: since)
                #expect(throws: MapError.historyForgotten) { try forgetful[index].merge(update) }
            }
        }
        let other = plain[random.below(plain.count)].version
        var copy = forgetful[index]
        do throws(MapError) {
            try copy.forgetHistory(before: other)
            #expect(copy.savedContent() == plain[index].savedContent())
        } catch {
            #expect(error == .versionNotSettled || error == .missingEvents)
            #expect(try copy.savedHistory() == history)
        }
        #expect(try forgetful[index].savedHistory() == history)
    }

    func check(_ index: Int) throws {
        let plain = plain[index], forgetful = forgetful[index]
        #expect(forgetful.savedContent() == plain.savedContent(), "seed \(seed)")
        for key in Self.keys {
            #expect(forgetful.conflicts(key) == plain.conflicts(key), "seed \(seed)")
            #expect(forgetful.counter(key) == plain.counter(key), "seed \(seed)")
        }
        let forgotten = try forgetful.forgottenVersion()
        for version in versions where version.dominates(forgotten) && plain.version.dominates(version) {
            #expect(try forgetful.encode(since: version) == plain.encode(since: version), "seed \(seed)")
        }
    }
}

@Suite struct ForgettingTests {
    @Test(arguments: Seeds.first(40))
    func `who forgets and who does not have the same values, conflicts, counters and updates`(
        seed: UInt64
    ) throws {
        var world = try ForgettingWorld(seed: seed)
        for _ in 0..<120 {
            try world.step()
            if world.random.once(in: 8) { try world.check(world.random.below(world.plain.count)) }
        }
        try world.meet()
        for index in world.plain.indices {
            try world.check(index)
            try world.forgetful[index].forgetHistory(before: world.plain[0].version)
            try world.check(index)
        }
    }

    @Test func `what is forgotten takes no room, however often it was written`() throws {
        var map = Map(replica: try replica(1))
        for number in 0..<10_000 {
            try map.set("k", to: .unsigned(UInt64(number)))
            try map.increment("n", by: 1)
        }
        try map.forgetHistory(before: map.version)
        #expect(try map.savedHistory().count < 120)
        #expect(map["k"] == .unsigned(9_999) && map["n"] == .unsigned(10_000))
    }

    @Test func `a history with a horizon that is cut short or changed is refused or read, and never traps`()
        throws
    {
        var map = Map(replica: try replica(1)), other = Map(replica: try replica(2))
        try map.set("k", to: .unsigned(1))
        try other.set("k", to: .text("z"))
        try other.increment("n", by: 5)
        try map.merge(other.encode())
        try map.set("c", to: .null)
        try map.forgetHistory(before: map.version)
        try map.increment("n", by: -1)
        let content = map.savedContent(), history = try map.savedHistory()
        for end in history.indices {
            var cut = try Map(loading: content, replica: map.replica) { Array(history[..<end]) }
            #expect(throws: MapError.malformed) { try cut.set("x", to: .null) }
        }
        var random = SeededGenerator(seed: 2)
        for _ in Seeds.first(1_000) {
            var damaged = history
            damaged[random.below(history.count - 8)] ^= UInt8(1 + random.below(255))
            let changed = MapBytesTests.checked(Array(damaged.dropLast(8)))
            var loaded = try Map(loading: content, replica: try replica(9)) { changed }
            do {
                try loaded.set("x", to: .null)
                _ = loaded.savedContent()
                try loaded.forgetHistory(before: loaded.version)
            } catch { continue }
        }
    }
}
