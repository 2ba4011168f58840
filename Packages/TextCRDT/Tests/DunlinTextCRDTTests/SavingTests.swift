import DunlinTextCRDT
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
            var changed = history
            changed[Int.random(in: 0..<history.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            let damaged = changed
            var loaded = try Text(loading: content, replica: text.replica) { damaged }
            do {
                try loaded.insert("x", at: 0)
                _ = try loaded.attributedRuns()
                _ = try loaded.string(at: loaded.version)
            } catch { continue }
        }
    }
}
