/// Why a text is not a value.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something else was expected at this byte.
    case syntax(at: Int)
    /// Maps and lists within others beyond the limit, which is that of an object's containers.
    case tooDeep(limit: Int)
    /// A number that is no 64-bit integer and no finite double.
    case badNumber(at: Int)
    case badString(at: Int)
    /// A map with an @ key that is none of the known forms.
    case unknownForm(String)
    /// A map with one of the known @ keys, whose value does not fit it.
    case badForm(key: String, expected: String)
    case duplicateKey(String)

    /// One sentence for a person: what is wrong and where.
    public var description: String {
        switch self {
        case .syntax(let at): "The JSON has an error at byte \(at)."
        case .tooDeep(let limit):
            "The JSON is nested deeper than \(limit); keep deeper parts in objects of their own."
        case .badNumber(let at): "The number at byte \(at) does not fit."
        case .badString(let at): "The string at byte \(at) is not valid."
        case .unknownForm(let key): "\(key) is not one of @text, @bytes, @ref, @counter, @double."
        case .badForm(let key, let expected): "\(key) takes \(expected)."
        case .duplicateKey(let key): "The key \(key) occurs twice."
        }
    }
}
