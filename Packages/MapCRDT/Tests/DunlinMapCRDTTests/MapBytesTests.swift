import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct MapBytesTests {
    /// A history with all kinds of operations, and several parents.
    static func map() throws -> Map {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        for number in 0..<12 {
            try a.set(UTF8String("k\(number % 5)"), to: .unsigned(UInt64(number)))
            try b.set(UTF8String("k\(number % 3)"), to: number % 2 == 0 ? .text("é") : nil)
            try b.increment("n", by: Int64(number) - 5)
            if number % 4 == 3 { try a.merge(b.encode()) }
        }
        try b.set("n", to: .array([.null, .bool(true)]))
        try a.merge(b.encode())
        try a.set("k1", to: nil)
        return a
    }

    /// What reads them must not trap, must leave the map as it was when it fails, and a map that others can
    /// read when it does not.
    static func feed(_ bytes: [UInt8], _ base: Map, _ place: Comment) throws {
        var map = base
        do throws(MapError) { try map.merge(bytes) } catch {
            #expect(map.version == base.version && map.savedContent() == base.savedContent(), place)
            return
        }
        var copy = Map(replica: try replica(77))
        try copy.merge(map.encode())
        #expect(copy.savedContent() == map.savedContent(), place)
    }

    @Test func `an update that is cut short is refused`() throws {
        let bytes = try Self.map().encode()
        var map = Map(replica: try replica(9))
        for end in 0..<bytes.count {
            #expect(throws: MapError.self) { try map.merge(Array(bytes[..<end])) }
        }
        #expect(throws: MapError.malformed) { try map.merge(bytes + [0]) }
        #expect(map.keys.isEmpty && map.version.isEmpty)
    }

    @Test(arguments: Seeds.first(40))
    func `an update with other bits is a map's or an error, never a trap`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let source = try Self.map()
        var base = Map(replica: try replica(9))
        try base.set("k1", to: .unsigned(7))
        try base.increment("n", by: 1)
        if random.once(in: 2) { try base.merge(source.encode()) }
        let bytes = try source.encode()
        for round in 0..<100 {
            var changed = bytes
            for _ in 0..<1 + random.below(4) {
                let at = random.below(changed.count)
                switch random.below(4) {
                case 0: changed[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)]
                case 1: changed.insert(contentsOf: [UInt8](repeating: 0xff, count: random.below(9)), at: at)
                case 2: changed.remove(at: at)
                default: changed[at] ^= 1 << UInt8(random.below(8))
                }
            }
            try Self.feed(changed, base, "seed \(seed), round \(round)")
        }
    }

    /// With the checksum that whoever can write the bytes can make.
    static func checked(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(bytes)
        writer.endWithChecksum()
        return writer.bytes
    }

    @Test(arguments: Seeds.first(40))
    func `a saved map with other bits is refused, with a checksum one or an error`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let map = try Self.map()
        let content = map.savedContent(), history = try map.savedHistory()
        for end in 0..<content.count {
            #expect(throws: MapError.malformed) {
                try Map(loading: Array(content[..<end]), replica: map.replica, history: { history })
            }
        }
        for round in 0..<100 {
            var changed = [content, history]
            let which = random.below(2)
            for _ in 0..<1 + random.below(3) {
                changed[which][random.below(changed[which].count)] ^= 1 << UInt8(random.below(8))
            }
            guard changed != [content, history] else { continue }
            let damaged = changed
            #expect(throws: MapError.malformed, "seed \(seed), round \(round)") {
                var opened = try Map(loading: damaged[0], replica: map.replica, history: { damaged[1] })
                try opened.set("new", to: .null)
            }
            let bytes = damaged.map { Self.checked(Array($0.dropLast(8))) }
            guard var opened = try? Map(loading: bytes[0], replica: map.replica, history: { bytes[1] }) else {
                continue
            }
            #expect(opened.savedContent() == bytes[0], "seed \(seed), round \(round)")
            for key in opened.keys { #expect(opened[key] == opened.conflicts(key).first) }
            _ = opened.counter("n")
            if (try? opened.set("new", to: .null)) != nil { #expect(opened["new"] == .null) }
        }
    }

    @Test func `events whose parents are not known are refused whole`() throws {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        try a.set("x", to: .unsigned(1))
        let first = a.version
        try a.set("x", to: .unsigned(2))
        #expect(throws: MapError.missingEvents) { try b.merge(try a.encode(since: first)) }
        // Of another writer, on one of ours.
        var c = Map(replica: try replica(3))
        try c.merge(a.encode())
        let known = c.version
        try c.set("y", to: .unsigned(3))
        #expect(throws: MapError.missingEvents) { try b.merge(try c.encode(since: known)) }
        #expect(b.keys.isEmpty && b.version.isEmpty)
        try b.merge(a.encode())
        #expect(b["x"] == .unsigned(2))
    }

    /// One run of events of a replica, by hand.
    private static func update(events: UInt64, _ rest: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(1)
        writer.raw([UInt8](repeating: 1, count: 32))
        // Runs; the writer, events, the number of the first one, its parents.
        writer.varint(1)
        writer.varint(0)
        writer.varint(events)
        writer.varint(0)
        writer.varint(0)
        writer.raw(rest)
        return writer.bytes
    }

    @Test func `an update by hand is read as the specification says`() throws {
        var map = Map(replica: try replica(9))
        // Keys a and b; two sets, a delete and an increment; of a, b, a and b; 5 and null; -3.
        try map.merge(
            Self.update(events: 4, [2, 1, 0x61, 1, 0x62, 2, 0, 1, 1, 1, 2, 0, 1, 0, 1, 1, 3, 1, 0, 10, 5]))
        #expect(map.keys == ["b"] && map.conflicts("b") == [.null, .negative(2)])
    }

    @Test(
        arguments: [
            // Beyond what follows: events, keys, operations.
            (1 << 40, [1, 1, 0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 1, 0]),
            (1 << 40, [1, 1, 0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0, 0, 0]),
            (1, [0xff, 0xff, 0xff, 0xff, 0x0f, 0x61]), (1, [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x61]),
            (1, [1, 1, 0x61, 2, 1, 0]), (1, [1, 1, 0x61, 0, 1, 1, 1, 0]),
            // A key twice, one that nobody uses, one that is not there, one before its turn, one that is not
            // UTF-8.
            (2, [2, 1, 0x61, 1, 0x61, 2, 1, 0, 1]), (1, [2, 1, 0x61, 1, 0x62, 1, 1, 0]), (1, [0, 1, 1, 0]),
            (2, [2, 1, 0x61, 1, 0x62, 2, 1, 1, 0]), (1, [1, 1, 0xff, 1, 1, 0]),
            // An operation that is none, and runs that are one.
            (1, [1, 1, 0x61, 1, 3, 0]), (2, [1, 1, 0x61, 1, 1, 1, 1, 0, 0]),
            // Bytes behind it.
            (1, [1, 1, 0x61, 1, 1, 0, 0]),
        ] as [(UInt64, [UInt8])])
    func `an update that says more than it holds, or says it otherwise, is refused`(
        events: UInt64, rest: [UInt8]
    ) throws {
        var map = Map(replica: try replica(9))
        #expect(throws: MapError.malformed) { try map.merge(Self.update(events: events, rest)) }
        #expect(map.version.isEmpty)
    }

    @Test(
        arguments: [
            // A second value before the first one, keys out of order or twice, a sum before a value, two
            // sums, a run of nothing, runs that are one, more nulls than there are entries.
            [0, 1, 0, 1, 0, 1, 0], [0, 2, 2, 0x62, 2, 0x61, 2, 0, 2, 0],
            [0, 2, 2, 0x61, 2, 0x61, 2, 0, 2, 0],
            [0, 2, 2, 0x61, 0, 1, 1, 1, 0, 1, 0, 8], [0, 2, 2, 0x61, 0, 2, 1, 8, 8],
            [0, 1, 2, 0x61, 0, 0, 1, 0],
            [0, 2, 2, 0x61, 2, 0x62, 1, 0, 1, 0, 2, 0], [0, 1, 2, 0x61, 1, 0, 2, 0],
            [0, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 0x61],
        ] as [[UInt8]])
    func `a saved map that is not in its only form is refused`(rest: [UInt8]) throws {
        let content = Self.checked([1] + rest)
        let id = try replica(1)
        #expect(throws: MapError.malformed) { try Map(loading: content, replica: id, history: { [] }) }
    }

    @Test func `a saved map by hand is read as the specification says`() throws {
        // No replicas; a with null, b with 5 and a sum of 4; runs of both kinds.
        let content = Self.checked([1, 0, 3, 2, 0x61, 2, 0x62, 0, 2, 0, 1, 1, 1, 0, 1, 3, 10, 8])
        let map = try Map(loading: content, replica: try replica(1), history: { [] })
        #expect(map.conflicts("a") == [.null] && map.conflicts("b") == [.unsigned(5), .unsigned(4)])
        #expect(map.counter("b") == 4 && map.counter("a") == nil)
    }
}
