/// Two texts that are compared, first as exactly as can be and then, where too much differs, by larger
/// pieces.
struct TextComparison {
    /// Parts of the old text and what stands in their place in the new one.
    typealias Hunk = (old: Range<Int>, new: Range<Int>)

    let old: [UInt32]
    let new: [UInt32]
    /// Where the texts differ, in ascending order; none touches the one before.
    private(set) var hunks: [Hunk] = []
    /// Steps that may still be taken. An attempt takes at most half of them: others must be left for what
    /// is tried after it failed.
    private var effort: Int

    /// Differences that are looked for, in parts that are longer than twice as many pieces.
    private static let mostDifferences = 2_048
    /// How often what differs too much is cut at pieces that both texts have once.
    private static let mostCuts = 4

    init(_ old: String, _ new: String) {
        self.old = old.unicodeScalars.map(\.value)
        self.new = new.unicodeScalars.map(\.value)
        effort = 1 << 24 + 8 * (self.old.count + self.new.count)
    }

    mutating func compare() {
        compare((0..<old.count, 0..<new.count), below: nil, cuts: Self.mostCuts)
    }

    /// - Parameters:
    ///   - grain: what the part was cut into by, so that it need not be tried again; nil for nothing.
    ///   - cuts: how often the part may still be cut.
    private mutating func compare(_ part: Hunk, below grain: TextGrain?, cuts: Int) {
        let part = Self.trimmed(part, old, new)
        if part.old.isEmpty || part.new.isEmpty { return add(part) }
        if let found = smallest(old[part.old], new[part.new]) {
            for hunk in found { add(shifted(hunk, to: part)) }
            return
        }
        var pieces: [TextPieces] = []
        for next in TextGrain.allCases.prefix(while: { $0 != grain }) {
            let both = TextPieces(of: next, old, part.old, new, part.new)
            // Where all pieces differ, nothing is gained.
            if let found = smallest(both.old.ids[...], both.new.ids[...]),
                found.count > 1 || found.first?.old.count != both.old.ids.count
                    || found.first?.new.count != both.new.ids.count
            {
                for hunk in found { compare(both.range(of: hunk), below: next, cuts: cuts) }
                return
            }
            pieces.append(both)
        }
        // Lines first: of a word that each text has once, neither need be the other.
        for both in pieces.reversed() where cuts > 0 {
            let staying = both.staying()
            guard !staying.isEmpty else { continue }
            var start = (0, 0)
            for (a, b) in staying {
                compare(both.range(of: (start.0..<a, start.1..<b)), below: nil, cuts: cuts - 1)
                start = (a + 1, b + 1)
            }
            let rest = (start.0..<both.old.ids.count, start.1..<both.new.ids.count)
            return compare(both.range(of: rest), below: nil, cuts: cuts - 1)
        }
        add(part)
    }

    /// The smallest difference, if it is small enough.
    private mutating func smallest(
        _ old: ArraySlice<UInt32>, _ new: ArraySlice<UInt32>
    ) -> [Hunk]? {
        let isShort = old.count + new.count <= 2 * Self.mostDifferences
        var search = SmallestDifference(
            old, new, limit: isShort ? old.count + new.count : Self.mostDifferences, effort: effort / 2)
        let isFound = search.run()
        effort -= search.steps
        return isFound ? search.hunks : nil
    }

    /// The part without what is equal at its ends.
    static func trimmed(_ part: Hunk, _ old: [UInt32], _ new: [UInt32]) -> Hunk {
        var (low, newLow) = (part.old.lowerBound, part.new.lowerBound)
        var (high, newHigh) = (part.old.upperBound, part.new.upperBound)
        while low < high, newLow < newHigh, old[low] == new[newLow] {
            low += 1
            newLow += 1
        }
        while low < high, newLow < newHigh, old[high - 1] == new[newHigh - 1] {
            high -= 1
            newHigh -= 1
        }
        return (low..<high, newLow..<newHigh)
    }

    private func shifted(_ hunk: Hunk, to part: Hunk) -> Hunk {
        let (a, b) = (part.old.lowerBound, part.new.lowerBound)
        return (
            hunk.old.lowerBound + a..<hunk.old.upperBound + a,
            hunk.new.lowerBound + b..<hunk.new.upperBound + b
        )
    }

    private mutating func add(_ hunk: Hunk) {
        guard !hunk.old.isEmpty || !hunk.new.isEmpty else { return }
        if let last = hunks.last, last.old.upperBound == hunk.old.lowerBound,
            last.new.upperBound == hunk.new.lowerBound
        {
            hunks[hunks.count - 1] = (
                last.old.lowerBound..<hunk.old.upperBound, last.new.lowerBound..<hunk.new.upperBound
            )
        } else {
            hunks.append(hunk)
        }
    }
}
