import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ForgettingTests {
    @Test(arguments: Seeds.first(24))
    func `who forgets and who does not have the same text, marks, authors and updates`(seed: UInt64) throws {
        var world = ForgettingWorld(seed: seed)
        for _ in 0..<120 {
            try world.step()
            if Int.random(in: 0..<8, using: &world.random) == 0 { try world.check(world.anyone()) }
        }
        for index in world.plain.indices { try world.check(index) }
        try world.meet()
        for index in world.plain.indices {
            try world.check(index)
            #expect(world.forgetful[index].string == world.plain[0].string)
            try world.forgetful[index].forgetHistory(before: world.plain[0].version)
            try world.check(index)
        }
    }

    @Test func `whoever was away is refused whole, and goes on with a saved copy`() throws {
        var here = Text(replica: ConvergenceTests.replica(1)),
            away = Text(replica: ConvergenceTests.replica(2))
        try here.insert("hello", at: 0)
        try away.merge(here.encode())
        try away.insert("!", at: 5)
        let old = here.version
        try here.insert(" world", at: 5)
        try here.forgetHistory(before: here.version)
        let history = try here.savedHistory(), update = try away.encode()
        #expect(throws: TextError.historyForgotten) { try here.merge(update) }
        #expect(throws: TextError.historyForgotten) { try here.encode(since: old) }
        #expect(throws: TextError.historyForgotten) { try here.encode() }
        #expect(throws: TextError.historyForgotten) { try here.encode(since: here.version, upTo: old) }
        #expect(throws: TextError.historyForgotten) { try here.string(at: old) }
        #expect(try here.savedHistory() == history && here.string == "hello world")
        away = try Text(loading: here.savedContent(), replica: away.replica) { history }
        try away.insert("!", at: 11)
        try here.merge(away.encode(since: here.version))
        #expect(here.string == "hello world!")
    }

    @Test func `what was typed before can still be undone, and what was deleted stays deleted`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try undo.perform(on: &text) { text in try text.insert("one two three", at: 0) }
        try undo.perform(on: &text) { text in try text.delete(0..<4) }
        try undo.undo(&text)
        try undo.redo(&text)
        try undo.perform(on: &text) { text in try text.insert(" four", at: 9) }
        try text.forgetHistory(before: text.version)
        try undo.perform(on: &text) { text in try text.delete(0..<4) }
        #expect(text.string == "three four")
        try undo.undo(&text)
        #expect(text.string == "two three four")
        try undo.undo(&text)
        #expect(text.string == "two three")
        // Of the deletion nothing is known.
        try undo.undo(&text)
        #expect(text.string == "two three")
        try undo.undo(&text)
        #expect(text.string.isEmpty)
    }

    @Test func `what does not show takes no room, however often it was written and marked`() throws {
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("the text that stays", at: 0)
        for number in 0..<1_000 {
            try text.insert("and more", at: 4)
            try text.delete(4..<12)
            try text.mark(4..<8, "bold", number % 2 == 0 ? .bool(true) : nil)
        }
        try text.forgetHistory(before: text.version)
        // A replica and its number, a head, a time and three runs; the log and the text; two checksums.
        #expect(try text.savedHistory().count < 116)
        try text.mark(4..<8, "bold", .bool(true))
        #expect(text.attributedRuns().count == 3)
    }

    @Test func `a history with a horizon that is cut short or changed is refused or read, and never traps`()
        throws
    {
        var text = try SavingTests.sample()
        try text.forgetHistory(before: text.version)
        var random = SeededGenerator(seed: 6)
        for _ in 0..<4 { try ConvergenceTests.edit(&text, &random) }
        try text.mark(0..<3, "link", .text("x"))
        let content = text.savedContent(), history = try text.savedHistory(),
            update = try text.encode(
                since: text.forgottenVersion())
        for end in history.indices {
            var cut = try Text(loading: content, replica: text.replica) { Array(history[..<end]) }
            #expect(throws: TextError.malformed) { try cut.insert("x", at: 0) }
        }
        for _ in Seeds.first(800) {
            let damaged = SavingTests.changed(history, in: 0..<400, of: content, &random)
            var loaded = try Text(loading: content, replica: ConvergenceTests.replica(9)) { damaged }
            do {
                try loaded.insert("x", at: 0)
                _ = loaded.attributedRuns()
                _ = try loaded.authorship(of: 0..<loaded.count)
                _ = try loaded.string(at: loaded.version)
                try loaded.merge(update)
                _ = try loaded.savedHistory()
                try loaded.forgetHistory(before: loaded.version)
            } catch { continue }
        }
    }
}
