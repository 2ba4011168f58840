/// What happened to a text as it is shown here.
///
/// Deltas of one merge, undo or replacement come in order: each is about the text as the ones before it left
/// it.
public struct TextDelta: Hashable, Sendable {
    /// Where it happened, in Unicode scalars.
    public var position: Int
    /// Where it happened, in UTF-16 units, as most editors count.
    public var utf16Position: Int
    /// Scalars that are gone from there on.
    public var deletedCount: Int
    /// UTF-16 units that are gone from there on.
    public var deletedUTF16Count: Int
    /// What stands there now.
    public var inserted: String
}

extension TextDelta {
    /// That a range of scalars gives way to text, as UTF-16 offsets of the text before.
    init(replacing range: Range<Int>, with text: String, from utf16: (Int) -> Int?) {
        let start = utf16(range.lowerBound) ?? 0
        self.init(
            position: range.lowerBound, utf16Position: start, deletedCount: range.count,
            deletedUTF16Count: (utf16(range.upperBound) ?? start) - start, inserted: text)
    }

    /// The smallest deltas that make one text another, in the order in which a view performs them: the last
    /// place comes first, so that none moves another.
    /// - Complexity: as ``TextDifference/init(from:to:)``.
    public static func between(_ old: String, _ new: String) -> [TextDelta] {
        let scalars = old.unicodeScalars
        var deltas: [TextDelta] = []
        var index = scalars.startIndex, position = 0, utf16 = 0
        func advance(to target: Int) {
            while position < target, index < scalars.endIndex {
                utf16 += UTF16.width(scalars[index])
                index = scalars.index(after: index)
                position += 1
            }
        }
        for replacement in TextDifference(from: old, to: new).replacements {
            advance(to: replacement.deleted.lowerBound)
            let start = utf16
            advance(to: replacement.deleted.upperBound)
            deltas.append(
                TextDelta(
                    position: replacement.deleted.lowerBound, utf16Position: start,
                    deletedCount: replacement.deleted.count, deletedUTF16Count: utf16 - start,
                    inserted: replacement.inserted))
        }
        return deltas.reversed()
    }
}
