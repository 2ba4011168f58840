import DunlinEncoding

/// Why a map cannot be written, merged or opened so. The map is unchanged.
public enum MapError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    /// The bytes are no map, or were damaged. Fetch them again.
    case malformed
    /// The map was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)
    /// The map was loaded with the history of another version. Save content and history together, and load
    /// both together.
    case historyOfAnotherVersion
    /// A value that no replica could read: nested too deep, say, or with a key twice. Write another one.
    case badValue(CBORError)
    /// This replica has given its last number. Write as another replica.
    case numbersUsedUp

    /// This needs history that was forgotten here: of an older version, or of events that have not seen what
    /// was forgotten. Whoever wrote those fetches a whole saved copy, and writes to that.
    case historyForgotten
    /// Some events known here have not seen all of the version, so that what is before it is still needed.
    /// Forget an older version, or wait until all replicas have moved on from it.
    case versionNotSettled

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded map; fetch them again."
        case .historyForgotten: "The history that this needs was forgotten; fetch a whole saved copy."
        case .versionNotSettled:
            "Some changes have not seen all of the version; forget an older one, or wait until they have."
        case .historyUnavailable(let reason): "The map's history is needed and could not be read: \(reason)"
        case .historyOfAnotherVersion:
            "The history is of another version than the map; save and load both together."
        case .badValue(let error): "The value cannot be kept; use another one. \(error)"
        case .numbersUsedUp: "The replica has no numbers left for its changes; write as another one."
        }
    }
}
