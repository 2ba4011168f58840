/// What must be taken out of one text and put in to make another, in Unicode scalars.
public struct TextDifference: Hashable, Sendable {
    /// One of the places where the texts differ.
    public struct Replacement: Hashable, Sendable {
        /// Scalars of the old text that are gone.
        public var deleted: Range<Int>
        /// What stands in their place.
        public var inserted: String
    }

    /// Where the texts differ, in ascending order; ranges are those of the old text.
    public private(set) var replacements: [Replacement] = []

    /// The smallest difference between two texts: as few scalars as can be, however long the texts, if some
    /// thousand of them differ (2,048, and more in texts shorter than twice that). Else the smallest in
    /// words, or in lines, and within these again in scalars; or what lies between the lines and words that
    /// each text has once.
    /// - Complexity: O((*n* + *d*²) log *d*) for *d* differences in most texts; at most some steps for each
    ///   scalar, and some million.
    /// - Source: Myers 1986, "An O(ND) Difference Algorithm and Its Variations", section 4b.
    public init(from old: String, to new: String) {
        var comparison = TextComparison(old, new)
        comparison.compare()
        for (deleted, inserted) in comparison.hunks {
            let scalars = comparison.new[inserted].lazy.compactMap(Unicode.Scalar.init)
            replacements.append(
                Replacement(deleted: deleted, inserted: String(String.UnicodeScalarView(scalars))))
        }
    }
}
