import DunlinEncoding

/// A strict reader of JSON.
/// - Source: RFC 8259.
struct JSONParser {
    private let bytes: [UInt8]
    /// Maps and lists may begin within so many others.
    private let depthLimit: Int
    private var offset = 0

    /// - Parameter levels: of maps and lists around the value that is nested as deep as an object may be.
    init(_ bytes: [UInt8], levels: Int) {
        self.bytes = bytes
        depthLimit = ObjectDocument.depthLimit + levels
    }

    mutating func document() throws(JSONError) -> ObjectValue {
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw .syntax(at: offset) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> ObjectValue {
        skipSpace()
        guard offset < bytes.count else { throw .syntax(at: offset) }
        switch bytes[offset] {
        case 0x7b: return try map(depth: depth)
        case 0x5b: return try list(depth: depth)
        case 0x22: return .string(UTF8String(try string()))
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6e: return try word("null", .null)
        case 0x2d, 0x30...0x39: return try number()
        default: throw .syntax(at: offset)
        }
    }

    private mutating func word(_ word: String, _ value: ObjectValue) throws(JSONError) -> ObjectValue {
        guard bytes[offset...].starts(with: word.utf8) else { throw .syntax(at: offset) }
        offset += word.utf8.count
        return value
    }

    private mutating func list(depth: Int) throws(JSONError) -> ObjectValue {
        try check(depth, limit: depthLimit)
        offset += 1
        var items: [ObjectValue] = []
        if take(0x5d) { return .list(items) }
        while true {
            items.append(try value(depth: depth + 1))
            if take(0x5d) { return .list(items) }
            guard take(0x2c) else { throw .syntax(at: offset) }
        }
    }

    private func check(_ depth: Int, limit: Int) throws(JSONError) {
        guard depth <= limit else { throw .tooDeep(limit: ObjectDocument.depthLimit) }
    }

    private mutating func map(depth: Int) throws(JSONError) -> ObjectValue {
        // A form is a map in JSON alone, so that one may stand in the deepest container.
        try check(depth, limit: depthLimit + 1)
        let value = try fields(depth: depth)
        if case .map = value { try check(depth, limit: depthLimit) }
        return value
    }

    private mutating func fields(depth: Int) throws(JSONError) -> ObjectValue {
        offset += 1
        var fields: [UTF8String: ObjectValue] = [:]
        if take(0x7d) { return .map(fields) }
        while true {
            skipSpace()
            guard offset < bytes.count, bytes[offset] == 0x22 else { throw .syntax(at: offset) }
            let key = UTF8String(try string())
            guard take(0x3a) else { throw .syntax(at: offset) }
            let item = try value(depth: depth + 1)
            guard fields.updateValue(item, forKey: key) == nil else { throw .duplicateKey(key.string) }
            if take(0x7d) { break }
            guard take(0x2c) else { throw .syntax(at: offset) }
        }
        guard fields.count == 1, let form = fields.first, form.key.isReserved else {
            return .map(fields)
        }
        return try Self.form(form.key.string, form.value)
    }

    private static let expectations = [
        "@text": "a string", "@counter": "an integer of 64 bits", "@bytes": "a string of base64",
        "@ref": "the id of an object", "@double": #""nan", "inf" or "-inf""#,
    ]

    private static func badForm(_ name: String) -> JSONError {
        guard let expected = expectations[name] else { return .unknownForm(name) }
        return .badForm(key: name, expected: expected)
    }

    private static func form(_ name: String, _ value: ObjectValue) throws(JSONError) -> ObjectValue {
        switch (name, value) {
        case ("@text", .string(let text)): return .text(text.string)
        case ("@counter", .integer(let number)): return .counter(number)
        case ("@bytes", .string(let text)):
            guard let bytes = Base64.decode(text.string) else { throw badForm(name) }
            return .bytes(bytes)
        case ("@ref", .string(let text)):
            guard let id = ObjectID(text.string) else { throw badForm(name) }
            return .reference(id)
        case ("@double", .string("nan")): return .double(.nan)
        case ("@double", .string("inf")): return .double(.infinity)
        case ("@double", .string("-inf")): return .double(-.infinity)
        case ("@id", _), ("@type", _), ("@meta", _), ("@deleted", _):
            return .map([UTF8String(name): value])
        default: throw badForm(name)
        }
    }

    private mutating func number() throws(JSONError) -> ObjectValue {
        let start = offset
        _ = take(0x2d, skippingSpace: false)
        let digits = digits()
        guard digits.count > 0, digits.count == 1 || bytes[digits.lowerBound] != 0x30 else {
            throw .badNumber(at: start)
        }
        var isInteger = true
        if take(0x2e, skippingSpace: false) {
            isInteger = false
            guard self.digits().count > 0 else { throw .badNumber(at: start) }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == 0x65 {
            isInteger = false
            offset += 1
            if !take(0x2b, skippingSpace: false) { _ = take(0x2d, skippingSpace: false) }
            guard self.digits().count > 0 else { throw .badNumber(at: start) }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text) else { throw .badNumber(at: start) }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else { throw .badNumber(at: start) }
        return .double(value)
    }

    private mutating func digits() -> Range<Int> {
        let start = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        return start..<offset
    }

    private mutating func string() throws(JSONError) -> String {
        let start = offset
        offset += 1
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case 0x22:
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw .badString(at: start)
                }
                return string
            case 0x5c: try escape(&text, start: start)
            case 0..<0x20: throw .badString(at: start)
            default: text.append(byte)
            }
        }
        throw .badString(at: start)
    }

    private mutating func escape(_ text: inout [UInt8], start: Int) throws(JSONError) {
        guard offset < bytes.count else { throw .badString(at: start) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case 0x22, 0x5c, 0x2f: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0c)
        case 0x6e: text.append(0x0a)
        case 0x72: text.append(0x0d)
        case 0x74: text.append(0x09)
        case 0x75:
            var scalar = UInt32(try hexUnit(start))
            if (0xd800..<0xdc00).contains(scalar) {
                guard offset + 1 < bytes.count, bytes[offset] == 0x5c, bytes[offset + 1] == 0x75 else {
                    throw .badString(at: start)
                }
                offset += 2
                let low = UInt32(try hexUnit(start))
                guard (0xdc00..<0xe000).contains(low) else { throw .badString(at: start) }
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw .badString(at: start) }
            text += String(unicode).utf8
        default: throw .badString(at: start)
        }
    }

    private mutating func hexUnit(_ start: Int) throws(JSONError) -> UInt16 {
        guard offset + 4 <= bytes.count,
            let pair = try? Hex.decode(String(decoding: bytes[offset..<offset + 4], as: UTF8.self))
        else { throw .badString(at: start) }
        offset += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }

    private mutating func take(_ byte: UInt8, skippingSpace: Bool = true) -> Bool {
        if skippingSpace { skipSpace() }
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset]) { offset += 1 }
    }
}
