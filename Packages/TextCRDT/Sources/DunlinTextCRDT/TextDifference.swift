/// What must be taken out of one text and put in to make another: the part between the common beginning and
/// the common end, in Unicode scalars.
/// - Complexity: O(*n*).
public struct TextDifference: Hashable, Sendable {
    /// Scalars of the old text that are gone.
    public var deleted: Range<Int>
    /// What stands in their place.
    public var inserted: String

    /// The smallest single replacement that leads from one text to the other.
    /// - Complexity: O(*n*).
    public init(from old: String, to new: String) {
        let before = Array(old.unicodeScalars), after = Array(new.unicodeScalars)
        let shorter = min(before.count, after.count)
        var start = 0
        while start < shorter, before[start] == after[start] { start += 1 }
        var tail = 0
        while tail < shorter - start, before[before.count - 1 - tail] == after[after.count - 1 - tail] {
            tail += 1
        }
        deleted = start..<before.count - tail
        inserted = String(String.UnicodeScalarView(after[start..<after.count - tail]))
    }
}
