import DunlinTextCRDT
import Testing

/// Serialized: what runs at the same time would be measured too.
@Suite(.serialized) struct UndoGrowthTests {
    /// The best of some runs, since other work on the machine only ever makes one slower.
    private static func seconds(
        of runs: Int = 3, _ prepare: (inout Text, inout TextUndoStack) throws -> Void,
        _ body: (inout Text, inout TextUndoStack) throws -> Void
    ) throws -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
            try prepare(&text, &undo)
            let time = try ContinuousClock().measure { try body(&text, &undo) }
            best = min(best, time / .seconds(1))
        }
        return best
    }

    /// A text of many runs, since each is put in front of one that was typed before.
    private static func scatter(_ count: Int, _ text: inout Text) throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<count { try text.insert("ab", at: .random(in: 0...text.count, using: &random)) }
    }

    enum Marks: CaseIterable { case none, over, underWhatWasPutBack }

    @Test(arguments: Marks.allCases)
    func `undoing that everything was deleted costs for each run alike, however many there are`(
        marks: Marks
    ) throws {
        func seconds(_ count: Int) throws -> Double {
            try Self.seconds { text, undo in
                try Self.scatter(count, &text)
                if marks != .none { try text.mark(0..<text.count, "bold", .bool(true)) }
                if marks == .underWhatWasPutBack {
                    // What is typed then stands among pieces that were put back.
                    try undo.perform(on: &text) { try $0.delete(1..<$0.count) }
                    try undo.undo(&text)
                    try Self.scatter(count, &text)
                }
                try undo.perform(on: &text) { try $0.delete(0..<$0.count) }
            } _: { text, undo in
                try undo.undo(&text)
                #expect(text.count == (marks == .underWhatWasPutBack ? 4 : 2) * count)
            }
        }
        let small = try seconds(50), large = try seconds(800)
        // 16 times as many; were each to look at those before it, it would be 256 times the work.
        #expect(large < 100 * small, "\(small) s, then \(large) s")
    }

    @Test func `undoing a group of many single deletions costs for each alike`() throws {
        func seconds(_ count: Int) throws -> Double {
            try Self.seconds { text, undo in
                try text.insert(String(repeating: "ab", count: count), at: 0)
                try undo.perform(on: &text) { text in
                    for place in 0..<count { try text.delete(place..<place + 1) }
                }
            } _: { text, undo in
                try undo.undo(&text)
                #expect(text.string == String(repeating: "ab", count: count))
            }
        }
        let small = try seconds(50), large = try seconds(800)
        #expect(large < 100 * small, "\(small) s, then \(large) s")
    }

    @Test(arguments: [true, false])
    func `undoing many groups one after the other costs for each alike`(marks: Bool) throws {
        func seconds(_ count: Int) throws -> Double {
            try Self.seconds { text, undo in
                try text.insert(String(repeating: "ab", count: count), at: 0)
                for place in 0..<count {
                    try undo.perform(on: &text) { text in
                        if marks { try text.mark(place..<place + 1, "bold", .bool(true)) }
                        try text.delete(place..<place + 1)
                    }
                }
            } _: { text, undo in
                while undo.canUndo { try undo.undo(&text) }
                #expect(text.string == String(repeating: "ab", count: count))
            }
        }
        let small = try seconds(50), large = try seconds(800)
        #expect(large < 100 * small, "\(small) s, then \(large) s")
    }

    @Test func `marking the same over and over and undoing it costs the same each time`() throws {
        func seconds(_ count: Int) throws -> Double {
            try Self.seconds { text, _ in
                try text.insert("some words to mark", at: 0)
            } _: { text, undo in
                for _ in 0..<count {
                    try undo.perform(on: &text) { try $0.mark(5..<10, "bold", .bool(true)) }
                    try undo.undo(&text)
                }
                #expect(try MarkTests.bold(&text) == "some words to mark")
                try undo.redo(&text)
                #expect(try MarkTests.bold(&text) == "some [words] to mark")
            }
        }
        let small = try seconds(50), large = try seconds(800)
        #expect(large < 100 * small, "\(small) s, then \(large) s")
    }
}
