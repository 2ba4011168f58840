import DunlinCausality
import DunlinEncoding
@testable import DunlinTextCRDT
import Testing

@Suite struct UndoneMarksTests {
    private static func twins(_ string: String) throws -> (Text, Text) {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert(string, at: 0)
        try b.merge(a.encode())
        return (a, b)
    }

    private static func exchange(_ a: inout Text, _ b: inout Text) throws {
        try a.merge(b.encode(since: a.version))
        try b.merge(a.encode(since: b.version))
        #expect(a.string == b.string)
        #expect(a.attributedRuns() == b.attributedRuns())
    }

    @Test func `bold text that was deleted comes back bold, and what is typed at its end is bold too`() throws
    {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("one two three", at: 0)
        try text.mark(4..<7, "bold", .bool(true))
        try text.mark(8..<13, "bold", .bool(true), expansion: .none)
        try undo.perform(on: &text) { try $0.delete(4..<7) }
        try undo.perform(on: &text) { try $0.delete(5..<10) }
        try undo.undo(&text)
        try undo.undo(&text)
        #expect(try MarkTests.bold(&text) == "one [two] [three]")
        try text.insert("!", at: 13)
        try text.insert("?", at: 7)
        #expect(try MarkTests.bold(&text) == "one [two?] [three]!")
    }

    @Test func `a restored part of a mark that does not expand stays one with the rest of it`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("one two three", at: 0)
        try text.mark(4..<13, "bold", .bool(true), expansion: .none)
        try undo.perform(on: &text) { try $0.delete(4..<7) }
        try undo.undo(&text)
        try text.insert("+", at: 7)
        try text.insert("<", at: 4)
        #expect(try MarkTests.bold(&text) == "one <[two+ three]")
    }

    @Test func `no mark is written where a surrounding one shows the same`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("one two three", at: 0)
        try text.mark(0..<13, "bold", .bool(true))
        try undo.perform(on: &text) { try $0.delete(4..<7) }
        try undo.undo(&text)
        #expect(text.content.marks.count == 1)
        #expect(try MarkTests.bold(&text) == "[one two three]")
    }

    @Test func `a mark is undone and redone, and what lay under it comes back`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("one two three", at: 0)
        try text.mark(2..<6, "color", .text("red"))
        let before = text.attributedRuns()
        try undo.perform(on: &text) { text in
            try text.mark(0..<13, "color", .text("blue"))
            try text.mark(4..<7, "bold", .bool(true))
        }
        let after = text.attributedRuns()
        for _ in 0..<3 {
            #expect(try undo.undo(&text))
            #expect(text.attributedRuns() == before)
            #expect(try undo.redo(&text))
            #expect(text.attributedRuns() == after)
        }
        try undo.undo(&text)
        // Typed where the undone mark would have taken it in.
        try text.insert("!", at: 13)
        try text.insert("?", at: 7)
        #expect(try MarkTests.bold(&text) == "one two? three!")
        #expect(text.attributedRuns().last?.attributes == [:])
    }

    @Test func `text that was typed and marked comes back marked, also when its mark was made later`() throws
    {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try undo.perform(on: &text) { text in
            try text.insert("one two", at: 0)
            try text.mark(0..<3, "bold", .bool(true))
        }
        try undo.perform(on: &text) { try $0.mark(2..<5, "bold", nil) }
        try undo.undo(&text)
        try undo.undo(&text)
        #expect(text.string.isEmpty)
        try undo.redo(&text)
        #expect(try MarkTests.bold(&text) == "[one] two")
        try undo.redo(&text)
        #expect(try MarkTests.bold(&text) == "[on]e two")
        // The letters are others than those that the first mark was made for.
        try undo.undo(&text)
        #expect(try MarkTests.bold(&text) == "[one] two")
    }

    @Test func `what others marked since stays, whether they said the same or something else`() throws {
        var (a, b) = try Self.twins("one two three")
        var undo = TextUndoStack()
        try undo.perform(on: &a) { try $0.mark(0..<13, "bold", .bool(true)) }
        try Self.exchange(&a, &b)
        try b.mark(0..<3, "bold", .bool(true), expansion: .none)
        try b.mark(4..<7, "bold", .text("half"), expansion: .none)
        try Self.exchange(&a, &b)
        try undo.undo(&a)
        func values(_ text: inout Text) throws -> [CBORValue?] {
            text.attributedRuns().map { $0.attributes["bold"] }
        }
        #expect(try values(&a) == [.bool(true), nil, .text("half"), nil])
        try undo.redo(&a)
        #expect(try values(&a) == [.bool(true), .text("half"), .bool(true)])
        try Self.exchange(&a, &b)
    }

    @Test func `what somebody marked at the same time shows when the mark over it is undone`() throws {
        var (b, a) = try Self.twins("one two three")
        var undo = TextUndoStack()
        try undo.perform(on: &a) { try $0.mark(0..<13, "color", .text("blue")) }
        try b.mark(4..<7, "color", .text("red"))
        try Self.exchange(&a, &b)
        #expect(a.attributedRuns().count == 1)
        try undo.undo(&a)
        #expect(a.attributedRuns().map { $0.attributes["color"] } == [nil, .text("red"), nil])
        // Bold that comes while the text is deleted is there when it is back.
        try undo.perform(on: &a) { try $0.delete(4..<7) }
        try b.mark(4..<7, "bold", .bool(true))
        try Self.exchange(&a, &b)
        try undo.undo(&a)
        #expect(try MarkTests.bold(&a) == "one [two] three")
        try Self.exchange(&a, &b)
    }

    @Test func `of what another typed beside text that was put back, each mark that is undone goes`() throws {
        var (a, b) = try Self.twins("abcdef")
        var undo = TextUndoStack()
        try undo.perform(on: &a) { try $0.mark(1..<4, "bold", .bool(true)) }
        try undo.perform(on: &a) { try $0.mark(3..<6, "bold", .bool(true)) }
        try undo.perform(on: &a) { try $0.insert("xy", at: 1) }
        try undo.perform(on: &a) { try $0.delete(3..<6) }
        try undo.undo(&a)
        try b.insert("Z", at: 1)
        try Self.exchange(&a, &b)
        #expect(try MarkTests.bold(&a) == "axy[bcdZef]")
        while undo.canUndo { try undo.undo(&a) }
        #expect(try MarkTests.bold(&a) == "abcdZef")
        try Self.exchange(&a, &b)
    }

    @Test func `when history is forgotten marks that show can be undone, others stay as they are`() throws {
        var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
        try text.insert("one two three", at: 0)
        try undo.perform(on: &text) { try $0.mark(0..<3, "bold", .bool(true)) }
        try undo.perform(on: &text) { try $0.mark(4..<7, "bold", .bool(true)) }
        try undo.perform(on: &text) { try $0.mark(4..<7, "bold", nil) }
        try undo.undo(&text)
        #expect(try MarkTests.bold(&text) == "[one] [two] three")
        try text.forgetHistory(before: text.version)
        // Of the mark that was undone nothing is known, nor of what the one that was made for it stands for.
        try undo.redo(&text)
        #expect(try MarkTests.bold(&text) == "[one] [two] three")
        while undo.canUndo { try undo.undo(&text) }
        #expect(try MarkTests.bold(&text) == "one [two] three")
    }

    @Test(arguments: [true, false])
    func `undoing and redoing a mark, or a deletion of marked text, costs the same each time`(
        deletes: Bool
    ) throws {
        func seconds(_ cycles: Int) throws -> Double {
            var best = Double.infinity
            for _ in 0..<3 {
                var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
                try text.insert("some words to take away", at: 0)
                try text.mark(5..<10, "bold", .bool(true))
                try undo.perform(on: &text) { text in
                    if deletes { try text.delete(5..<10) } else { try text.mark(0..<8, "bold", nil) }
                }
                let time = try ContinuousClock().measure {
                    for _ in 0..<cycles {
                        try undo.undo(&text)
                        try undo.redo(&text)
                    }
                }
                try undo.undo(&text)
                #expect(try MarkTests.bold(&text) == "some [words] to take away")
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let small = try seconds(50), large = try seconds(800)
        // 16 times as many; were each to look at those before it, it would be 256 times the work.
        #expect(large < 60 * small, "\(small) s, then \(large) s")
    }

    @Test func `undoing does not take longer where the document is larger`() throws {
        func seconds(_ size: Int) throws -> Double {
            var text = Text(replica: ConvergenceTests.replica(1)), undo = TextUndoStack()
            for _ in 0..<size {
                try text.insert("a few words ", at: 0)
                try text.mark(2..<5, "bold", .bool(true))
            }
            try undo.perform(on: &text) { text in
                try text.delete(2..<8)
                try text.mark(0..<4, "bold", nil)
            }
            // With the first time both indices are made.
            try undo.undo(&text)
            var best = Double.infinity
            for _ in 0..<20 {
                let time = try ContinuousClock().measure {
                    try undo.redo(&text)
                    try undo.undo(&text)
                }
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let small = try seconds(100), large = try seconds(3_200)
        #expect(large < 6 * small, "\(small) s, then \(large) s")
    }

    // MARK: Properties

    static func markOrEdit(_ text: inout Text, _ random: inout SeededGenerator) throws {
        guard text.count > 1, Int.random(in: 0..<2, using: &random) == 0 else {
            return try ConvergenceTests.edit(&text, &random)
        }
        let start = Int.random(in: 0..<text.count, using: &random)
        let range = start..<min(text.count, start + Int.random(in: 1...8, using: &random))
        try text.mark(
            range, Bool.random(using: &random) ? "bold" : "link",
            Int.random(in: 0..<3, using: &random) == 0 ? nil : .unsigned(.random(in: 0..<3, using: &random)),
            expansion: MarkExpansion.allCases.randomElement(using: &random) ?? .none)
    }

    private struct State: Equatable {
        var string: String
        var runs: [AttributedRun]
        init(_ text: inout Text) throws {
            string = text.string
            runs = text.attributedRuns()
        }
    }

    @Test(arguments: Seeds.first(30))
    func `undoing and redoing goes from each text with its attributes to each other`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 5_000)
        var text = Text(replica: ConvergenceTests.replica(1)),
            other = Text(replica: ConvergenceTests.replica(2))
        for _ in 0..<12 { try Self.markOrEdit(&other, &random) }
        try text.merge(other.encode())
        var undo = TextUndoStack()
        var states = [try State(&text)], position = 0
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let version = text.version
            try undo.perform(on: &text) { text in
                for _ in 0..<Int.random(in: 1...4, using: &random) { try Self.markOrEdit(&text, &random) }
            }
            if text.version != version { states.append(try State(&text)) }
        }
        position = states.count - 1
        for step in 0..<60 {
            if Bool.random(using: &random), position > 0 {
                try undo.undo(&text)
                position -= 1
            } else if position < states.count - 1 {
                try undo.redo(&text)
                position += 1
            }
            try #require(try State(&text) == states[position], "seed \(seed), step \(step)")
        }
        while undo.canUndo { try undo.undo(&text) }
        try #require(try State(&text) == states[0], "seed \(seed)")
        while undo.canRedo { try undo.redo(&text) }
        #expect(try State(&text) == states.last, "seed \(seed)")
        try other.merge(text.encode())
        #expect(try State(&other) == State(&text), "seed \(seed)")
    }

    /// One key and few scalars, so that each mark lies over others, made before and after an undo.
    @Test(arguments: Seeds.first(30))
    func `marks that are made, undone and redone by turns show in each state what they did`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 7_000)
        func mark(_ text: inout Text) throws {
            let start = Int.random(in: 0..<text.count, using: &random)
            try text.mark(
                start..<min(text.count, start + .random(in: 1...4, using: &random)), "key",
                Bool.random(using: &random) ? nil : .unsigned(.random(in: 0..<2, using: &random)),
                expansion: MarkExpansion.allCases.randomElement(using: &random) ?? .none)
        }
        var (a, b) = try Self.twins("abcdef")
        for _ in 0..<Int.random(in: 0...3, using: &random) { try mark(&b) }
        try Self.exchange(&a, &b)
        var undo = TextUndoStack(), states = [try State(&a)], position = 0
        for step in 0..<80 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let count = Int.random(in: 1...3, using: &random)
                try undo.perform(on: &a) { text in for _ in 0..<count { try mark(&text) } }
                position += 1
                states.removeSubrange(position...)
                states.append(try State(&a))
            case 1: if try undo.undo(&a) { position -= 1 }
            default: if try undo.redo(&a) { position += 1 }
            }
            try #require(try State(&a) == states[position], "seed \(seed), step \(step)")
        }
        try Self.exchange(&a, &b)
    }

    /// Others type and mark while somebody does, undoes and redoes; each marks with a key of their own too.
    @Test(arguments: Seeds.first(20))
    func `whoever undoes leaves what others typed and marked, and all end alike`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 6_000)
        var (a, b) = try Self.twins("the beginning")
        var undo = TextUndoStack(), letters = ""
        for _ in 0..<40 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try undo.undo(&a)
            case 1: try undo.redo(&a)
            case 2:
                // What only this one types, and nobody deletes.
                letters += "Z"
                try b.insert("Z", at: Int.random(in: 0...b.count, using: &random))
                if let place = b.string.unicodeScalars.enumerated().first(where: { $1 == "Z" })?.offset {
                    try b.mark(place..<place + 1, "of b", .bool(true), expansion: .none)
                }
            case 3: try Self.exchange(&a, &b)
            default:
                try undo.perform(on: &a) { text in
                    let start = Int.random(in: 0...text.count, using: &random)
                    let range = start..<min(text.count, start + 3)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: try text.insert("xy", at: start)
                    case 1 where !text.string(in: range).contains("Z"): try text.delete(range)
                    default: try text.mark(range, "of a", .bool(true))
                    }
                }
            }
        }
        try Self.exchange(&a, &b)
        while undo.canUndo {
            try undo.undo(&a)
            #expect(a.string.filter { $0 == "Z" } == letters, "seed \(seed)")
        }
        #expect(a.string.filter { $0 != "Z" } == "the beginning", "seed \(seed)")
        for run in a.attributedRuns() {
            #expect(run.attributes["of a"] == nil, "seed \(seed)")
            if run.attributes["of b"] != nil { #expect(a.string(in: run.range).allSatisfy { $0 == "Z" }) }
        }
        let first = a.string.unicodeScalars.enumerated().first { $1 == "Z" }?.offset
        if let first {
            let run = a.attributedRuns().first { $0.range.contains(first) }
            #expect(run?.attributes["of b"] == .bool(true) || b.version != a.version, "seed \(seed)")
        }
        try Self.exchange(&a, &b)
    }
}
