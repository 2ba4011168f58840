/// Why bytes could not be read.
public enum ByteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The input ends within a value.
    case truncated(at: Int)
    /// A varint of more than 64 bits, or with a needless last byte.
    case badVarint(at: Int)
    /// A length above what its reader admits, or above what the input holds.
    case tooLong(byteCount: UInt64, limit: Int)
    case trailingBytes(count: Int)
    /// A value outside its range, or an encoding that is not the canonical one.
    case notCanonical(at: Int)
    /// Bytes that have another checksum than when they were saved.
    case damaged

    /// One sentence: what is wrong and where.
    public var description: String {
        switch self {
        case .truncated(let at): "The input ends within a value at byte \(at)."
        case .badVarint(let at): "The number at byte \(at) is too large or not in its shortest form."
        case .tooLong(let count, let limit): "A length of \(count) bytes exceeds the limit of \(limit)."
        case .trailingBytes(let count): "\(count) bytes follow the value."
        case .notCanonical(let at): "The value at byte \(at) is out of range or not canonical."
        case .damaged: "The bytes have another checksum than when they were saved; take them from a backup."
        }
    }
}

/// Reads what ``ByteWriter`` writes, strictly. A failed read leaves the reader where it was or unusable;
/// callers drop it.
public struct ByteReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var place: Int
    /// Bytes read so far.
    public var offset: Int { place }

    /// Reads from the beginning of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = 0
    }

    /// Bytes that are left.
    public var remaining: Int { bytes.count - offset }
    /// Whether no byte is left.
    public var isAtEnd: Bool { offset == bytes.count }

    /// One byte.
    /// - Throws: ``ByteError/truncated(at:)``.
    public mutating func u8() throws(ByteError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(at: offset) }
        defer { place += 1 }
        return bytes[offset]
    }

    /// Eight bytes, little-endian.
    /// - Throws: ``ByteError/truncated(at:)``.
    public mutating func u64() throws(ByteError) -> UInt64 {
        guard remaining >= 8 else { throw .truncated(at: offset) }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
        place += 8
        return value
    }

    /// A number of 1 to 10 bytes with seven bits each, the lowest first.
    /// - Throws: ``ByteError/truncated(at:)``, or ``ByteError/notCanonical(at:)`` for one that has a shorter
    /// form or more than 64 bits.
    @inlinable
    public mutating func varint() throws(ByteError) -> UInt64 {
        // Most numbers are small.
        if place < bytes.count, bytes[place] < 0x80 {
            place += 1
            return UInt64(bytes[place - 1])
        }
        return try longVarint()
    }

    @usableFromInline
    mutating func longVarint() throws(ByteError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try u8()
            if shift == 63, byte > 1 { throw .badVarint(at: start) }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                if byte == 0, shift > 0 { throw .badVarint(at: start) }
                return value
            }
            shift += 7
            if shift > 63 { throw .badVarint(at: start) }
        }
    }

    /// A signed number as a varint: 0, -1, 1, -2 … as 0, 1, 2, 3 ….
    /// - Throws: As ``varint()``.
    public mutating func zigzag() throws(ByteError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A varint that counts things of at least `bytesEach` bytes, checked against what is left.
    public mutating func count(bytesEach: Int = 1) throws(ByteError) -> Int {
        let value = try varint()
        let limit = bytesEach == 0 ? Int(UInt32.max) : remaining / bytesEach
        guard value <= UInt64(limit) else { throw .tooLong(byteCount: value, limit: limit) }
        return Int(value)
    }

    /// So many bytes.
    /// - Throws: ``ByteError/truncated(at:)``.
    public mutating func raw(count: Int) throws(ByteError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw .truncated(at: bytes.count) }
        defer { place += count }
        return Array(bytes[offset..<offset + count])
    }

    /// A varint and so many bytes.
    /// - Throws: ``ByteError/tooLong(byteCount:limit:)``; ``ByteError/truncated(at:)`` when fewer are left.
    public mutating func sized(atMost limit: Int = .max) throws(ByteError) -> [UInt8] {
        let count = try varint()
        guard count <= UInt64(limit) else { throw .tooLong(byteCount: count, limit: limit) }
        guard count <= UInt64(remaining) else { throw .truncated(at: bytes.count) }
        return try raw(count: Int(count))
    }

    /// - Throws: ``ByteError`` when bytes are left.
    public func finish() throws(ByteError) {
        guard isAtEnd else { throw .trailingBytes(count: remaining) }
    }
}
