import DunlinCausality
import DunlinEncoding
import DunlinListCRDT

/// What went wrong in a world. Thrown, since to print long lists takes minutes.
struct Divergence: Error, CustomStringConvertible {
    var description: String
}

/// Replicas of one list that edit apart, exchange parts of what they know, are saved and opened again, and
/// join late.
struct ListWorld {
    let seed: UInt64
    var random: SeededGenerator
    private(set) var lists: [List] = []
    /// By replica, what its edits and the reports of its merges made of a plain array.
    private var mirrors: [[CBORValue]] = []
    private var snapshots: [(version: VersionVector, elements: [CBORValue])] = []
    /// Elements are named by the values they were inserted with.
    private var inserted: Set<CBORValue> = []
    private var deleted: Set<CBORValue> = []
    /// By each value that was set, the element that it was given.
    private var elements: [CBORValue: CBORValue] = [:]
    private var made: UInt64 = 0
    private let most: Int

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        most = random.chance(15) ? 12 : Int.random(in: 2...4, using: &random)
        for _ in 0..<Int.random(in: 2...min(most, 3), using: &random) { try join() }
    }

    private func require(_ holds: Bool, _ what: String) throws {
        guard holds else { throw Divergence(description: "seed \(seed): \(what)") }
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
            try require(lists[here].elements == mirrors[here], "what was opened is not what was saved")
        case 90..<95: snapshots.append((lists[here].version, lists[here].elements))
        case 95..<97 where lists.count < most: try join()
        default: try check(here)
        }
    }

    private mutating func edit(_ here: Int) throws {
        let count = mirrors[here].count
        if count > 0, random.chance(25) {
            try arrange(here)
        } else if count > 0, random.chance(40) {
            let start = Int.random(in: 0..<count, using: &random)
            let range =
                start..<min(count, start + Int.random(in: 1...(random.chance(10) ? 80 : 4), using: &random))
            deleted.formUnion(mirrors[here][range].map(element))
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
        try require(lists[here].elements == mirrors[here], "an edit did something else")
    }

    private func element(of value: CBORValue) -> CBORValue { elements[value] ?? value }

    /// Sets or moves elements.
    private mutating func arrange(_ here: Int) throws {
        let count = mirrors[here].count
        let start = random.chance(30) ? 0 : Int.random(in: 0..<count, using: &random)
        let range =
            start..<min(count, start + Int.random(in: 1...(random.chance(10) ? 40 : 3), using: &random))
        if random.chance(50) {
            let values = range.map { _ in makeValue() }
            for (value, old) in zip(values, mirrors[here][range]) { elements[value] = element(of: old) }
            if values.count == 1 {
                try lists[here].set(values[0], at: start)
            } else {
                try lists[here].set(contentsOf: values, at: start)
            }
            mirrors[here].replaceSubrange(range, with: values)
        } else {
            let destination = Int.random(in: 0...count - range.count, using: &random)
            if range.count == 1 {
                try lists[here].move(from: start, to: destination)
            } else {
                try lists[here].move(range, to: destination)
            }
            let moved = mirrors[here][range]
            mirrors[here].removeSubrange(range)
            mirrors[here].insert(contentsOf: moved, at: destination)
        }
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
                return try refused(error, here, before)
            }
            mirrors[here] = lists[here].elements
            return
        }
        var mirror = mirrors[here]
        do throws(ListError) {
            try lists[here].merge(bytes) { mirror.apply($0) }
        } catch { return try refused(error, here, before) }
        mirrors[here] = mirror
        try require(lists[here].elements == mirror, "the reports of a merge do not lead to its result")
    }

    private func refused(_ error: ListError, _ here: Int, _ before: VersionVector) throws {
        try require(error == .missingEvents, "an update was refused: \(error)")
        try require(
            lists[here].version == before && lists[here].elements == mirrors[here],
            "a refused merge left a trace")
    }

    /// Incremental work is what a replay from nothing is, and older versions are what they were.
    func check(_ here: Int) throws {
        let list = lists[here]
        try require(list.elements == mirrors[here], "the elements are others")
        try require(list.elements(at: list.version) == mirrors[here], "a replay gives others")
        var fresh = List(replica: .number(99))
        try fresh.merge(list.encode())
        try require(fresh.elements == mirrors[here], "merging everything at once gives others")
        try require(fresh.version == list.version, "merging everything at once leaves events out")
        for (version, elements) in snapshots where list.version.dominates(version) {
            try require(list.elements(at: version) == elements, "an older version has changed")
        }
        for position in mirrors[here].indices {
            try require(list[position] == mirrors[here][position], "the element at \(position) is another")
        }
        let half = 0..<list.count / 2
        try require(list[half] == Array(mirrors[here][half]), "the first half is another")
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
            try require(lists[here].elements == lists[0].elements, "replicas differ")
            try check(here)
        }
        let shown = lists[0].elements.map(element)
        try require(Set(shown) == inserted.subtracting(deleted), "something is lost or has come back")
        try require(Set(shown).count == lists[0].count, "something is there twice")
    }
}
