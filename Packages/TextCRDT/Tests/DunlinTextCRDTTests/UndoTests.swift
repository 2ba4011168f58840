@testable import DunlinTextCRDT
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

    @Test(arguments: Seeds.first(24))
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

    @Test(arguments: Seeds.first(12))
    func `undoing and redoing over and over changes nothing for what is undone later`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 77)
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("the beginning", at: 0)
        var undo = TextUndoStack()
        var states = [text.string]
        for _ in 0..<10 {
            try undo.perform(on: &text) { text in
                for _ in 0..<3 { try ConvergenceTests.edit(&text, &random) }
            }
            if states.last != text.string { states.append(text.string) }
        }
        for _ in 0..<60 {
            // To what there was between two groups.
            let target = states.randomElement(using: &random)
            while text.string != target, undo.canUndo { try undo.undo(&text) }
            while text.string != target, undo.canRedo { try undo.redo(&text) }
            #expect(text.string == target, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.first(24))
    func `a view that does what undo, redo, merge and replace report has the text`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 300)
        var text = Text(replica: ConvergenceTests.replica(1)),
            other = Text(replica: ConvergenceTests.replica(2))
        var undo = TextUndoStack(), view = text.string, scalars = Array(view.unicodeScalars)
        func show(_ delta: TextDelta) {
            var units = Array(view.utf16)
            units.replaceSubrange(
                delta.utf16Position..<delta.utf16Position + delta.deletedUTF16Count,
                with: delta.inserted.utf16)
            view = String(decoding: units, as: UTF16.self)
            scalars.replaceSubrange(
                delta.position..<delta.position + delta.deletedCount, with: delta.inserted.unicodeScalars)
        }
        for _ in 0..<40 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: try undo.undo(&text, report: show)
            case 1: try undo.redo(&text, report: show)
            case 2:
                try other.merge(text.encode(since: other.version))
                try ConvergenceTests.edit(&other, &random)
                try text.merge(other.encode(since: text.version), report: show)
            case 3:
                var edited = text
                for _ in 0..<3 { try ConvergenceTests.edit(&edited, &random) }
                try text.replace(with: edited.string, report: show)
            default:
                try undo.perform(on: &text) { try ConvergenceTests.edit(&$0, &random) }
                view = text.string
                scalars = Array(view.unicodeScalars)
            }
            #expect(view == text.string && scalars == Array(text.string.unicodeScalars), "seed \(seed)")
        }
    }

    @Test func `a deletion that is undone and redone over and over costs the same each time`() throws {
        func seconds(_ cycles: Int) throws -> Double {
            var best = Double.infinity
            for _ in 0..<3 {
                var text = Text(replica: ConvergenceTests.replica(1))
                try text.insert("some words to take away", at: 0)
                var undo = TextUndoStack()
                try undo.perform(on: &text) { text in try text.delete(5..<10) }
                let time = try ContinuousClock().measure {
                    for _ in 0..<cycles {
                        try undo.undo(&text)
                        try undo.redo(&text)
                    }
                }
                #expect(text.string == "some  to take away")
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let small = try seconds(100), large = try seconds(1_600)
        // 16 times as many; were each to look at those before it, it would be 256 times the work.
        #expect(large < 90 * small, "\(small) s, then \(large) s")
    }

    @Test func `what was put back in part is followed, though nobody can take back that it was`() {
        var notes = RestoredScalars()
        notes.note(0..<4, deletedBy: 50, as: 100, in: nil)
        notes.note(101..<103, deletedBy: 105, as: 110, in: nil)
        notes.forget(except: [0..<4], [])
        #expect(notes.latest(of: 0..<4) == [100..<101, 110..<112, 103..<104])
        notes.forget(except: [], [])
        #expect(notes.notes.isEmpty)
    }

    @Test(arguments: Seeds.first(32))
    func `notes of what was put back are few, and answer as all of them would`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var notes = RestoredScalars(), all: [(old: Range<Int>, new: Int)] = []
        // Pieces that somebody deletes and puts back by turns; the event of the last deletion of each.
        var pieces = (0..<6).map { 10 * $0..<10 * $0 + 4 }
        let first = pieces
        var deletions = Array(repeating: 60, count: 6), next = 100
        for _ in 0..<600 {
            let index = Int.random(in: 0..<6, using: &random)
            notes.note(pieces[index], deletedBy: deletions[index], as: next, in: nil)
            all.append((pieces[index], next))
            pieces[index] = next..<next + 4
            next += 4
            if index > 0 { deletions[index] = next }
            next += 4
            if notes.isFull(groups: 6) { notes.forget(except: Array(first[...2]), deletions.sorted()) }
            #expect(notes.notes.count <= 128, "seed \(seed)")
        }
        for span in first[...2] {
            var now = span
            for (old, new) in all where old == now { now = new..<new + 4 }
            #expect(notes.latest(of: span) == [now], "seed \(seed)")
        }
        for deletion in deletions {
            for piece in pieces where piece.lowerBound > deletion {
                var then = piece.lowerBound + 1
                for (old, new) in all.reversed() where then >= deletion && new == then - 1 {
                    then = old.lowerBound + 1
                }
                #expect(notes.original(of: piece.lowerBound + 1, before: deletion) == then, "seed \(seed)")
            }
        }
    }
}
