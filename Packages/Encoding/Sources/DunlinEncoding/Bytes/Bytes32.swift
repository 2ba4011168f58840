/// Thirty-two bytes held inline: what keys, hashes and ids are made of.
///
/// Order is that of the bytes. Comparing and hashing touch four words and allocate nothing.
public struct Bytes32: Hashable, Comparable, Sendable {
    @usableFromInline let a, b, c, d: UInt64

    /// nil unless there are exactly 32 bytes.
    @inlinable public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var iterator = bytes.makeIterator()
        func word() -> UInt64 {
            var word: UInt64 = 0
            for _ in 0..<8 { word = word << 8 | UInt64(iterator.next() ?? 0) }
            return word
        }
        a = word()
        b = word()
        c = word()
        d = word()
    }

    /// Thirty-two zero bytes.
    public init() {
        (a, b, c, d) = (0, 0, 0, 0)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for index in 0..<8 {
            let shift = UInt64(56 - 8 * index)
            bytes[index] = UInt8(truncatingIfNeeded: a >> shift)
            bytes[index + 8] = UInt8(truncatingIfNeeded: b >> shift)
            bytes[index + 16] = UInt8(truncatingIfNeeded: c >> shift)
            bytes[index + 24] = UInt8(truncatingIfNeeded: d >> shift)
        }
        return bytes
    }

    /// In the order of the bytes, as numbers without sign.
    public static func < (x: Bytes32, y: Bytes32) -> Bool {
        if x.a != y.a { return x.a < y.a }
        if x.b != y.b { return x.b < y.b }
        if x.c != y.c { return x.c < y.c }
        return x.d < y.d
    }
}

/// A type that is thirty-two bytes with a meaning of its own.
public protocol FixedBytes32: Hashable, Comparable, Sendable, CustomStringConvertible {
    var raw: Bytes32 { get }
    init(raw: Bytes32)
}

extension FixedBytes32 {
    /// nil unless there are exactly 32 bytes.
    @inlinable public init?(bytes: some Collection<UInt8>) {
        guard let raw = Bytes32(bytes) else { return nil }
        self.init(raw: raw)
    }

    /// Reads a CBOR byte string of 32 bytes.
    public init(_ value: CBORValue) throws(CBORError) {
        let bytes = try value.asBytes(count: 32)
        guard let raw = Bytes32(bytes) else { throw .wrongLength(expected: 32, found: bytes.count) }
        self.init(raw: raw)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { raw.bytes }
    /// The bytes as a CBOR byte string.
    public var encodedValue: CBORValue { .bytes(raw.bytes) }
    /// Hexadecimal, for people and logs.
    public var description: String { Hex.encode(raw.bytes) }

    /// In the order of the bytes.
    public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}
