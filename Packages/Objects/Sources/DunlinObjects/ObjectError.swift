import DunlinCausality
import DunlinEncoding

/// Why an object cannot be read or changed so.
public enum ObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are not a change, or not the saved state of an object.
    case malformed
    /// The object was loaded without its history, and this needs it; the reason why it could not be had.
    case historyUnavailable(String)
    /// The object was loaded with the history of another version, or of another object. Save content and
    /// history together, and load both together.
    case historyOfAnotherVersion
    case bytes(ByteError)
    case graph(GraphError)
    /// There is no container of this kind at the path.
    case noContainer(path: String, kind: ContainerKind)
    case outOfRange(Range<Int>, count: Int)
    /// Field names that begin with @ are reserved.
    case reservedKey(UTF8String)
    /// A field name of so many bytes, which nobody could read.
    case keyTooLong(byteCount: Int, limit: Int)
    /// Something else than a container of this kind stands at the path.
    case otherValue(path: String, kind: ContainerKind)
    /// The update is one of another object.
    case otherObject(ObjectID)
    /// A change for a container whose creation is not known here.
    case unknownContainer
    /// Containers within containers beyond the limit. Keep deep parts in objects of their own, by reference.
    case tooDeep(limit: Int)
    /// More operations than one change may hold.
    case tooManyOperations(limit: Int)
    /// A mark that nobody could read: with a key of more than 65,536 bytes, a value beyond
    /// `CBORLimits.userData` or a map that is none.
    case unreadableMark
    case json(JSONError)

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .malformed: "The bytes are not an object or a change of one; fetch them again."
        case .historyUnavailable(let reason):
            "The object's history is needed and could not be read: \(reason)"
        case .historyOfAnotherVersion:
            "The history is of another version than the object; save and load both together."
        case .bytes(let cause): "\(cause)"
        case .graph(let cause): "\(cause)"
        case .noContainer(let path, let kind): "There is no \(kind) at \(path.isEmpty ? "the root" : path)."
        case .outOfRange(let range, let count):
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the \(count) that are there."
        case .reservedKey(let key):
            "The field name \(key) is reserved, since it begins with @; use another one."
        case .keyTooLong(let byteCount, let limit):
            "The field name has \(byteCount) bytes; \(limit) are possible. Keep long text in a value."
        case .otherValue(let path, let kind):
            "Something else than a \(kind) stands at \(path); remove it first, or put a \(kind) there."
        case .otherObject(let id): "The update is one of the object \(id); merge it there."
        case .tooDeep(let limit):
            "Containers may be nested \(limit) deep; keep deeper parts in objects of their own."
        case .unknownContainer:
            "The change speaks of a part of the object that is not known; apply earlier ones first."
        case .tooManyOperations(let limit): "A change may hold \(limit) operations; split the commit."
        case .unreadableMark: "The mark has too long a key, or a value that cannot be sent; use another one."
        case .json(let cause): "\(cause)"
        }
    }
}
