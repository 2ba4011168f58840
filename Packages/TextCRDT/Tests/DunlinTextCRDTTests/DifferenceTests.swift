import DunlinTextCRDT
import Testing

@Suite struct DifferenceTests {
    static func apply(_ difference: TextDifference, to old: String) -> String {
        var scalars = Array(old.unicodeScalars)
        for replacement in difference.replacements.reversed() {
            scalars.replaceSubrange(replacement.deleted, with: replacement.inserted.unicodeScalars)
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test func `small changes far apart are small edits, and composed letters differ from decomposed ones`() {
        let difference = TextDifference(from: "the quick brown fox", to: "The quick red fox!")
        #expect(difference.replacements.count > 2)
        #expect(difference.replacements.reduce(0) { $0 + $1.deleted.count } == 5)
        #expect(Self.apply(difference, to: "the quick brown fox") == "The quick red fox!")
        #expect(TextDifference(from: "é", to: "e\u{301}").replacements.count == 1)
        #expect(TextDifference(from: "same", to: "same").replacements.isEmpty)
    }

    @Test(arguments: Seeds.first(6))
    func `changes far apart in a text of thousands of lines leave what is between`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 60)
        let old = (0..<6_000).map { $0 % 7 == 0 ? "\n" : "line \($0)\n" }
        var new = old
        new[3] = "another\n"
        new[5_990] = "one more\n"
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            let place = Int.random(in: 10..<5_900, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: new.insert("new\n", at: place)
            case 1: new.remove(at: place)
            default: new.insert(new.remove(at: place), at: place + 40)
            }
        }
        let before = old.joined(), after = new.joined()
        let difference = TextDifference(from: before, to: after)
        #expect(Self.apply(difference, to: before) == after, "seed \(seed)")
        #expect(difference.replacements.reduce(0) { $0 + $1.deleted.count } < 200, "seed \(seed)")
    }

    @Test(arguments: Seeds.first(100))
    func `applied to the one text it gives the other`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 400)
        let size = Int.random(in: 0..<3, using: &random) == 0 ? 9_000 : 60
        let alphabet: [Unicode.Scalar] = ["a", "b", "c", "\n", "é", "👍"]
        var old: [Unicode.Scalar] = (0..<Int.random(in: 0...size, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? "a"
        }
        var new = old
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            let place = Int.random(in: 0...new.count, using: &random)
            if Bool.random(using: &random) {
                new.insert(contentsOf: old.prefix(Int.random(in: 0...9, using: &random)), at: place)
            } else {
                new.removeSubrange(place..<min(new.count, place + Int.random(in: 0...9, using: &random)))
            }
        }
        if seed % 10 == 0 { swap(&old, &new) }
        let before = String(String.UnicodeScalarView(old)), after = String(String.UnicodeScalarView(new))
        let difference = TextDifference(from: before, to: after)
        #expect(Array(Self.apply(difference, to: before).unicodeScalars) == new, "seed \(seed)")
        var scalars = old, units = Array(before.utf16)
        for delta in TextDelta.between(before, after) {
            scalars.replaceSubrange(
                delta.position..<delta.position + delta.deletedCount, with: delta.inserted.unicodeScalars)
            units.replaceSubrange(
                delta.utf16Position..<delta.utf16Position + delta.deletedUTF16Count,
                with: delta.inserted.utf16)
        }
        #expect(scalars == new && units == Array(after.utf16), "seed \(seed)")
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert(before, at: 0)
        try text.replace(with: after)
        #expect(Array(text.string.unicodeScalars) == new, "seed \(seed)")
    }
}
