import DunlinCompression
import DunlinEncoding
import Testing

@Suite struct HostileEnvelopeTests {
    private static let limit = 2_000

    /// A stored one, a frame, and a frame after the prefix.
    private static let prefix = Sample.text(count: 1_000, seed: 4)
    private static let envelopes = [
        Envelope.seal(Sample.noise(count: 50)), Envelope.seal(Sample.text(count: 1_500)),
        Envelope.seal(Sample.text(count: 1_500), prefix: prefix),
    ]

    @Test func `the samples use the three methods`() {
        #expect(Self.envelopes.map { $0[0] } == [0, 1, 2])
    }

    @Test(arguments: envelopes.indices)
    func `every truncation is refused`(method: Int) {
        let envelope = Self.envelopes[method]
        for count in 0..<envelope.count {
            #expect(throws: EnvelopeError.self) {
                try Envelope.open(Array(envelope[..<count]), atMost: Self.limit, prefix: Self.prefix)
            }
        }
    }

    @Test(arguments: envelopes.indices)
    func `a flipped bit gives an error or other bytes, never more than the cap`(method: Int) {
        let envelope = Self.envelopes[method]
        for index in envelope.indices {
            for bit in 0..<8 {
                var changed = envelope
                changed[index] ^= 1 << bit
                let opened = try? Envelope.open(changed, atMost: Self.limit, prefix: Self.prefix)
                #expect((opened?.count ?? 0) <= Self.limit)
            }
        }
    }

    @Test(arguments: envelopes.indices)
    func `nothing may follow`(method: Int) {
        let envelope = Self.envelopes[method]
        for rest in [[0], envelope, Array(envelope.dropFirst(3))] {
            #expect(throws: EnvelopeError.trailingBytes(count: rest.count)) {
                try Envelope.open(envelope + rest, atMost: Self.limit, prefix: Self.prefix)
            }
        }
    }

    @Test(arguments: envelopes.indices)
    func `one byte above the cap is too many`(method: Int) throws {
        let envelope = Self.envelopes[method]
        let count = try Envelope.open(envelope, atMost: Self.limit, prefix: Self.prefix).count
        for limit in [count - 1, 0, -1, .min] {
            #expect(throws: EnvelopeError.tooLong(announced: UInt64(count), limit: limit)) {
                try Envelope.open(envelope, atMost: limit, prefix: Self.prefix)
            }
        }
    }

    @Test func `another prefix, or none, gives an error or other bytes`() {
        let content = Sample.text(count: 1_500)
        let envelope = Envelope.seal(content, prefix: Self.prefix)
        #expect(throws: EnvelopeError.prefixMissing) {
            try Envelope.open(envelope, atMost: Self.limit)
        }
        let shuffled = Array(Self.prefix.reversed())
        #expect((try? Envelope.open(envelope, atMost: Self.limit, prefix: shuffled)) != content)
        #expect((try? Envelope.open(envelope, atMost: Self.limit, prefix: [1])) != content)
    }

    @Test func `the head is strict`() {
        #expect(throws: EnvelopeError.truncated(at: 0)) { try Envelope.open([], atMost: 9) }
        #expect(throws: EnvelopeError.truncated(at: 1)) { try Envelope.open([0], atMost: 9) }
        #expect(throws: EnvelopeError.unknownMethod(3)) { try Envelope.open([3, 0], atMost: 9) }
        #expect(throws: EnvelopeError.badLength) { try Envelope.open([0, 0x81, 0, 5], atMost: 9) }
        #expect(throws: EnvelopeError.tooLong(announced: .max, limit: .max)) {
            try Envelope.open([1] + Array(repeating: 0xff, count: 9) + [1], atMost: .max)
        }
    }

    /// Nine bytes for 128 KiB of zeros, and four for each 128 KiB more.
    private func bomb(blocks: Int, announced: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.varint(announced)
        writer.raw([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38])
        for index in 0..<blocks {
            let header = 128 << 13 | 1 << 1 | (index == blocks - 1 ? 1 : 0)
            writer.raw([UInt8(header & 0xff), UInt8(header >> 8 & 0xff), UInt8(header >> 16), 0])
        }
        return writer.bytes
    }

    @Test func `a small frame that becomes a gigabyte is refused at once`() throws {
        // The form is right: with one block it opens.
        let small = bomb(blocks: 1, announced: 128 << 10)
        #expect(try Envelope.open(small, atMost: .max) == [UInt8](repeating: 0, count: 128 << 10))
        // It says so, and that is above the cap.
        #expect(throws: EnvelopeError.tooLong(announced: 1 << 30, limit: 1 << 20)) {
            try Envelope.open(bomb(blocks: 8_192, announced: 1 << 30), atMost: 1 << 20)
        }
        // It says less than it becomes.
        #expect(throws: EnvelopeError.self) {
            try Envelope.open(bomb(blocks: 8_192, announced: 1 << 20), atMost: 1 << 20)
        }
        // It says more than it can become; nobody's cap would have helped.
        #expect(throws: EnvelopeError.implausible(announced: 1 << 60, possible: 128 << 10)) {
            try Envelope.open(bomb(blocks: 1, announced: 1 << 60), atMost: .max)
        }
        // It could become as much as it says, and does not.
        let short = bomb(blocks: 1, announced: 127 << 10)
        #expect(throws: EnvelopeError.self) { try Envelope.open(short, atMost: 1 << 20) }
    }

    @Test func `a window above 8 MiB is refused`() {
        var envelope = bomb(blocks: 1, announced: 128 << 10)
        let window = 10
        #expect(envelope[window - 1] == 0x38)
        envelope[window - 1] = 13 << 3
        #expect((try? Envelope.open(envelope, atMost: 1 << 20)) != nil)
        envelope[window - 1] = 13 << 3 | 1
        #expect(throws: EnvelopeError.windowTooLarge(byteCount: 9 << 20)) {
            try Envelope.open(envelope, atMost: 1 << 20)
        }
        envelope[window - 1] = 0xff
        #expect(throws: EnvelopeError.windowTooLarge(byteCount: 15 << 38)) {
            try Envelope.open(envelope, atMost: 1 << 20)
        }
    }

    @Test func `skippable frames, lengths, checksums and dictionaries are not admitted`() {
        // A skippable frame of no bytes.
        #expect(throws: EnvelopeError.badFrame(at: 2)) {
            try Envelope.open([1, 0, 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0], atMost: 9)
        }
        for descriptor: UInt8 in [0x01, 0x04, 0x08, 0x10, 0x20, 0x40] {
            #expect(throws: EnvelopeError.badFrame(at: 6)) {
                try Envelope.open([1, 1, 0x28, 0xb5, 0x2f, 0xfd, descriptor, 0, 9, 0, 0, 7], atMost: 9)
            }
        }
        // A block of the reserved type, and one larger than the window.
        #expect(throws: EnvelopeError.badFrame(at: 8)) {
            try Envelope.open([1, 1, 0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x0f, 0, 0, 7], atMost: 9)
        }
        #expect(throws: EnvelopeError.badFrame(at: 8)) {
            try Envelope.open([1, 1, 0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x0b, 0x20, 0, 7], atMost: 9)
        }
        // And what is right.
        #expect((try? Envelope.open([1, 1, 0x28, 0xb5, 0x2f, 0xfd, 0, 0, 9, 0, 0, 7], atMost: 9)) == [7])
    }
}
