import DunlinEncoding

/// Why a text cannot be edited, merged or opened so. The text is unchanged.
public enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A position or range beyond the text, which has `count` scalars.
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    /// The bytes are no text, or were damaged. Fetch them again.
    case malformed
    /// The text was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)
    /// The text was loaded with the history of another version. Save content and history together, and load
    /// both together.
    case historyOfAnotherVersion
    /// The text was loaded from a content that is not what was saved with its history, which is sound.
    /// Rebuild it from that by ``Text/init(rebuildingFrom:replica:)``.
    case damagedContent
    /// A mark's value that no replica could read: nested too deep, say, or with a key twice. Mark with
    /// another one.
    case badValue(CBORError)
    /// The key of a mark has too many bytes. Mark with a shorter one.
    case keyTooLong(byteCount: Int, limit: Int)
    /// This replica has given its last number. Write as another replica.
    case numbersUsedUp

    /// This needs history that was forgotten here: of an older version, or of events that have not seen what
    /// was forgotten. Whoever wrote those fetches a whole saved copy, and edits that.
    case historyForgotten
    /// Some events known here have not seen all of the version, so that what is before it is still needed.
    /// Forget an older version, or wait until all replicas have moved on from it.
    case versionNotSettled

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .outOfRange(let range, let count):
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the text of \(count) scalars."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded text; fetch them again."
        case .historyForgotten: "The history that this needs was forgotten; fetch a whole saved copy."
        case .versionNotSettled:
            "Some changes have not seen all of the version; forget an older one, or wait until they have."
        case .historyUnavailable(let reason): "The text's history is needed and could not be read: \(reason)"
        case .historyOfAnotherVersion:
            "The history is of another version than the text; save and load both together."
        case .damagedContent: "The text's saved content is damaged; rebuild the text from its history."
        case .badValue(let error): "The mark's value cannot be sent; use another one. \(error)"
        case .keyTooLong(let count, let limit):
            "The mark's key has \(count) bytes; use one of at most \(limit)."
        case .numbersUsedUp: "The replica has no numbers left for its changes; write as another one."
        }
    }
}
