import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct MapTests {
    static func replica(_ number: UInt8) throws -> ReplicaID {
        try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32)))
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `replicas that write apart and merge at random end alike`(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        var maps = try (1...3).map { Map(replica: try Self.replica(UInt8($0))) }
        for step in 0..<80 {
            let index = random(3)
            try maps[index].set(
                UTF8String("k\(random(5))"), to: random(4) == 0 ? nil : .unsigned(UInt64(step)))
            let other = random(3)
            let since = random(2) == 0 ? VersionVector() : maps[other].version
            if random(3) == 0 { try maps[other].merge(maps[index].encode(since: since)) }
        }
        for source in maps { for index in maps.indices { try maps[index].merge(source.encode()) } }
        for map in maps {
            #expect(map.keys == maps[0].keys, "seed \(seed)")
            for key in map.keys { #expect(map.conflicts(key) == maps[0].conflicts(key), "seed \(seed)") }
        }
    }

    @Test func `events out of order and garbage are refused whole`() throws {
        var a = Map(replica: try Self.replica(1)), b = Map(replica: try Self.replica(2))
        try a.set("x", to: .unsigned(1))
        let first = a.version
        try a.set("x", to: .unsigned(2))
        let late = a.encode(since: first)
        #expect(throws: MapError.missingEvents) { try b.merge(late) }
        #expect(throws: MapError.malformed) { try b.merge([0x81, 0x80]) }
        #expect(b.keys.isEmpty)
        try b.merge(a.encode())
        #expect(b["x"] == .unsigned(2))
    }
}
