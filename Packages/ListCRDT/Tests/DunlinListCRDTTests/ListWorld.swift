import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import Testing

/// Replicas of one list that edit apart, exchange parts of what they know, are saved and opened again, and
/// join late.
struct ListWorld {
    let seed: UInt64
    var random: SeededGenerator
    private(set) var lists: [List] = []
    /// By replica, what its edits and the reports of its merges made of a plain array.
    private var mirrors: [[CBORValue]] = []
    private var snapshots: [(version: VersionVector, elements: [CBORValue])] = []
    private var inserted: Set<CBORValue> = []
    private var deleted: Set<CBORValue> = []
    private var made: UInt64 = 0
    private let most: Int

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        most = random.chance(15) ? 12 : Int.random(in: 2...4, using: &random)
        for _ in 0..<Int.random(in: 2...min(most, 3), using: &random) { try join() }
    }

    /// Each value is the only one of its kind.
    private mutating func makeValue() -> CBORValue {
        made += 1
        return switch made % 6 {
        case 0: .text(UTF8String("é\(made)"))
        case 1: .negative(made)
        case 2: .array([.unsigned(made), .null])
        case 3: .bytes([UInt8(made & 0xff), UInt8(made >> 8)])
        default: .unsigned(made)
        }
    }

    private mutating func index() -> Int { Int.random(in: 0..<lists.count, using: &random) }

    /// A replica that begins with nothing, or with what another one saved.
    private mutating func join() throws {
        let replica = ReplicaID.number(lists.count + 1)
        guard !lists.isEmpty, random.chance(50) else {
            lists.append(List(replica: replica))
            mirrors.append([])
            return
        }
        let from = index()
        lists.append(try Self.reopened(lists[from], replica: replica))
        mirrors.append(mirrors[from])
    }

    static func reopened(_ list: List, replica: ReplicaID) throws -> List {
        let history = try list.savedHistory()
        return try List(loading: list.savedContent(), replica: replica) { history }
    }

    mutating func step() throws {
        let here = index()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<55: try edit(here)
        case 55..<85: try deliver(to: here, from: index())
        case 85..<90:
            lists[here] = try Self.reopened(lists[here], replica: lists[here].replica)
            #expect(lists[here].elements == mirrors[here], "seed \(seed)")
        case 90..<95: snapshots.append((lists[here].version, lists[here].elements))
        case 95..<97 where lists.count < most: try join()
        default: try check(here)
        }
    }

    private mutating func edit(_ here: Int) throws {
        let count = mirrors[here].count
        if count > 0, random.chance(40) {
            let start = Int.random(in: 0..<count, using: &random)
            let range =
                start..<min(count, start + Int.random(in: 1...(random.chance(10) ? 80 : 4), using: &random))
            deleted.formUnion(mirrors[here][range])
            try lists[here].delete(range)
            mirrors[here].removeSubrange(range)
        } else {
            // Often at the beginning, where others are, too.
            let place = random.chance(30) ? 0 : Int.random(in: 0...count, using: &random)
            var values = [makeValue()]
            if random.chance(50) {
                try lists[here].insert(values[0], at: place)
            } else {
                for _ in 0..<Int.random(in: 0...(random.chance(10) ? 200 : 4), using: &random) {
                    values.append(makeValue())
                }
                try lists[here].insert(contentsOf: values, at: place)
            }
            mirrors[here].insert(contentsOf: values, at: place)
            inserted.formUnion(values)
        }
        #expect(lists[here].count == mirrors[here].count, "seed \(seed)")
    }

    /// What is new, or everything once more, or a part of it; or what rests on events that are not there.
    mutating func deliver(to here: Int, from there: Int, whole: Bool = false) throws {
        var since = lists[here].version, upTo = lists[there].version
        if !whole {
            if random.chance(20) { since = VersionVector() }
            if random.chance(40), let older = snapshots.randomElement(using: &random)?.version {
                // Only what this replica has too can be asked for.
                if lists[there].version.dominates(older) { upTo = older }
            }
            if random.chance(15), let later = snapshots.randomElement(using: &random)?.version {
                since = later
            }
        }
        let bytes = try lists[there].encode(since: since, upTo: upTo)
        let before = lists[here].version
        guard random.chance(70) else {
            do throws(ListError) { try lists[here].merge(bytes) } catch {
                return refused(error, here, before)
            }
            mirrors[here] = lists[here].elements
            return
        }
        var mirror = mirrors[here]
        do throws(ListError) {
            try lists[here].merge(bytes) { delta in
                switch delta {
                case .insert(let elements, let position): mirror.insert(contentsOf: elements, at: position)
                case .delete(let range): mirror.removeSubrange(range)
                }
            }
        } catch { return refused(error, here, before) }
        mirrors[here] = mirror
        #expect(lists[here].elements == mirror, "seed \(seed)")
    }

    private func refused(_ error: ListError, _ here: Int, _ before: VersionVector) {
        #expect(error == .missingEvents, "seed \(seed)")
        #expect(lists[here].version == before && lists[here].elements == mirrors[here], "seed \(seed)")
    }

    /// Incremental work is what a replay from nothing is, and older versions are what they were.
    func check(_ here: Int) throws {
        let list = lists[here]
        #expect(list.elements == mirrors[here], "seed \(seed)")
        #expect(try list.elements(at: list.version) == mirrors[here], "seed \(seed)")
        var fresh = List(replica: .number(99))
        try fresh.merge(list.encode())
        #expect(fresh.elements == mirrors[here] && fresh.version == list.version, "seed \(seed)")
        for (version, elements) in snapshots where list.version.dominates(version) {
            #expect(try list.elements(at: version) == elements, "seed \(seed)")
        }
        for position in mirrors[here].indices {
            #expect(list[position] == mirrors[here][position], "seed \(seed)")
        }
        #expect(list[0..<list.count / 2] == Array(mirrors[here][..<(list.count / 2)]), "seed \(seed)")
    }

    /// Everybody gets everything; all show the same, which is what was inserted and not deleted.
    mutating func settle() throws {
        for there in lists.indices {
            for here in lists.indices { try deliver(to: here, from: there, whole: true) }
        }
        for there in lists.indices {
            for here in lists.indices { try deliver(to: here, from: there, whole: true) }
        }
        for here in lists.indices {
            #expect(lists[here].elements == lists[0].elements, "seed \(seed)")
            try check(here)
        }
        #expect(Set(lists[0].elements) == inserted.subtracting(deleted), "seed \(seed)")
        #expect(Set(lists[0].elements).count == lists[0].count, "seed \(seed)")
    }
}
