import DunlinEncoding

extension ObjectValue {
    /// One line of JSON; keys in the order of their bytes, so equal values have equal texts.
    public var json: String {
        var output: [UInt8] = []
        write(&output)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(_ output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .double(let value): Self.write(value, &output)
        case .string(let value): Self.write(value.string, &output)
        case .bytes(let value): Self.write("@bytes", Base64.encode(value), &output)
        case .reference(let id): Self.write("@ref", id.description, &output)
        case .text(let value): Self.write("@text", value, &output)
        case .counter(let value): output += "{\"@counter\":\(value)}".utf8
        case .list(let items):
            output.append(0x5b)
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(0x2c) }
                item.write(&output)
            }
            output.append(0x5d)
        case .map(let fields):
            output.append(0x7b)
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { output.append(0x2c) }
                Self.write(field.key.string, &output)
                output.append(0x3a)
                field.value.write(&output)
            }
            output.append(0x7d)
        }
    }

    private static func write(_ value: Double, _ output: inout [UInt8]) {
        if value.isNaN {
            write("@double", "nan", &output)
        } else if value.isInfinite {
            write("@double", value > 0 ? "inf" : "-inf", &output)
        } else {
            // Swift prints the shortest text that reads back, always with a fraction or an exponent.
            output += value.description.utf8
        }
    }

    private static func write(_ form: String, _ text: String, _ output: inout [UInt8]) {
        output += "{\"\(form)\":".utf8
        write(text, &output)
        output.append(0x7d)
    }

    private static func write(_ text: String, _ output: inout [UInt8]) {
        output.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22: output += "\\\"".utf8
            case 0x5c: output += "\\\\".utf8
            case 0x0a: output += "\\n".utf8
            case 0x0d: output += "\\r".utf8
            case 0x09: output += "\\t".utf8
            case 0..<0x20, 0x7f:
                output += "\\u00".utf8
                output += Hex.encode([byte]).utf8
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }

    /// Reads JSON with the forms `{"@text": …}`, `{"@bytes": …}`, `{"@ref": …}`, `{"@counter": …}` and
    /// `{"@double": …}`. Strict: RFC 8259, no repeated keys, nothing behind the value.
    ///
    /// Maps and lists may be nested as deep as in an object, so that what ``json`` wrote of one reads back.
    /// - Parameter levels: of maps and lists around such a value, as in an answer that tells of objects.
    /// - Throws: ``JSONError``.
    public init(json: String, levels: Int = 0) throws(JSONError) {
        var parser = JSONParser(Array(json.utf8), levels: levels)
        self = try parser.document()
    }
}
