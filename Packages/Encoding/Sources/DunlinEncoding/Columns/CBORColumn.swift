/// Many CBOR values one after the other, by columns: their kinds, the integers, and everything else.
///
/// Integers that count up, and values of one kind, take next to nothing once such a column is compressed. A
/// list of values has exactly one encoding; reading refuses any other.
/// - Source: `Docs/Spec/Maps.md`, "Columns of values".
public enum CBORColumn {
    /// What a value is. Integers are held as 64 bits, two's complement; the kind tells those of equal bits
    /// from each other.
    private enum Kind: UInt8 {
        case null, `false`, `true`
        /// From -2^63 to 2^63 - 1.
        case integer
        /// From 2^63 on.
        case above
        /// Below -2^63.
        case below
        /// Bytes, texts, arrays and maps.
        case other

        init(_ value: CBORValue) {
            switch value {
            case .null: self = .null
            case .bool(let value): self = value ? .true : .false
            case .unsigned(let value): self = value >> 63 == 0 ? .integer : .above
            case .negative(let value): self = value >> 63 == 0 ? .integer : .below
            case .bytes, .text, .array, .map: self = .other
            }
        }
    }

    // MARK: Writing

    /// Appends the column.
    ///
    /// ``read(_:count:)`` takes it back if each value can be decoded within ``CBORLimits/userData``.
    /// - Complexity: O(*n*) in the bytes.
    public static func write(_ values: [CBORValue], _ writer: inout ByteWriter) {
        writeKinds(of: values, &writer)
        var before: UInt64 = 0
        for value in values {
            let bits: UInt64
            switch value {
            case .unsigned(let value): bits = value
            case .negative(let value): bits = ~value
            case .bytes, .text, .array, .map, .bool, .null: continue
            }
            writer.zigzag(Int64(bitPattern: bits &- before))
            before = bits
        }
        for value in values where Kind(value) == .other { writer.sized(value.encoded()) }
    }

    private static func writeKinds(of values: [CBORValue], _ writer: inout ByteWriter) {
        guard let first = values.first else { return }
        var kind = Kind(first), length: UInt64 = 0
        for value in values {
            let next = Kind(value)
            if next != kind {
                writer.varint(length)
                writer.u8(kind.rawValue)
                (kind, length) = (next, 0)
            }
            length += 1
        }
        writer.varint(length)
        writer.u8(kind.rawValue)
    }

    // MARK: Reading

    /// Reads a column of `count` values.
    ///
    /// What is neither null nor a boolean takes at least a byte, and no room is made for more than the input
    /// can hold. Nulls and booleans take none: whoever calls bounds `count`.
    /// - Throws: ``ByteError`` for bytes that ``write(_:_:)`` would not write.
    /// - Complexity: O(*n*) in the bytes and in `count`.
    public static func read(_ reader: inout ByteReader, count: Int) throws(ByteError) -> [CBORValue] {
        let runs = try readKinds(&reader, count: count)
        var values: [CBORValue] = []
        values.reserveCapacity(count)
        var before: UInt64 = 0
        for run in runs {
            switch run.kind {
            // What is none of these stands behind the integers, and is put in its place then.
            case .null, .other: values.append(contentsOf: repeatElement(.null, count: run.count))
            case .false: values.append(contentsOf: repeatElement(.bool(false), count: run.count))
            case .true: values.append(contentsOf: repeatElement(.bool(true), count: run.count))
            case .integer, .above, .below:
                for _ in 0..<run.count {
                    before &+= UInt64(bitPattern: try reader.zigzag())
                    values.append(try integer(before, run.kind, at: reader.offset))
                }
            }
        }
        var index = 0
        for run in runs {
            if run.kind == .other {
                for index in index..<index + run.count { values[index] = try other(&reader) }
            }
            index += run.count
        }
        return values
    }

    private static func readKinds(
        _ reader: inout ByteReader, count: Int
    ) throws(ByteError) -> [(count: Int, kind: Kind)] {
        var runs: [(count: Int, kind: Kind)] = []
        var left = count, leastBytes = 0
        while left > 0 {
            let at = reader.offset
            let length = try reader.varint()
            guard length > 0, length <= UInt64(left), let kind = Kind(rawValue: try reader.u8()),
                kind != runs.last?.kind
            else { throw .notCanonical(at: at) }
            switch kind {
            case .null, .false, .true: break
            case .integer, .above, .below:
                guard length <= UInt64(reader.remaining) else { throw .truncated(at: at) }
                leastBytes += Int(length)
            case .other:
                // A length, and at least a head.
                guard length <= UInt64(reader.remaining) else { throw .truncated(at: at) }
                leastBytes += 2 * Int(length)
            }
            guard leastBytes <= reader.remaining else { throw .truncated(at: at) }
            left -= Int(length)
            runs.append((Int(length), kind))
        }
        return runs
    }

    private static func integer(_ bits: UInt64, _ kind: Kind, at: Int) throws(ByteError) -> CBORValue {
        switch (kind, bits >> 63 == 0) {
        case (.integer, true), (.above, false): return .unsigned(bits)
        case (.integer, false), (.below, true): return .negative(~bits)
        default: throw .notCanonical(at: at)
        }
    }

    private static func other(_ reader: inout ByteReader) throws(ByteError) -> CBORValue {
        let at = reader.offset
        let bytes = try reader.sized(atMost: CBORLimits.userData.byteCount)
        let value: CBORValue
        do throws(CBORError) { value = try CBORValue(decoding: bytes, limits: .userData) } catch {
            throw .notCanonical(at: at)
        }
        // An integer, say, stands among the integers and nowhere else.
        guard Kind(value) == .other else { throw .notCanonical(at: at) }
        return value
    }
}
