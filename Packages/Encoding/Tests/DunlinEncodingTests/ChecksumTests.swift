import DunlinEncoding
import Testing

@Suite struct ChecksumTests {
    /// As the page says it, byte by byte.
    private static func plain(_ bytes: [UInt8]) -> UInt64 {
        var sum = UInt64(bytes.count)
        for start in stride(from: 0, to: bytes.count, by: 8) {
            var word: UInt64 = 0
            for byte in (start..<start + 8).reversed() {
                word = word << 8 | UInt64(byte < bytes.count ? bytes[byte] : 0)
            }
            sum = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
            sum ^= sum >> 32
        }
        return sum
    }

    @Test func `it is what the page says, and every bit and zero counts`() {
        let bytes = (0..<41).map { UInt8($0 * 37 & 0xff) }
        for count in bytes.indices {
            let some = Array(bytes[..<count]), sum = Checksum(of: some.span)
            #expect(sum.rawValue == Self.plain(some))
            #expect(sum != Checksum(of: (some + [0]).span))
            for bit in 0..<count * 8 {
                var changed = some
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(Checksum(of: changed.span) != sum)
            }
        }
        #expect(Checksum(of: Array("dunlin".utf8).span).rawValue == 0xb224_6926_401b_702c)
    }

    @Test func `a history with a changed or missing byte is refused`() throws {
        let saved = SavedHistory([1, 2, 3], of: [4, 5])
        let bytes = saved.encoded()
        #expect(try SavedHistory(decoding: bytes) == saved && bytes.count == 19)
        #expect(try SavedHistory(decoding: bytes).content == Checksum(of: ([4, 5] as [UInt8]).span))
        for index in bytes.indices {
            #expect(throws: ByteError.self) { try SavedHistory(decoding: Array(bytes[..<index])) }
            var changed = bytes
            changed[index] ^= 16
            let damaged = changed
            #expect(throws: ByteError.self) { try SavedHistory(decoding: damaged) }
        }
    }
}
