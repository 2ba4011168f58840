import DunlinEncoding

/// Why a list cannot be edited, merged or opened so. The list is unchanged.
public enum ListError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A position or range beyond the list, which has `count` elements.
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    /// The bytes are no list, were damaged, or have been written by a later version of this package.
    case malformed
    /// The list was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)
    /// The list was loaded with the history of another version. Save content and history together, and load
    /// both together.
    case historyOfAnotherVersion
    /// The list was loaded from a content that is not what was saved with its history, which is sound.
    /// Rebuild it from that by ``List/init(rebuildingFrom:replica:)``.
    case damagedContent
    /// A value that no replica could read: nested too deep, say, or with a key twice. Insert another one.
    case badValue(CBORError)
    /// More than 2³² - 1 elements in all, those included that were deleted. Forget the history, or begin
    /// another list.
    case full
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
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the list of \(count) elements."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded list; fetch them again, or update this program."
        case .historyForgotten: "The history that this needs was forgotten; fetch a whole saved copy."
        case .versionNotSettled:
            "Some changes have not seen all of the version; forget an older one, or wait until they have."
        case .historyUnavailable(let reason): "The list's history is needed and could not be read: \(reason)"
        case .historyOfAnotherVersion:
            "The history is of another version than the list; save and load both together."
        case .damagedContent: "The list's saved content is damaged; rebuild the list from its history."
        case .badValue(let error): "The value cannot be kept; use another one. \(error)"
        case .full: "The list has had too many elements; forget its history, or begin another list."
        case .numbersUsedUp: "The replica has no numbers left for its changes; write as another one."
        }
    }
}
