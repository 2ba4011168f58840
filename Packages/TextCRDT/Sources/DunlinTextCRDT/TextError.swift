/// Why a text cannot be edited, merged or opened so. The text is unchanged.
public enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A position or range beyond the text, which has `count` scalars.
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    /// The bytes are no text. Or a mark is to go in that nobody could read: with a key of more than 65,536
    /// bytes, a value beyond `CBORLimits.userData` or a map that is none. Or this replica has given its
    /// last number.
    case malformed
    /// The text was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .outOfRange(let range, let count):
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the text of \(count) scalars."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded text, or the mark is none that can be sent."
        case .historyUnavailable(let reason): "The text's history is needed and could not be read: \(reason)"
        }
    }
}
