/// Why there is no code, or no drawing of it.
public enum QRCodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A text without any characters.
    case empty
    /// The text has more bytes of UTF-8 than the largest code holds of such characters with this
    /// correction.
    case tooLong(byteCount: Int, limit: Int)
    /// A drawing cannot have modules of this size.
    case badModuleSize(Int, limits: ClosedRange<Int>)
    /// There is no memory to work in.
    case outOfMemory

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .empty:
            "A QR code needs a text. Give one of at least one character."
        case .tooLong(let byteCount, let limit):
            "The text has \(byteCount) bytes, and a QR code holds \(limit). Shorten it or correct less."
        case .badModuleSize(let size, let limits):
            "Modules cannot be \(size) wide. Take \(limits.lowerBound) to \(limits.upperBound)."
        case .outOfMemory:
            "There is no memory to make a QR code in. Free some and try again."
        }
    }
}
