import DunlinEncoding
import Testing

@Suite struct ByteTests {
    @Test(arguments: [0, 1, 127, 128, 300, 16_383, 16_384, UInt64(UInt32.max), .max - 1, .max])
    func `a varint reads back and has one form`(value: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        try reader.finish()
        if value > 0 {
            var longer = writer.bytes
            longer[longer.count - 1] |= 0x80
            longer.append(0)
            var strict = ByteReader(longer)
            #expect(throws: ByteError.self) { try strict.varint() }
        }
    }

    @Test(arguments: [0, 1, -1, 63, -64, 64, Int64.max, .min])
    func `a signed varint reads back`(value: Int64) throws {
        var writer = ByteWriter()
        writer.zigzag(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.zigzag() == value)
    }

    @Test func `a length beyond the input is refused`() {
        var reader = ByteReader([0xff, 0xff, 0xff, 0xff, 0x0f, 1])
        #expect(throws: ByteError.self) { try reader.sized() }
    }

    @Test func `an eleven byte varint is refused`() {
        var reader = ByteReader([UInt8](repeating: 0xff, count: 10) + [1])
        #expect(throws: ByteError.self) { try reader.varint() }
    }

    @Test func `strings that Swift calls equal are two different keys`() {
        let composed = UTF8String("\u{e9}"), decomposed = UTF8String("e\u{301}")
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }
}
