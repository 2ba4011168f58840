import DunlinTextCRDT
import Testing

/// A stack that goes on with a text that is not the one it was used on last.
@Suite struct UndoOtherTextTests {
    @Test func `a text that was taken back to a copy and edited on loses nothing that was typed since`()
        throws
    {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("base ", at: 0)
        try undo.perform(on: &text) { try $0.insert("mine", at: 5) }
        try undo.perform(on: &text) { try $0.delete(5..<9) }
        let backup = text
        try undo.undo(&text)
        #expect(text.string == "base mine")
        text = backup
        try text.insert("OTHER", at: 0)
        while undo.canRedo { try undo.redo(&text) }
        #expect(text.string == "OTHERbase ")
        while undo.canUndo { try undo.undo(&text) }
        #expect(text.string == "OTHERbase ")
        // Nothing was left of it to take back.
        while undo.canRedo { try undo.redo(&text) }
        #expect(text.string == "OTHERbase ")
    }

    @Test func `a text that was taken back to a copy has undone what is in it`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try undo.perform(on: &text) { try $0.insert("one", at: 0) }
        let backup = text
        try undo.perform(on: &text) { try $0.insert("two", at: 3) }
        try undo.perform(on: &text) { try $0.mark(0..<6, "bold", .bool(true)) }
        try undo.undo(&text)
        text = backup
        #expect(try !undo.redo(&text))
        try undo.undo(&text)
        #expect(text.string.isEmpty && !undo.canUndo)
        try undo.redo(&text)
        #expect(text.string == "one")
    }

    @Test func `marks are taken back in a text that was saved and read, or made anew, too`() throws {
        let here = ConvergenceTests.replica(1)
        var text = Text(replica: here), undo = TextUndoStack()
        try text.insert("one two", at: 0)
        try undo.perform(on: &text) { try $0.mark(0..<3, "bold", .bool(true)) }
        try undo.perform(on: &text) { try $0.mark(4..<7, "bold", .bool(true)) }
        let content = text.savedContent(), history = try text.savedHistory()
        var anew = Text(replica: here)
        try anew.merge(text.encode())
        for var other in [try Text(loading: content, replica: here) { history }, anew] {
            var undo = undo
            try undo.undo(&other)
            #expect(try MarkTests.bold(&other) == "[one] two")
            try undo.undo(&other)
            #expect(try MarkTests.bold(&other) == "one two")
            while undo.canRedo { try undo.redo(&other) }
            #expect(try MarkTests.bold(&other) == "[one] [two]")
        }
    }

    @Test func `on a text of another writer nothing is taken back`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        var other = Text(replica: ConvergenceTests.replica(2))
        try other.insert("others", at: 0)
        try undo.perform(on: &text) { try $0.insert("mine", at: 0) }
        #expect(try !undo.undo(&other))
        #expect(other.string == "others")
    }

    /// Whatever is done to a text, taken back and done again, and at times without saying so.
    @Test(arguments: Seeds.first(60))
    func `a text that is taken back to copies and edited on keeps what others and others' numbers typed`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 9_000)
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("the beginning", at: 0)
        var backup = text, kept = 0, keptInBackup = 0
        for step in 0..<60 {
            switch Int.random(in: 0..<7, using: &random) {
            case 0: try undo.undo(&text)
            case 1: try undo.redo(&text)
            case 2: (backup, keptInBackup) = (text, kept)
            case 3: (text, kept) = (backup, keptInBackup)
            case 4:
                // No group has this letter, so none takes it back.
                try text.insert("Z", at: .random(in: 0...text.count, using: &random))
                kept += 1
            default:
                try undo.perform(on: &text) { text in
                    let start = Int.random(in: 0...text.count, using: &random)
                    let range = start..<min(text.count, start + 3)
                    if Bool.random(using: &random), !text.string(in: range).contains("Z") {
                        try text.delete(range)
                    } else {
                        try text.insert("xy", at: start)
                    }
                }
            }
            let found = text.string.filter { $0 == "Z" }.count
            try #require(found == kept, "seed \(seed), step \(step)")
        }
    }

    /// Two writers; the updates of both come anew in another order.
    @Test(arguments: Seeds.first(100))
    func `undoing does the same in a text that was made anew, in whatever order events came`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 8_000)
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        var undo = TextUndoStack(), updates: [[UInt8]] = []
        func keep(_ text: inout Text, _ edit: (inout Text) throws -> Void) throws {
            let before = text.version
            try edit(&text)
            updates.append(try text.encode(since: before))
        }
        for _ in 0..<30 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try keep(&a) { try undo.undo(&$0) }
            case 1: try keep(&a) { try undo.redo(&$0) }
            case 2: try keep(&b) { try ConvergenceTests.edit(&$0, &random) }
            case 3:
                try a.merge(b.encode(since: a.version))
                if Bool.random(using: &random) { try b.merge(a.encode(since: b.version)) }
            default:
                try keep(&a) { try undo.perform(on: &$0) { try ConvergenceTests.edit(&$0, &random) } }
            }
        }
        try a.merge(b.encode(since: a.version))
        var anew = Text(replica: a.replica)
        updates.shuffle(using: &random)
        while anew.version != a.version {
            for update in updates { do { try anew.merge(update) } catch TextError.missingEvents {} }
        }
        var other = undo
        #expect(anew.string == a.string)
        for step in 0..<40 {
            let undoes = step < 20 ? step % 3 < 2 : step % 3 == 0
            if undoes {
                #expect(try undo.undo(&a) == other.undo(&anew))
            } else {
                #expect(try undo.redo(&a) == other.redo(&anew))
            }
            try #require(anew.string == a.string, "seed \(seed), step \(step)")
        }
    }
}
