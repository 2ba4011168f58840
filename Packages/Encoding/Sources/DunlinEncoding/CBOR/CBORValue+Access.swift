extension CBORValue {
    /// - Throws: ``CBORError`` unless it is a number from 0 to 2^64 - 1.
    public func asUnsigned() throws(CBORError) -> UInt64 {
        guard case .unsigned(let value) = self else { throw .wrongType(expected: "an unsigned integer") }
        return value
    }

    /// A signed integer that fits 64 bits.
    public func asInteger() throws(CBORError) -> Int64 {
        switch self {
        case .unsigned(let value) where value <= UInt64(Int64.max): return Int64(value)
        case .negative(let value) where value <= UInt64(Int64.max): return ~Int64(value)
        case .unsigned, .negative, .bytes, .text, .array, .map, .bool, .null:
            throw .wrongType(expected: "a 64-bit integer")
        }
    }

    /// A byte string of exactly `count` bytes, or of any length when nil.
    public func asBytes(count: Int? = nil) throws(CBORError) -> [UInt8] {
        guard case .bytes(let bytes) = self else { throw .wrongType(expected: "a byte string") }
        if let count, bytes.count != count { throw .wrongLength(expected: count, found: bytes.count) }
        return bytes
    }

    /// - Throws: ``CBORError`` unless it is a text.
    public func asText() throws(CBORError) -> UTF8String {
        guard case .text(let text) = self else { throw .wrongType(expected: "a text") }
        return text
    }

    /// An array of exactly `count` items, or of any length when nil.
    public func asArray(count: Int? = nil) throws(CBORError) -> [CBORValue] {
        guard case .array(let items) = self else { throw .wrongType(expected: "an array") }
        if let count, items.count != count { throw .wrongLength(expected: count, found: items.count) }
        return items
    }

    /// - Throws: ``CBORError`` unless it is true or false.
    public func asBool() throws(CBORError) -> Bool {
        guard case .bool(let value) = self else { throw .wrongType(expected: "a boolean") }
        return value
    }
}

/// Reads the fields of a protocol map (unsigned keys), each once, and tells what was not expected.
public struct CBORFields: Sendable {
    private var fields: [UInt64: CBORValue] = [:]

    /// - Throws: ``CBORError/wrongType(expected:)`` when `value` is no map, `badKey` when a key is a text.
    public init(_ value: CBORValue) throws(CBORError) {
        guard case .map(let pairs) = value else { throw .wrongType(expected: "a map") }
        for pair in pairs {
            guard case .unsigned(let key) = pair.key else { throw .wrongType(expected: "an unsigned key") }
            fields[key] = pair.value
        }
    }

    /// Takes a field; nil when it is not there.
    public mutating func optionalValue(_ key: UInt64) -> CBORValue? {
        fields.removeValue(forKey: key)
    }

    /// Takes a field.
    /// - Throws: ``CBORError`` when it is not there.
    public mutating func value(_ key: UInt64) throws(CBORError) -> CBORValue {
        guard let value = optionalValue(key) else { throw .missingField(key) }
        return value
    }

    /// Takes a byte string of exactly `count` bytes.
    /// - Throws: ``CBORError``.
    public mutating func bytes(_ key: UInt64, count: Int) throws(CBORError) -> [UInt8] {
        try value(key).asBytes(count: count)
    }

    /// Takes a byte string of at most `limit` bytes.
    /// - Throws: ``CBORError``.
    public mutating func bytes(_ key: UInt64, atMost limit: Int) throws(CBORError) -> [UInt8] {
        let bytes = try value(key).asBytes()
        guard bytes.count <= limit else { throw .wrongLength(expected: limit, found: bytes.count) }
        return bytes
    }

    /// Takes a byte string of exactly `count` bytes; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalBytes(_ key: UInt64, count: Int) throws(CBORError) -> [UInt8]? {
        guard let value = optionalValue(key) else { return nil }
        return try value.asBytes(count: count)
    }

    /// Takes a byte string of at most `limit` bytes; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalBytes(_ key: UInt64, atMost limit: Int) throws(CBORError) -> [UInt8]? {
        guard fields[key] != nil else { return nil }
        return try bytes(key, atMost: limit)
    }

    /// Takes a number from 0 to 2^64 - 1.
    /// - Throws: ``CBORError``.
    public mutating func unsigned(_ key: UInt64) throws(CBORError) -> UInt64 {
        try value(key).asUnsigned()
    }

    /// Takes a number from 0 to 2^64 - 1; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalUnsigned(_ key: UInt64) throws(CBORError) -> UInt64? {
        guard let value = optionalValue(key) else { return nil }
        return try value.asUnsigned()
    }

    /// Takes a text of at most `limit` bytes of UTF-8.
    /// - Throws: ``CBORError``.
    public mutating func text(_ key: UInt64, atMost limit: Int) throws(CBORError) -> UTF8String {
        let text = try value(key).asText()
        guard text.utf8Count <= limit else { throw .wrongLength(expected: limit, found: text.utf8Count) }
        return text
    }

    /// Takes a text of at most `limit` bytes of UTF-8; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalText(_ key: UInt64, atMost limit: Int) throws(CBORError) -> UTF8String? {
        guard fields[key] != nil else { return nil }
        return try text(key, atMost: limit)
    }

    /// Takes an array of at most `limit` items.
    /// - Throws: ``CBORError``.
    public mutating func array(_ key: UInt64, atMost limit: Int) throws(CBORError) -> [CBORValue] {
        let items = try value(key).asArray()
        guard items.count <= limit else { throw .tooManyItems(count: UInt64(items.count), limit: limit) }
        return items
    }

    /// Takes an array of at most `limit` items; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalArray(_ key: UInt64, atMost limit: Int) throws(CBORError) -> [CBORValue]? {
        guard fields[key] != nil else { return nil }
        return try array(key, atMost: limit)
    }

    /// Takes true or false.
    /// - Throws: ``CBORError``.
    public mutating func bool(_ key: UInt64) throws(CBORError) -> Bool { try value(key).asBool() }

    /// Takes true or false; nil when it is not there.
    /// - Throws: ``CBORError``.
    public mutating func optionalBool(_ key: UInt64) throws(CBORError) -> Bool? {
        guard let value = optionalValue(key) else { return nil }
        return try value.asBool()
    }

    /// Ends the reading. Unread keys from 64 on are room for extensions and ignored.
    /// - Throws: ``CBORError/unknownField(_:)`` for an unread key below 64.
    public func finish() throws(CBORError) {
        if let key = fields.keys.filter({ $0 < 64 }).min() { throw .unknownField(key) }
    }
}
