/// Why a text is not a number in a base.
public enum BaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A character outside the alphabet, at this offset in UTF-8.
    case badCharacter(at: Int)
    /// A length that no byte string has, or spare bits that are not zero.
    case badLength(Int)

    /// One sentence: what is wrong.
    public var description: String {
        switch self {
        case .badCharacter(let at): "The character at position \(at) does not belong to the alphabet."
        case .badLength(let length): "No byte string is written with \(length) such characters."
        }
    }
}
