/// Why a text cannot be edited, merged or opened so. The text is unchanged.
public enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A position or range beyond the text, which has `count` scalars.
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    case malformed
    /// The text was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .outOfRange(let range, let count):
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the text of \(count) scalars."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded text."
        case .historyUnavailable(let reason): "The text's history is needed and could not be read: \(reason)"
        }
    }
}
