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

    /// Scalars taken out and put in.
    static func size(_ difference: TextDifference) -> Int {
        difference.replacements.reduce(0) { $0 + $1.deleted.count + $1.inserted.unicodeScalars.count }
    }

    static func text(_ scalars: [Unicode.Scalar]) -> String { String(String.UnicodeScalarView(scalars)) }

    @Test func `in a long line only the letters that changed are replaced`() {
        let middle = String(repeating: "many words of one paragraph, ", count: 100)
        let old = "a" + middle + "z", new = "b" + middle + "y"
        let difference = TextDifference(from: old, to: new)
        #expect(difference.replacements.map(\.deleted) == [0..<1, 2_901..<2_902])
        #expect(difference.replacements.map(\.inserted) == ["b", "y"])
    }

    @Test(arguments: Seeds.first(200))
    func `the difference is the smallest, as a plain table finds it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed + 900)
        let letters: [Unicode.Scalar] = Array(["a", "b", "c", "\n", "é", "👍"].prefix(2 + Int(seed % 5)))
        func some() -> [Unicode.Scalar] {
            (0..<Int.random(in: 0...40, using: &random)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &random)]
            }
        }
        let old = some(), new = some()
        // Of each beginning of the old text the longest common subsequence with those of the new one.
        var common = [Int](repeating: 0, count: new.count + 1)
        for a in old {
            var diagonal = 0
            for (place, b) in new.enumerated() {
                let above = common[place + 1]
                common[place + 1] = a == b ? diagonal + 1 : max(above, common[place])
                diagonal = above
            }
        }
        let difference = TextDifference(from: Self.text(old), to: Self.text(new))
        #expect(Self.size(difference) == old.count + new.count - 2 * common[new.count], "seed \(seed)")
        #expect(Array(Self.apply(difference, to: Self.text(old)).unicodeScalars) == new, "seed \(seed)")
        for (one, next) in zip(difference.replacements, difference.replacements.dropFirst()) {
            #expect(one.deleted.upperBound < next.deleted.lowerBound, "seed \(seed)")
        }
    }

    @Test(arguments: [" ", "\n"])
    func `a few edits far apart in a long text are found exactly`(gap: String) throws {
        var random = SeededGenerator(seed: 17)
        let old = Array(
            (0..<20_000).map { _ in "word\(Int.random(in: 0..<500, using: &random))" }
                .joined(separator: gap).unicodeScalars)
        var new = old
        let places = stride(from: 0, to: old.count, by: old.count / 9)
        for place in places { new[place] = "!" }
        let difference = TextDifference(from: Self.text(old), to: Self.text(new))
        #expect(difference.replacements.map(\.deleted) == places.map { $0..<$0 + 1 })
    }

    @Test(arguments: [" ", "\n"])
    func `where too much differs, the words that stay are not touched`(gap: String) {
        let old = (0..<4_000).map { "word\($0)" }
        let new = old.enumerated().map { $0 % 2 == 0 ? "other\($0)" : $1 }
        let before = old.joined(separator: gap), after = new.joined(separator: gap)
        let difference = TextDifference(from: before, to: after)
        #expect(Self.apply(difference, to: before) == after)
        #expect(difference.replacements.reduce(0) { $0 + $1.deleted.count } <= 2_000 * 8)
    }

    @Test(arguments: [1, 4, 5_000])
    func `long texts that have little in common are compared soon`(kinds: Int) {
        var random = SeededGenerator(seed: UInt64(kinds))
        func some(_ letters: Range<UInt32>) -> String {
            Self.text(
                (0..<60_000).map { place in
                    if place % 7 == 0 { return place % 70 == 0 ? "\n" : " " }
                    return Unicode.Scalar(.random(in: letters, using: &random)) ?? "a"
                })
        }
        let old = some(97..<97 + UInt32(kinds)), new = some(98..<98 + UInt32(kinds))
        let clock = ContinuousClock()
        var difference = TextDifference(from: "", to: "")
        let time = clock.measure { difference = TextDifference(from: old, to: new) }
        #expect(Self.apply(difference, to: old) == new)
        // A hundred times what it takes on a slow machine; compared whole it would be hours.
        #expect(time < .seconds(100), "\(time)")
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
