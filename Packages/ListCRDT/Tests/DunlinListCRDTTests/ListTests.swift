import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import Testing

@Suite struct ListTests {
    static func replica(_ number: UInt8) throws -> ReplicaID {
        try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32)))
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `replicas that edit apart and merge at random end alike`(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        var lists = try (1...3).map { List(replica: try Self.replica(UInt8($0))) }
        for step in 0..<80 {
            let index = random(3)
            if lists[index].count > 2, random(3) == 0 {
                let start = random(lists[index].count)
                try lists[index].delete(start..<min(lists[index].count, start + 2))
            } else {
                let values = (0...random(3)).map { CBORValue.unsigned(UInt64(step * 10 + $0)) }
                try lists[index].insert(values, at: random(lists[index].count + 1))
            }
            let other = random(3)
            let since = random(2) == 0 ? VersionVector() : lists[other].version
            if random(3) == 0 { try lists[other].merge(lists[index].encode(since: since)) }
        }
        for source in lists { for index in lists.indices { try lists[index].merge(source.encode()) } }
        for list in lists { #expect(list.elements == lists[0].elements, "seed \(seed)") }
    }

    @Test func `places beyond the end, events out of order and garbage are refused whole`() throws {
        var a = List(replica: try Self.replica(1)), b = List(replica: try Self.replica(2))
        try a.insert([.null, .bool(true)], at: 0)
        #expect(throws: ListError.outOfRange(5..<5, count: 2)) { try a.insert([.null], at: 5) }
        #expect(throws: ListError.outOfRange(1..<4, count: 2)) { try a.delete(1..<4) }
        let first = a.version
        try a.delete(0..<1)
        let late = a.encode(since: first)
        #expect(throws: ListError.missingEvents) { try b.merge(late) }
        #expect(throws: ListError.malformed) { try b.merge([0x81, 0x80]) }
        try b.merge(a.encode())
        #expect(b.elements == [.bool(true)])
    }
}
