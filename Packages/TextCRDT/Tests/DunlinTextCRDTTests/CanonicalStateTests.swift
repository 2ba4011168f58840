import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct CanonicalStateTests {
    private static func make(_ number: UInt8) throws -> Text {
        Text(replica: try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32))))
    }

    @Test func `the canonical state is the text and what its marks show`() throws {
        var text = try Self.make(1)
        #expect(try text.canonicalState() == [0x82, 2, 0x60])
        try text.insert("añb", at: 0)
        #expect(try text.canonicalState() == [0x82, 2, 0x64, 0x61, 0xc3, 0xb1, 0x62])
        try text.mark(1..<3, "k", .bool(true))
        let marked = try text.canonicalState()
        #expect(marked == [0x83, 2, 0x64, 0x61, 0xc3, 0xb1, 0x62, 0x84, 0x61, 0x6b, 0xf5, 1, 3])
        // Two marks of one value beside each other show as one.
        try text.mark(1..<2, "k", .bool(true))
        #expect(try text.canonicalState() == marked)
        try text.mark(0..<3, "k", nil)
        #expect(try text.canonicalState() == [0x82, 2, 0x64, 0x61, 0xc3, 0xb1, 0x62])
        // Of one value all ranges stand together.
        for place in [0, 2] { try text.mark(place..<place + 1, "k", .bool(true), expansion: .none) }
        #expect(try text.canonicalState().suffix(8) == [0x86, 0x61, 0x6b, 0xf5, 0, 1, 2, 3])
    }

    @Test(arguments: Seeds.first(20))
    func `replicas with the same events have the same canonical state, who has forgotten too`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 60)
        var texts = try (1...3).map { try Self.make(UInt8($0)) }
        for step in 0..<60 {
            let index = Int.random(in: 0..<3, using: &random), other = Int.random(in: 0..<3, using: &random)
            let count = texts[index].count, start = Int.random(in: 0...count, using: &random)
            let end = Int.random(in: start...min(count, start + 4), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try texts[index].delete(start..<end)
            case 1: try texts[index].mark(start..<end, "bold", step % 3 == 0 ? nil : .unsigned(1))
            default: try texts[index].insert("é👍", at: start)
            }
            if step % 3 == 0 { try texts[other].merge(texts[index].encode(since: texts[other].version)) }
            if step == 40 {
                for source in texts { for index in 0..<3 { try texts[index].merge(source.encode()) } }
                for source in texts { for index in 0..<3 { try texts[index].merge(source.encode()) } }
                let agreed = texts[0].version, before = try texts[1].canonicalState()
                try texts[1].forgetHistory(before: agreed)
                #expect(try texts[1].canonicalState() == before, "seed \(seed)")
            }
        }
        let since = try texts[1].forgottenVersion()
        for _ in 0..<2 {
            for source in texts { for index in 0..<3 { try texts[index].merge(source.encode(since: since)) } }
        }
        let states = try texts.indices.map { try texts[$0].canonicalState() }
        #expect(Set(states).count == 1, "seed \(seed)")
        let content = texts[0].savedContent(), history = try texts[0].savedHistory()
        var loaded = try Text(loading: content, replica: texts[0].replica) { history }
        #expect(try loaded.canonicalState() == states[0], "seed \(seed)")
    }
}
