import DunlinEncoding
import DunlinTextCRDT
import Synchronization
import Testing

@Suite struct SavingTests {
    struct Gone: Error {}

    static func sample() throws -> Text {
        var random = SeededGenerator(seed: 12)
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        for _ in 0..<40 {
            try ConvergenceTests.edit(&a, &random)
            try ConvergenceTests.edit(&b, &random)
            if Int.random(in: 0..<4, using: &random) == 0 { try a.merge(b.encode()) }
        }
        try a.mark(0..<a.count, "bold", .bool(true))
        return a
    }

    /// With a byte changed before its checksums, which fit again: what an attacker sends.
    static func changed(
        _ history: [UInt8], in places: Range<Int>, of content: [UInt8], _ random: inout SeededGenerator
    ) -> [UInt8] {
        var changed = Array(history.dropLast(16))
        changed[.random(in: places.clamped(to: changed.indices), using: &random)] ^= .random(
            in: 1...255, using: &random)
        return SavedHistory(changed, of: content).encoded()
    }

    @Test func `a text whose content was damaged is not edited, and is rebuilt from its history`() throws {
        let text = try Self.sample()
        let content = text.savedContent(), history = try text.savedHistory()
        for bit in 0..<content.count * 8 {
            var changed = content
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard var loaded = try? Text(loading: changed, replica: text.replica, history: { history }) else {
                continue
            }
            let shown = loaded.string
            do throws(TextError) {
                try loaded.insert("x", at: 0)
                Issue.record("bit \(bit) was not missed")
            } catch {
                #expect(error == .damagedContent || error == .historyOfAnotherVersion, "bit \(bit)")
            }
            #expect(loaded.string == shown)
        }
        var rebuilt = try Text(rebuildingFrom: history, replica: text.replica)
        #expect(rebuilt.string == text.string && rebuilt.savedContent() == content)
        #expect(try rebuilt.savedHistory() == history)
        var copy = text
        try rebuilt.insert("x", at: 1)
        try copy.merge(rebuilt.encode(since: copy.version))
        #expect(copy.string == rebuilt.string)
    }

    @Test func `a damaged history is always found, and nothing is rebuilt from it`() throws {
        let text = try Self.sample()
        let content = text.savedContent(), history = try text.savedHistory()
        for bit in 0..<history.count * 8 {
            var changed = history
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let damaged = changed
            var loaded = try Text(loading: content, replica: text.replica) { damaged }
            #expect(throws: TextError.malformed) { try loaded.insert("x", at: 0) }
            #expect(throws: TextError.malformed) {
                try Text(rebuildingFrom: damaged, replica: text.replica)
            }
        }
    }

    @Test func `a text that has forgotten its history is rebuilt from what is left of it`() throws {
        var text = try Self.sample(), random = SeededGenerator(seed: 8)
        try text.forgetHistory(before: text.version)
        for _ in 0..<6 { try ConvergenceTests.edit(&text, &random) }
        let rebuilt = try Text(rebuildingFrom: text.savedHistory(), replica: text.replica)
        #expect(rebuilt.savedContent() == text.savedContent())
        #expect(try rebuilt.savedHistory() == text.savedHistory())
    }

    @Test func `the history is fetched once by opening, and not where nothing is to be done`() throws {
        let text = try Self.sample(), asked = Mutex(0)
        let content = text.savedContent(), history = try text.savedHistory()
        var loaded = try Text(loading: content, replica: text.replica) {
            asked.withLock { $0 += 1 }
            return history
        }
        try loaded.insert("", at: 1)
        try loaded.delete(1..<1)
        try loaded.replace(with: text.string)
        #expect(asked.withLock { $0 } == 0)
        _ = try loaded.encode()
        _ = try loaded.savedHistory()
        #expect(asked.withLock { $0 } == 2)
        for _ in 0..<2 { try loaded.open() }
        _ = try loaded.encode()
        _ = try loaded.savedHistory()
        try loaded.insert("x", at: 0)
        #expect(asked.withLock { $0 } == 3)
    }

    @Test(arguments: Seeds.first(20))
    func `a loaded text shows what is marked without its history, as the opened one does`(seed: UInt64)
        throws
    {
        var text = try Self.sample(), random = SeededGenerator(seed: seed + 70)
        for _ in 0..<12 where text.count > 0 {
            let start = Int.random(in: 0..<text.count, using: &random)
            let end = Int.random(in: start + 1...text.count, using: &random)
            let key = ["bold", "link", ""].randomElement(using: &random) ?? ""
            let values: [CBORValue?] = [nil, .bool(true), .text("x"), .unsigned(300)]
            try text.mark(start..<end, UTF8String(key), values.randomElement(using: &random) ?? nil)
            try ConvergenceTests.edit(&text, &random)
        }
        let content = text.savedContent(), history = try text.savedHistory()
        var loaded = try Text(loading: content, replica: text.replica) { throw Gone() }
        #expect(loaded.attributedRuns() == text.attributedRuns(), "seed \(seed)")
        #expect(loaded.savedContent() == content, "seed \(seed)")
        loaded = try Text(loading: content, replica: text.replica) { history }
        try loaded.insert("x", at: 0)
        try text.insert("x", at: 0)
        #expect(loaded.attributedRuns() == text.attributedRuns(), "seed \(seed)")
        #expect(loaded.savedContent() == text.savedContent(), "seed \(seed)")
    }

    @Test func `what marks show is read strictly, and takes one byte where nothing is marked`() throws {
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("abcdef", at: 0)
        let version = text.version.encoded()
        func content(_ attributes: [UInt8]) -> [UInt8] {
            [UInt8(version.count)] + version + attributes + Array("abcdef".utf8)
        }
        func runs(_ attributes: [UInt8]) throws -> Int {
            var loaded = try Text(loading: content(attributes), replica: text.replica) { throw Gone() }
            return loaded.attributedRuns().count
        }
        #expect(text.savedContent() == content([0]))
        // Of a key "k" the values 1 and 2, and true (0xf5) of a key "l".
        let (one, two) = ([1, 0x6b, 1, 1] as [UInt8], [1, 0x6b, 1, 2] as [UInt8])
        let other = [1, 0x6c, 1, 0xf5] as [UInt8]
        #expect(try runs([1] + one + [1, 2, 4]) == 2)
        #expect(try runs([3] + one + [2, 0, 1, 2, 1] + two + [1, 1, 1] + other + [1, 0, 6]) == 5)
        let bad: [[UInt8]] = [
            [1] + one + [0],
            [1] + one + [1, 2, 0],
            [1] + one + [1, 2, 5],
            [1] + one + [2, 0, 1, 0, 1],
            [1, 1, 0xff, 1, 1, 1, 0, 1],
            [1, 1, 0x6b, 2, 0x18, 1, 1, 0, 1],
            [2] + other + [1, 0, 1] + one + [1, 0, 1],
            [2] + one + [1, 2, 1] + two + [1, 0, 1],
            [2] + one + [1, 0, 2] + two + [1, 1, 1],
            [2] + one + [1, 0, 1] + one + [1, 2, 1],
            [1] + one + [2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 1, 1],
            [0xff, 0xff, 0xff, 0xff, 0x0f] + one + [1, 0, 1],
        ]
        for attributes in bad {
            #expect(throws: TextError.malformed, "\(attributes)") { try runs(attributes) }
        }
    }

    @Test func `a loaded text is read without its history, which is fetched when it is needed`() throws {
        let text = try Self.sample()
        let content = text.savedContent(), history = try text.savedHistory()
        let reading = try Text(loading: content, replica: text.replica) { throw Gone() }
        #expect(reading.string == text.string && reading.version == text.version)
        #expect(throws: TextError.historyUnavailable("Gone()")) { try reading.encode() }
        var editing = reading
        #expect(throws: TextError.historyUnavailable("Gone()")) { try editing.insert("x", at: 0) }
        #expect(editing.string == text.string)
        var loaded = try Text(loading: content, replica: text.replica) { history }
        #expect(try loaded.encode() == text.encode() && loaded.savedHistory() == history)
        try loaded.insert("x", at: 0)
        #expect(loaded.string == "x" + text.string)
    }

    @Test func `a history of another version or with a changed byte is refused or read, and never traps`()
        throws
    {
        let text = try Self.sample()
        let content = text.savedContent(), history = try text.savedHistory()
        var other = text
        try other.insert("more", at: 0)
        let later = try other.savedHistory()
        var mixed = try Text(loading: content, replica: text.replica) { later }
        #expect(throws: TextError.historyOfAnotherVersion) { try mixed.insert("x", at: 0) }
        for end in history.indices {
            var cut = try Text(loading: content, replica: text.replica) { Array(history[..<end]) }
            #expect(throws: TextError.malformed) { try cut.insert("x", at: 0) }
        }
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let damaged = Self.changed(history, in: history.indices, of: content, &random)
            var loaded = try Text(loading: content, replica: text.replica) { damaged }
            do {
                try loaded.insert("x", at: 0)
                _ = loaded.attributedRuns()
                _ = try loaded.string(at: loaded.version)
            } catch { continue }
        }
    }
}
