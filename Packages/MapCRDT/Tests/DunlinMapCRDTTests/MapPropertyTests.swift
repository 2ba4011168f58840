import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

func replica(_ number: Int) throws -> ReplicaID {
    try #require(ReplicaID(bytes: [UInt8](repeating: UInt8(number), count: 32)))
}

/// Replicas that write and exchange at random, beside the reference.
struct Village {
    struct Member {
        var map: Map
        /// What it knows, by place in the reference.
        var known: Set<Int> = []
        /// What its map shows, told by reports alone.
        var told: [UTF8String: CBORValue] = [:]
    }

    var random: SeededGenerator
    var reference = ReferenceMap()
    var members: [Member] = []
    /// Each event alone, as its writer encoded it.
    var updates: [[UInt8]] = []
    private let keyCount: Int

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        keyCount = 1 + random.below(5)
        try join()
    }

    mutating func join() throws { members.append(Member(map: Map(replica: try replica(members.count + 1)))) }

    private mutating func value() -> CBORValue {
        switch random.below(8) {
        case 0: .text(["", "red", "é", "e\u{301}", "🛶"][random.below(5)])
        case 1: .null
        case 2: .bool(random.once(in: 2))
        case 3: .negative(random.next())
        case 4: .unsigned(random.next())
        case 5: .array([.bytes([UInt8(random.below(256))]), .map([CBORPair(.unsigned(1), .null)])])
        default: .unsigned(UInt64(random.below(5)))
        }
    }

    mutating func write() throws {
        let index = random.below(members.count)
        let key: UTF8String = [
            "a", "\u{e9}", "e\u{301}", "", "a key that is longer than its text holds inline",
        ][
            random.below(keyCount)]
        let before = members[index].map.version, known = members[index].known
        let operation: ReferenceMap.Operation =
            switch random.below(10) {
            case 0..<5: .set(value())
            case 5..<7: .delete
            default: .increment(random.once(in: 4) ? .max : Int64(random.below(9)) - 4)
            }
        switch operation {
        case .set(let value): try members[index].map.set(key, to: value)
        case .delete: try members[index].map.set(key, to: nil)
        case .increment(let amount): try members[index].map.increment(key, by: amount)
        }
        if operation == .delete, reference.shown(known)[key] == nil {
            #expect(members[index].map.version == before, "there was nothing to delete")
            return
        }
        let writer = members[index].map.replica
        let id = EventID(replica: writer, sequence: before[writer] ?? 0)
        members[index].known.insert(reference.append(id, key, operation, past: known))
        updates.append(try members[index].map.encode(since: before))
        members[index].told[key] = members[index].map[key]
    }

    /// Gives a member an update with some events, all of whose pasts it knows then.
    mutating func deliver(_ update: [UInt8], _ events: Set<Int>, to index: Int) throws {
        var told = members[index].told, changed: Set<UTF8String> = []
        try members[index].map.merge(update) { change in
            #expect(told[change.key] == change.old && change.old != change.new)
            #expect(changed.insert(change.key).inserted)
            told[change.key] = change.new
        }
        members[index].told = told
        members[index].known.formUnion(events)
    }

    /// One event, known or not; refused when something before it is missing.
    mutating func deliverOne() throws {
        guard !updates.isEmpty else { return }
        let event = random.below(updates.count), index = random.below(members.count)
        let known = members[index].known
        if reference.events[event].past.isSubset(of: known) {
            return try deliver(updates[event], [event], to: index)
        }
        let before = members[index].map.savedContent()
        #expect(throws: MapError.missingEvents) { try members[index].map.merge(updates[event]) }
        #expect(members[index].map.savedContent() == before)
    }

    /// Everything that a member had at some time, to one that may have some of it.
    mutating func deliverMany() throws {
        let source = random.below(members.count), index = random.below(members.count)
        let since = random.once(in: 2) ? members[index].map.version : VersionVector()
        var events = members[source].known
        if random.once(in: 2), let latest = events.randomElement(using: &random) {
            events = reference.events[latest].past.union([latest])
        }
        var later = VersionVector()
        for event in events { later.include(reference.events[event].id) }
        try deliver(try members[source].map.encode(since: since, upTo: later), events, to: index)
    }

    /// Closes a member's map and opens it again.
    mutating func reopen() throws {
        let index = random.below(members.count), map = members[index].map
        let content = map.savedContent(), history = try map.savedHistory()
        let opened = try Map(loading: content, replica: map.replica, history: { history })
        #expect(opened.savedContent() == content)
        members[index].map = opened
    }

    func check(_ index: Int, _ place: Comment) {
        let map = members[index].map, known = members[index].known
        let shown = reference.shown(known)
        #expect(map.keys == ReferenceMap.sorted(shown.keys), place)
        for key in map.keys + ["nobody wrote this", "a"] {
            let values = shown[key]?.values ?? [], sum = shown[key]?.sum
            #expect(map.conflicts(key) == values && map[key] == values.first, place)
            #expect(map.counter(key) == sum && map[key] == members[index].told[key], place)
        }
        var version = VersionVector()
        for event in known { version.include(reference.events[event].id) }
        #expect(map.version == version, place)
    }
}

@Suite struct MapPropertyTests {
    @Test(arguments: Seeds.first(200))
    func `replicas show what the set of their events says, in whatever order it came`(seed: UInt64) throws {
        var village = try Village(seed: seed)
        let size = 2 + village.random.below(11)
        for step in 0..<120 {
            if village.members.count < size, village.random.once(in: 6) { try village.join() }
            switch village.random.below(10) {
            case 0..<4: try village.write()
            case 4..<7: try village.deliverOne()
            case 7..<9: try village.deliverMany()
            default: try village.reopen()
            }
            village.check(village.random.below(village.members.count), "seed \(seed), step \(step)")
        }
        try village.join()
        let everything = Set(village.reference.events.indices)
        for _ in 0..<2 {
            for source in village.members.indices {
                for index in village.members.indices {
                    let update = try village.members[source].map.encode(
                        since: village.members[index].map.version)
                    try village.deliver(update, village.members[source].known, to: index)
                }
            }
        }
        let content = village.members[0].map.savedContent()
        for index in village.members.indices {
            #expect(village.members[index].known == everything)
            village.check(index, "seed \(seed), at the end")
            #expect(village.members[index].map.savedContent() == content, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.first(60))
    func `events one by one, in any order in which pasts come first, are the same as all at once`(
        seed: UInt64
    ) throws {
        var village = try Village(seed: seed)
        for _ in 0..<1 + village.random.below(11) { try village.join() }
        for _ in 0..<150 {
            if village.random.once(in: 3) { try village.deliverMany() } else { try village.write() }
        }
        let reference = village.reference
        var orders: [Map] = []
        for number in 0..<3 {
            var map = Map(replica: try replica(100 + number)), known: Set<Int> = []
            while known.count < reference.events.count {
                let ready = reference.events.indices.filter {
                    !known.contains($0) && reference.events[$0].past.isSubset(of: known)
                }
                let event = try #require(ready.randomElement(using: &village.random))
                try map.merge(village.updates[event])
                // Twice is once.
                if village.random.once(in: 4) { try map.merge(village.updates[event]) }
                known.insert(event)
            }
            orders.append(map)
        }
        var replayed = Map(replica: try replica(200))
        try replayed.merge(try orders[0].encode())
        for map in orders {
            #expect(map.savedContent() == replayed.savedContent(), "seed \(seed)")
            let shown = reference.shown(Set(reference.events.indices))
            #expect(map.keys == ReferenceMap.sorted(shown.keys), "seed \(seed)")
            for key in map.keys { #expect(map.conflicts(key) == replayed.conflicts(key), "seed \(seed)") }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `writes of a counter that somebody else counts do not look at each increment again`() throws {
        let count = 60_000
        var counting = Map(replica: try replica(1)), writing = Map(replica: try replica(2))
        for _ in 0..<count { try counting.increment("key", by: 1) }
        for number in 0..<count { try writing.set("key", to: .unsigned(UInt64(number))) }
        try counting.merge(try writing.encode())
        #expect(counting.counter("key") == Int64(count))
        // Of what two count by turns, one part goes.
        var other = Map(replica: try replica(3))
        for _ in 0..<100 {
            try counting.increment("both", by: 1)
            try other.merge(try counting.encode(since: other.version))
            try writing.increment("both", by: 100)
            try other.merge(try writing.encode(since: other.version))
        }
        #expect(other.counter("both") == 10_100)
        try counting.set("both", to: nil)
        try other.merge(try counting.encode(since: other.version))
        #expect(other.counter("both") == 10_000)
        try writing.set("both", to: nil)
        try other.merge(try writing.encode(since: other.version))
        #expect(other.counter("both") == nil)
    }
}
