import DunlinTextCRDT
import Testing

@Suite struct UndoTests {
    @Test func `undoing and redoing keeps what others did meanwhile`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        var undo = TextUndoStack()
        try undo.perform(on: &a) { text in try text.insert("hello world", at: 0) }
        try b.merge(a.encode())
        try undo.perform(on: &a) { text in try text.delete(0..<6) }
        try b.insert("(b)", at: 3)
        try a.merge(b.encode())
        #expect(a.string == "(b)world")
        #expect(try undo.undo(&a))
        #expect(a.string == "hel(b)lo world" || a.string == "hello (b)world" || a.string == "(b)hello world")
        #expect(try undo.undo(&a))
        #expect(a.string == "(b)")
        #expect(try !undo.undo(&a) && undo.canRedo)
        try undo.redo(&a)
        try undo.redo(&a)
        #expect(a.string == "(b)world" && !undo.canRedo)
        try b.merge(a.encode())
        #expect(b.string == a.string)
    }

    @Test func `what somebody else deleted too is not put back`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        var undo = TextUndoStack()
        try a.insert("abcdef", at: 0)
        try b.merge(a.encode())
        try undo.perform(on: &a) { text in try text.delete(1..<5) }
        try b.delete(2..<3)
        try a.merge(b.encode())
        try undo.undo(&a)
        #expect(a.string == "abdef")
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `undoing everything restores the text, redoing everything the end, whatever was between`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 5)
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("the beginning", at: 0)
        var undo = TextUndoStack()
        var states = [text.string]
        var position = 0
        for _ in 0..<40 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where position > 0:
                try undo.undo(&text)
                position -= 1
            case 1 where position < states.count - 1:
                try undo.redo(&text)
                position += 1
            default:
                let version = text.version
                try undo.perform(on: &text) { text in
                    for _ in 0..<Int.random(in: 1...3, using: &random) {
                        try ConvergenceTests.edit(&text, &random)
                    }
                }
                guard text.version != version else { continue }
                position += 1
                states.removeSubrange(position...)
                states.append(text.string)
            }
            #expect(text.string == states[position], "seed \(seed)")
        }
        while undo.canUndo { try undo.undo(&text) }
        #expect(text.string == "the beginning", "seed \(seed)")
        while undo.canRedo { try undo.redo(&text) }
        #expect(text.string == states.last, "seed \(seed)")
    }
}
