extension CBORValue {
    /// The one encoding of this value: shortest heads, definite lengths, keys sorted by their encoding.
    ///
    /// Of a value from elsewhere, which may be nested without end, ask ``canonical(within:)`` first.
    /// - Complexity: O(*n*), and O(*k* log *k*) in the keys of each map.
    public func encoded() -> [UInt8] {
        var output: [UInt8] = []
        encode(into: &output)
        return output
    }

    /// Appends the encoding to `output`.
    public func encode(into output: inout [UInt8]) {
        switch self {
        case .unsigned(let value): Self.head(0, value, &output)
        case .negative(let value): Self.head(1, value, &output)
        case .bytes(let bytes):
            Self.head(2, UInt64(bytes.count), &output)
            output += bytes
        case .text(let text):
            Self.head(3, UInt64(text.utf8Count), &output)
            output += text.string.utf8
        case .array(let items):
            Self.head(4, UInt64(items.count), &output)
            for item in items { item.encode(into: &output) }
        case .map(let pairs):
            Self.head(5, UInt64(pairs.count), &output)
            let sorted = pairs.map { ($0.key.encoded(), $0.value) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }
            for (key, value) in sorted {
                output += key
                value.encode(into: &output)
            }
        case .bool(let value): output.append(value ? 0xf5 : 0xf4)
        case .null: output.append(0xf6)
        }
    }

    private static func head(_ major: UInt8, _ value: UInt64, _ output: inout [UInt8]) {
        let type = major << 5
        switch value {
        case 0..<24: output.append(type | UInt8(value))
        case 24...0xff: output += [type | 24, UInt8(value)]
        case 0x100...0xffff: output += [type | 25, UInt8(value >> 8), UInt8(value & 0xff)]
        case 0x1_0000...0xffff_ffff: bigEndian(type | 26, value, byteCount: 4, &output)
        case 0x1_0000_0000...: bigEndian(type | 27, value, byteCount: 8, &output)
        default: output.append(type)
        }
    }

    private static func bigEndian(_ head: UInt8, _ value: UInt64, byteCount: Int, _ output: inout [UInt8]) {
        output.append(head)
        for shift in stride(from: (byteCount - 1) * 8, through: 0, by: -8) {
            output.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
