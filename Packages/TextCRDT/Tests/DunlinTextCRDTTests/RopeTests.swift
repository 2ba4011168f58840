import DunlinTextCRDT
import Testing

/// The rope beneath a text, seen through it: large texts, places of all kinds.
@Suite struct RopeTests {
    @Test(arguments: Seeds.first(12))
    func `scalars, UTF-16 units and lines agree with an array through edits of all sizes`(seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed + 31)
        var text = Text(replica: ConvergenceTests.replica(1))
        var model: [Unicode.Scalar] = []
        let words = ["x", "\n", "é", "漢字", "👍🏽", "line\nfeed", String(repeating: "abc ", count: 700), "𝔘\n"]
        for _ in 0..<220 {
            if model.count > 40, Int.random(in: 0..<5, using: &random) < 2 {
                let start = Int.random(in: 0..<model.count, using: &random)
                let longest = Int.random(in: 0..<6, using: &random) == 0 ? 6_000 : 20
                let end = min(model.count, start + Int.random(in: 1...longest, using: &random))
                try text.delete(start..<end)
                model.removeSubrange(start..<end)
            } else {
                let word = words.randomElement(using: &random) ?? ""
                let place = Int.random(in: 0...model.count, using: &random)
                try text.insert(word, at: place)
                model.insert(contentsOf: word.unicodeScalars, at: place)
            }
            try #require(text.count == model.count, "seed \(seed)")
            let place = Int.random(in: 0...model.count, using: &random)
            let before = String(String.UnicodeScalarView(model[..<place]))
            #expect(text.utf16Offset(ofScalar: place) == before.utf16.count, "seed \(seed)")
            #expect(text.scalarOffset(ofUTF16: before.utf16.count) == place, "seed \(seed)")
            let line = before.unicodeScalars.count { $0 == "\n" }
            #expect(text.line(ofScalar: place) == line, "seed \(seed)")
            let start = (before.unicodeScalars.lastIndex(of: "\n")).map {
                before.unicodeScalars.distance(from: before.unicodeScalars.startIndex, to: $0) + 1
            }
            #expect(text.scalarOffset(ofLine: line) == start ?? 0, "seed \(seed)")
            let end = min(model.count, place + 50)
            #expect(text.string(in: place..<end) == String(String.UnicodeScalarView(model[place..<end])))
        }
        #expect(text.string == String(String.UnicodeScalarView(model)), "seed \(seed)")
        #expect(text.lineCount == model.count { $0 == "\n" } + 1)
        #expect(text.scalarOffset(ofLine: text.lineCount) == nil && text.utf16Offset(ofScalar: -1) == nil)
        try text.delete(0..<text.count)
        #expect(text.string.isEmpty && text.count == 0 && text.lineCount == 1)
        try text.insert("again", at: 0)
        #expect(text.string == "again")
    }

    @Test func `a text of more than a megabyte is cut, edited and read as an array`() throws {
        var random = SeededGenerator(seed: 77)
        // Of 17 bytes, so that scalars lie across the places where it is cut.
        let start = String(repeating: "wörd 👍 lines\n", count: 90_000)
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert(start, at: 0)
        var model = Array(start.unicodeScalars)
        for _ in 0..<400 {
            let place = Int.random(in: 0..<model.count, using: &random)
            if Bool.random(using: &random) {
                try text.insert("é\nx", at: place)
                model.insert(contentsOf: "é\nx".unicodeScalars, at: place)
            } else {
                let range = place..<min(model.count, place + Int.random(in: 1...300, using: &random))
                try text.delete(range)
                model.removeSubrange(range)
            }
        }
        #expect(text.string == String(String.UnicodeScalarView(model)))
        #expect(text.count == model.count && text.lineCount == model.count { $0 == "\n" } + 1)
        let place = model.count / 2
        let utf16 = model[..<place].reduce(0) { $0 + ($1.value > 0xffff ? 2 : 1) }
        #expect(text.utf16Offset(ofScalar: place) == utf16 && text.scalarOffset(ofUTF16: utf16) == place)
    }

    @Test func `an offset within a surrogate pair is no place`() throws {
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("a👍b", at: 0)
        #expect(text.scalarOffset(ofUTF16: 2) == nil && text.scalarOffset(ofUTF16: 3) == 2)
        #expect(text.scalarOffset(ofUTF16: 9) == nil)
    }
}
