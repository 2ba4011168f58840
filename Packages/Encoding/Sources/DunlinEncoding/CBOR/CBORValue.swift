/// A value of the deterministic CBOR profile: everything Dunlin hashes or signs is one of these.
///
/// - Source: RFC 8949 section 4.2.1, restricted as `Docs/Spec/Encoding.md` says.
public enum CBORValue: Hashable, Sendable {
    case unsigned(UInt64)
    /// The integer -1 - n.
    case negative(UInt64)
    case bytes([UInt8])
    case text(UTF8String)
    case array([CBORValue])
    /// Pairs in any order; encoding sorts them. Keys must be unique.
    case map([CBORPair])
    case bool(Bool)
    case null

    /// A signed integer.
    public static func integer(_ value: Int64) -> CBORValue {
        value >= 0 ? .unsigned(UInt64(value)) : .negative(UInt64(bitPattern: ~value))
    }

    /// A protocol map with unsigned keys; pairs whose value is nil are left out.
    public static func fields(_ pairs: [(UInt64, CBORValue?)]) -> CBORValue {
        .map(pairs.compactMap { key, value in value.map { CBORPair(.unsigned(key), $0) } })
    }
}

/// One entry of a map.
public struct CBORPair: Hashable, Sendable {
    /// The key; in encodings keys ascend by their bytes.
    public var key: CBORValue
    /// What stands under it.
    public var value: CBORValue

    /// An entry of a map.
    public init(_ key: CBORValue, _ value: CBORValue) {
        self.key = key
        self.value = value
    }
}

/// What a decoder admits before it allocates anything.
public struct CBORLimits: Hashable, Sendable {
    /// Containers within each other; a number alone has depth 0.
    public var depth: Int
    /// Items of an array, or entries of a map.
    public var itemsPerContainer: Int
    /// Bytes of the whole encoding.
    public var byteCount: Int

    /// Limits for a kind of input.
    public init(depth: Int, itemsPerContainer: Int, byteCount: Int) {
        self.depth = depth
        self.itemsPerContainer = itemsPerContainer
        self.byteCount = byteCount
    }

    /// Messages between peers: depth 16, 65,536 items in a container, 1 MiB.
    public static let protocolMessage = CBORLimits(depth: 16, itemsPerContainer: 65_536, byteCount: 1 << 20)
    /// User data and files of our own: depth 64, 2^24 items, 256 MiB.
    public static let userData = CBORLimits(depth: 64, itemsPerContainer: 1 << 24, byteCount: 1 << 28)
}

/// Why bytes are not a value of the profile.
public enum CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The input ends within a value. Fetch the rest, or drop the message.
    case truncated(at: Int)
    /// Bytes follow the value.
    case trailingBytes(count: Int)
    /// A head that is not the shortest, is indefinite, or is of a type outside the profile.
    case unsupported(byte: UInt8, at: Int)
    /// A number or length was not written in the shortest form.
    case notShortest(at: Int)
    /// Map keys out of order or repeated, or keys that are neither unsigned nor text.
    case badKey(at: Int)
    case badUTF8(at: Int)
    case tooDeep(limit: Int)
    case tooManyItems(count: UInt64, limit: Int)
    case tooLong(byteCount: Int, limit: Int)
    /// A value of another kind was expected.
    case wrongType(expected: String)
    /// A byte string or text of another length was expected.
    case wrongLength(expected: Int, found: Int)
    case missingField(UInt64)
    case unknownField(UInt64)
    /// The bytes decode, but the same value has a shorter or sorted encoding that must be used.
    case notCanonical

    /// One sentence: what is wrong and where.
    public var description: String {
        switch self {
        case .truncated(let at): "The CBOR ends within a value at byte \(at)."
        case .trailingBytes(let count): "\(count) bytes follow the CBOR value."
        case .unsupported(let byte, let at): "The CBOR head \(byte) at byte \(at) is outside the profile."
        case .notShortest(let at): "The CBOR number at byte \(at) is not in its shortest form."
        case .badKey(let at): "The CBOR map key at byte \(at) is out of order, repeated or of a wrong type."
        case .badUTF8(let at): "The CBOR text at byte \(at) is not UTF-8."
        case .tooDeep(let limit): "The CBOR is nested deeper than \(limit)."
        case .tooManyItems(let count, let limit):
            "A CBOR container has \(count) items; the limit is \(limit)."
        case .tooLong(let count, let limit): "The CBOR has \(count) bytes; the limit is \(limit)."
        case .wrongType(let expected): "The CBOR value should be \(expected)."
        case .wrongLength(let expected, let found):
            "The CBOR value has length \(found) instead of \(expected)."
        case .missingField(let key): "The CBOR map lacks the field \(key)."
        case .unknownField(let key): "The CBOR map has the unknown field \(key)."
        case .notCanonical: "The CBOR value is not in its canonical form."
        }
    }
}
