/// Text whose equality, order and hash are those of its UTF-8 bytes.
///
/// Swift's `String` joins what Unicode calls canonically equivalent; replicas must not, since what is
/// hashed and signed are bytes. Never normalised.
public struct UTF8String: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible
{
    /// The text.
    public let string: String

    /// A text that is compared by its bytes.
    public init(_ string: String) {
        self.string = string
    }

    /// A text from a literal.
    public init(stringLiteral value: String) {
        string = value
    }

    /// Strictly validated UTF-8; nil when the bytes are not well formed.
    public init?(validating bytes: some Collection<UInt8>) {
        guard let string = String(validating: bytes, as: UTF8.self) else { return nil }
        self.string = string
    }

    /// Bytes of the text.
    public var utf8Count: Int { string.utf8.count }
    /// The bytes of the text.
    public var bytes: [UInt8] { Array(string.utf8) }
    /// The text itself.
    public var description: String { string }

    /// Equal when the bytes are, where Swift takes canonically equivalent texts for equal.
    public static func == (a: UTF8String, b: UTF8String) -> Bool {
        a.utf8Count == b.utf8Count && a.isEqual(to: b)
    }

    /// In the order of the bytes.
    public static func < (a: UTF8String, b: UTF8String) -> Bool {
        a.precedes(b)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hashBytes(into: &hasher)
        hasher.combine(0xff as UInt8)
    }
}
