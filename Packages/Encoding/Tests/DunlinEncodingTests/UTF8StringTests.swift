import DunlinEncoding
import Testing

@Suite struct UTF8StringTests {
    @Test(arguments: 0..<40) func `texts are equal, and in order, as their bytes are`(count: Int) {
        // Of all lengths that fit a word, do not, and lie elsewhere than in the text itself.
        let bytes = (0..<count).map { UInt8(0x61 + $0 % 26) }
        let text = UTF8String(String(decoding: bytes, as: UTF8.self))
        var texts = [text, UTF8String(String(decoding: bytes + [0], as: UTF8.self))]
        for index in bytes.indices {
            for byte in [0, bytes[index] - 1, bytes[index] + 1, 0x7f] {
                var other = bytes
                other[index] = byte
                texts.append(UTF8String(String(decoding: other, as: UTF8.self)))
            }
            texts.append(UTF8String(String(decoding: bytes[..<index], as: UTF8.self)))
            texts.append(UTF8String(String(decoding: bytes[..<index], as: UTF8.self) + "\u{e9}"))
        }
        for a in texts {
            for b in [text, texts[texts.count / 2], texts[texts.count - 1]] {
                #expect((a == b) == (a.bytes == b.bytes))
                #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes))
                #expect((b < a) == b.bytes.lexicographicallyPrecedes(a.bytes))
            }
            // Made anew, it is the same key.
            #expect(Set([a]).contains(UTF8String(String(decoding: a.bytes, as: UTF8.self))))
        }
        #expect(Set(texts).count == Set(texts.map(\.bytes)).count)
    }
}
