import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import Testing

/// Replicas that edit apart, meet and forget; each has a twin that does the same and never forgets.
private struct ForgettingWorld {
    var random: SeededGenerator
    let seed: UInt64
    var plain: [List] = []
    var forgetful: [List] = []
    /// Versions that all replicas have seen, so that everything later has them in its past.
    var settled: [VersionVector] = []
    var versions: [VersionVector] = []
    private var made = 0

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        for number in 1...Int.random(in: 2...4, using: &random) {
            plain.append(List(replica: .number(number)))
            forgetful.append(List(replica: .number(number)))
        }
    }

    mutating func step() throws {
        let index = Int.random(in: plain.indices, using: &random)
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<22: try edit(index)
        case 22..<32: try exchange(from: index, to: Int.random(in: plain.indices, using: &random))
        case 32..<34:
            plain[index] = try ListWorld.reopened(plain[index], replica: plain[index].replica)
            forgetful[index] = try ListWorld.reopened(forgetful[index], replica: plain[index].replica)
        case 34: try meet()
        case 35..<38:
            guard let version = settled.randomElement(using: &random) else { return }
            try forgetful[index].forgetHistory(before: version)
        case 38: try refuse(index)
        default:
            guard plain.count < 6 else { return }
            let replica = ReplicaID.number(plain.count + 1)
            plain.append(try ListWorld.reopened(plain[index], replica: replica))
            forgetful.append(try ListWorld.reopened(forgetful[index], replica: replica))
        }
    }

    private mutating func edit(_ index: Int) throws {
        let count = plain[index].count
        made += 1
        let values: [CBORValue] = (0..<Int.random(in: 1...3, using: &random)).map {
            .integer(Int64(made * 4 + $0))
        }
        let edit: (inout List) throws -> Void
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where count > 0:
            let start = Int.random(in: 0..<count, using: &random)
            let end = min(count, start + Int.random(in: 1...4, using: &random))
            edit = { try $0.delete(start..<end) }
        case 1 where count > 0:
            let place = Int.random(in: 0..<count, using: &random)
            edit = { try $0.set(values[0], at: place) }
        case 2 where count > 0:
            let from = Int.random(in: 0..<count, using: &random)
            let to = Int.random(in: 0..<count, using: &random)
            edit = { try $0.move(from: from, to: to) }
        default:
            let place = Int.random(in: 0...count, using: &random)
            edit = { try $0.insert(contentsOf: values, at: place) }
        }
        try edit(&plain[index])
        try edit(&forgetful[index])
        versions.append(plain[index].version)
    }

    private mutating func exchange(from source: Int, to target: Int) throws {
        let whole = Int.random(in: 0..<4, using: &random) == 0
        let since = whole ? VersionVector() : plain[target].version
        let update = try plain[source].encode(since: since)
        try plain[target].merge(update)
        guard try since.dominates(forgetful[source].forgottenVersion()) else {
            #expect(throws: ListError.historyForgotten) { try forgetful[source].encode(since: since) }
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
            #expect(throws: ListError.historyForgotten) { try forgetful[index].elements(at: old) }
            #expect(throws: ListError.historyForgotten) { try forgetful[index].encode(since: old) }
            var absent = List(replica: .number(200))
            try absent.merge(plain[index].encode(since: VersionVector(), upTo: old))
            try absent.insert(.null, at: 0)
            for since in [old, VersionVector()] {
                let update = try absent.encode(since: since)
                #expect(throws: ListError.historyForgotten) { try forgetful[index].merge(update) }
            }
        }
        let other = plain[Int.random(in: plain.indices, using: &random)].version
        var copy = forgetful[index]
        do throws(ListError) {
            try copy.forgetHistory(before: other)
            #expect(copy.elements == plain[index].elements)
        } catch {
            #expect(error == .versionNotSettled || error == .missingEvents)
            #expect(try copy.savedHistory() == history)
        }
        #expect(try forgetful[index].savedHistory() == history)
    }

    func check(_ index: Int) throws {
        let plain = plain[index], forgetful = forgetful[index]
        #expect(forgetful.savedContent() == plain.savedContent(), "seed \(seed)")
        let forgotten = try forgetful.forgottenVersion()
        for version in versions where version.dominates(forgotten) && plain.version.dominates(version) {
            #expect(try forgetful.elements(at: version) == plain.elements(at: version), "seed \(seed)")
            #expect(try forgetful.encode(since: version) == plain.encode(since: version), "seed \(seed)")
        }
    }
}

@Suite struct ForgettingTests {
    @Test(arguments: Seeds.first(20))
    func `who forgets and who does not have the same elements and updates`(seed: UInt64) throws {
        var world = ForgettingWorld(seed: seed)
        for _ in 0..<100 {
            try world.step()
            if world.random.chance(10) {
                try world.check(Int.random(in: world.plain.indices, using: &world.random))
            }
        }
        try world.meet()
        for index in world.plain.indices {
            try world.check(index)
            #expect(world.forgetful[index].elements == world.plain[0].elements)
            try world.forgetful[index].forgetHistory(before: world.plain[0].version)
            try world.check(index)
        }
    }

    @Test func `a history with a horizon that is cut short or changed is refused or read, and never traps`()
        throws
    {
        var list = List(replica: .number(1)), random = SeededGenerator(seed: 2)
        try list.insert(contentsOf: (0..<20).map { .integer($0) }, at: 0)
        try list.move(from: 3, to: 9)
        try list.delete(4..<6)
        try list.forgetHistory(before: list.version)
        #expect(try list.savedHistory().count < 116)
        try list.set(.null, at: 2)
        try list.move(from: 1, to: 7)
        let content = list.savedContent(), history = try list.savedHistory()
        for end in history.indices {
            var cut = try List(loading: content, replica: list.replica) { Array(history[..<end]) }
            #expect(throws: ListError.malformed) { try cut.insert(.null, at: 0) }
        }
        for _ in Seeds.first(800) {
            var changed = Array(history.dropLast(16))
            changed[.random(in: changed.indices, using: &random)] ^= .random(in: 1...255, using: &random)
            let damaged = SavedHistory(changed, of: content).encoded()
            var loaded = try List(loading: content, replica: .number(9)) { damaged }
            do {
                try loaded.insert(.null, at: 0)
                _ = try loaded.elements(at: loaded.version)
                try loaded.forgetHistory(before: loaded.version)
            } catch { continue }
        }
    }
}
