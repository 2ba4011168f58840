/// A checksum by which damage is found: by a disk, a cut file, a flipped bit. Whoever can write the bytes can
/// make them fit, so it is of no use against an attacker.
///
/// Bytes that differ in one word of eight have different checksums.
/// - Source: `Docs/Spec/Encoding.md`, "Checksums".
public struct Checksum: Hashable, Sendable {
    /// The checksum as a number.
    public let rawValue: UInt64

    /// The checksum of some bytes.
    /// - Complexity: O(*n*): some microseconds for 100 KB.
    public init(of bytes: Span<UInt8>) {
        let whole = bytes.count & ~7
        var sum = UInt64(bytes.count)
        // By words: this is done whenever something is edited after it was loaded. Each load lies within the
        // span, as `whole` is at most its count.
        unsafe bytes.withUnsafeBytes { buffer in
            for index in stride(from: 0, to: whole, by: 8) {
                sum = unsafe Self.next(
                    sum, UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            }
        }
        if whole < bytes.count {
            var word: UInt64 = 0
            for index in whole..<bytes.count { word |= UInt64(bytes[index]) << (8 * UInt64(index - whole)) }
            sum = Self.next(sum, word)
        }
        rawValue = sum
    }

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Both steps can be undone, so that sums that differ once stay different while the words are the same.
    private static func next(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product ^ product >> 32
    }
}
