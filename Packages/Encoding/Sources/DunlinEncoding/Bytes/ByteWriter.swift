/// Appends numbers and byte strings in Dunlin's binary forms (`Docs/Spec/Encoding.md`).
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// A writer that has written nothing.
    public init() {}

    /// One byte.
    public mutating func u8(_ value: UInt8) { bytes.append(value) }

    /// Eight bytes, little-endian.
    public mutating func u64(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Base-128, least significant group first, high bit on all bytes but the last; 1 to 10 bytes.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A signed number as a varint of `(n << 1) ^ (n >> 63)`.
    public mutating func zigzag(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// The bytes as they are, without a count.
    public mutating func raw(_ value: some Sequence<UInt8>) { bytes += value }

    /// A varint of the length, then the bytes.
    public mutating func sized(_ value: [UInt8]) {
        varint(UInt64(value.count))
        bytes += value
    }
}
