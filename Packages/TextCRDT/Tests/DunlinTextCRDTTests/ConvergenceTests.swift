import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ConvergenceTests {
    static let alphabet = ["a", "b", "ß", "é", "e\u{301}", "漢", "👍", "👩‍👩‍👧", "\u{5d0}", "\n", "hello "]

    static func replica(_ number: UInt8) -> ReplicaID {
        ReplicaID(bytes: [UInt8](repeating: number, count: 32)) ?? ReplicaID(raw: .init())
    }

    static func edit(_ text: inout Text, _ random: inout SeededGenerator) throws {
        if text.count > 0, Int.random(in: 0..<10, using: &random) < 4 {
            let start = Int.random(in: 0..<text.count, using: &random)
            try text.delete(start..<min(text.count, start + Int.random(in: 1...4, using: &random)))
        } else {
            let word = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }.joined()
            try text.insert(word, at: Int.random(in: 0...text.count, using: &random))
        }
    }

    @Test(arguments: Seeds.first(150))
    func `replicas that edit apart and merge at random end with the same text`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        let count = Int.random(in: 2...4, using: &random)
        var texts = (0..<count).map { Text(replica: Self.replica(UInt8($0 + 1))) }
        for _ in 0..<60 {
            let index = Int.random(in: 0..<count, using: &random)
            for _ in 0..<Int.random(in: 1...3, using: &random) { try Self.edit(&texts[index], &random) }
            if Int.random(in: 0..<3, using: &random) == 0 {
                let other = Int.random(in: 0..<count, using: &random)
                let since = Bool.random(using: &random) ? texts[other].version : VersionVector()
                try texts[other].merge(texts[index].encode(since: since))
                // A replay of everything from the beginning must agree with what was done step by step.
                let replayed = try texts[other].string(at: texts[other].version)
                #expect(texts[other].string == replayed, "seed \(seed)")
            }
        }
        for source in texts { for index in texts.indices { try texts[index].merge(source.encode()) } }
        for text in texts {
            #expect(text.string == texts[0].string, "seed \(seed)")
            #expect(text.count == text.string.unicodeScalars.count)
            #expect(text.utf16Count == text.string.utf16.count)
        }
    }

    @Test func `merging twice changes nothing and events out of order are refused whole`() throws {
        var a = Text(replica: Self.replica(1))
        try a.insert("hello", at: 0)
        let first = try a.encode()
        let before = a.version
        try a.insert(" world", at: 5)
        let second = try a.encode(since: before)
        var b = Text(replica: Self.replica(2))
        #expect(throws: TextError.missingEvents) { try b.merge(second) }
        #expect(b.string.isEmpty)
        try b.merge(first)
        try b.merge(second)
        var deltas: [TextDelta] = []
        try b.merge(a.encode()) { deltas.append($0) }
        #expect(deltas.isEmpty)
        #expect(b.string == "hello world")
    }

    @Test func `concurrent words do not interleave, typed forwards or backwards`() throws {
        for backwards in [false, true] {
            var a = Text(replica: Self.replica(1)), b = Text(replica: Self.replica(2))
            for (index, character) in "abcdef".enumerated() {
                try a.insert(String(character), at: backwards ? 0 : index)
            }
            for (index, character) in "uvwxyz".enumerated() {
                try b.insert(String(character), at: backwards ? 0 : index)
            }
            try a.merge(b.encode())
            try b.merge(a.encode())
            #expect(a.string == b.string)
            let one = backwards ? "fedcba" : "abcdef", two = backwards ? "zyxwvu" : "uvwxyz"
            #expect([one + two, two + one].contains(a.string), "\(a.string)")
        }
    }

    @Test func `bytes cut short or changed give an error or a text, never a trap`() throws {
        var random = SeededGenerator(seed: 5)
        var a = Text(replica: Self.replica(1))
        for _ in 0..<30 { try Self.edit(&a, &random) }
        let bytes = try a.encode()
        for end in 0..<bytes.count {
            var fresh = Text(replica: Self.replica(9))
            #expect(throws: TextError.self) { try fresh.merge(Array(bytes[..<end])) }
        }
        for _ in 0..<2000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            var fresh = Text(replica: Self.replica(9))
            do { try fresh.merge(changed) } catch { #expect(fresh.string.isEmpty) }
        }
    }
}
