extension CBORValue {
    /// Reads one value which is all of `bytes`. What is accepted encodes to the same bytes.
    /// - Throws: ``CBORError`` naming the first violation.
    /// - Complexity: O(*n*); lengths are checked against the input before anything is allocated.
    public init(decoding bytes: [UInt8], limits: CBORLimits = .protocolMessage) throws(CBORError) {
        guard bytes.count <= limits.byteCount else {
            throw .tooLong(byteCount: bytes.count, limit: limits.byteCount)
        }
        var decoder = StrictDecoder(bytes: bytes, limits: limits)
        self = try decoder.value(depth: 0)
        guard decoder.offset == bytes.count else {
            throw .trailingBytes(count: bytes.count - decoder.offset)
        }
    }
}

private struct StrictDecoder {
    let bytes: [UInt8]
    let limits: CBORLimits
    var offset = 0

    mutating func value(depth: Int) throws(CBORError) -> CBORValue {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth) }
        let start = offset
        let first = try byte()
        switch first >> 5 {
        case 0: return .unsigned(try argument(first, at: start))
        case 1: return .negative(try argument(first, at: start))
        case 2: return .bytes(Array(try slice(argument(first, at: start))))
        case 3:
            guard let text = UTF8String(validating: try slice(argument(first, at: start))) else {
                throw .badUTF8(at: start)
            }
            return .text(text)
        case 4: return try array(count: argument(first, at: start), depth: depth)
        case 5: return try map(count: argument(first, at: start), depth: depth)
        default:
            switch first {
            case 0xf4: return .bool(false)
            case 0xf5: return .bool(true)
            case 0xf6: return .null
            default: throw .unsupported(byte: first, at: start)
            }
        }
    }

    private mutating func array(count: UInt64, depth: Int) throws(CBORError) -> CBORValue {
        let count = try containerCount(count, bytesPerItem: 1)
        var items: [CBORValue] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try value(depth: depth + 1)) }
        return .array(items)
    }

    private mutating func map(count: UInt64, depth: Int) throws(CBORError) -> CBORValue {
        let count = try containerCount(count, bytesPerItem: 2)
        var pairs: [CBORPair] = []
        pairs.reserveCapacity(count)
        var previous: ArraySlice<UInt8>?
        for _ in 0..<count {
            let start = offset
            let key = try value(depth: depth + 1)
            switch key {
            case .unsigned, .text: break
            case .negative, .bytes, .array, .map, .bool, .null: throw .badKey(at: start)
            }
            let encoded = bytes[start..<offset]
            if let previous, !previous.lexicographicallyPrecedes(encoded) { throw .badKey(at: start) }
            previous = encoded
            pairs.append(CBORPair(key, try value(depth: depth + 1)))
        }
        return .map(pairs)
    }

    private func containerCount(_ count: UInt64, bytesPerItem: Int) throws(CBORError) -> Int {
        guard count <= UInt64(limits.itemsPerContainer) else {
            throw .tooManyItems(count: count, limit: limits.itemsPerContainer)
        }
        guard Int(count) * bytesPerItem <= bytes.count - offset else { throw .truncated(at: bytes.count) }
        return Int(count)
    }

    private mutating func byte() throws(CBORError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func slice(_ count: UInt64) throws(CBORError) -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.count - offset) else { throw .truncated(at: bytes.count) }
        defer { offset += Int(count) }
        return bytes[offset..<offset + Int(count)]
    }

    private mutating func argument(_ first: UInt8, at start: Int) throws(CBORError) -> UInt64 {
        let low = first & 0x1f
        guard low >= 24 else { return UInt64(low) }
        guard low <= 27 else { throw .unsupported(byte: first, at: start) }
        let width = 1 << Int(low - 24)
        var value: UInt64 = 0
        for _ in 0..<width { value = value << 8 | UInt64(try byte()) }
        let smallest: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard value >= smallest else { throw .notShortest(at: start) }
        return value
    }
}
