import DunlinCompression
import Testing

@Suite struct EnvelopeTests {
    static let contents: [[UInt8]] = [
        [], [7], Array(repeating: 0, count: 11), Array(repeating: 9, count: 1 << 20), Sample.text(count: 300),
        Sample.text(count: 100_000), Sample.text(count: 1 << 20), Sample.noise(count: 100_000),
    ]

    @Test(arguments: contents.indices)
    func `what was sealed comes out, with and without a prefix`(index: Int) throws {
        let content = Self.contents[index]
        let prefix = Sample.text(count: 5_000, seed: 3)
        for level in [-5, 1, 3, 12, 99] where content.count < 200_000 || level == 3 {
            let plain = Envelope.seal(content, level: level)
            #expect(try Envelope.open(plain, atMost: content.count) == content)
            // A prefix that is not needed does no harm.
            #expect(try Envelope.open(plain, atMost: content.count, prefix: prefix) == content)
            let after = Envelope.seal(content, level: level, prefix: prefix)
            #expect(try Envelope.open(after, atMost: content.count, prefix: prefix) == content)
        }
    }

    @Test func `what does not become shorter is stored`() {
        #expect(Envelope.seal([]) == [0, 0])
        #expect(Envelope.seal([7]) == [0, 1, 7])
        let noise = Sample.noise(count: 1_000)
        #expect(Envelope.seal(noise) == [0, 0xe8, 0x07] + noise)
        #expect(Envelope.seal(noise, prefix: [1, 2, 3]) == [0, 0xe8, 0x07] + noise)
        for count in 0..<200 {
            #expect(Envelope.seal(Array(repeating: 1, count: count)).count <= count + 3)
        }
    }

    @Test func `text becomes much shorter, and next to nothing after itself`() {
        let text = Sample.text(count: 100_000)
        #expect(Envelope.seal(text).count < 50_000)
        #expect(Envelope.seal(text, prefix: text).count < 200)
        let noise = Sample.noise(count: 100_000)
        #expect(Envelope.seal(noise, prefix: noise).count < 200)
    }

    @Test func `a frame repeats neither length nor checksum`() {
        let envelope = Envelope.seal(Array(repeating: 1, count: 1_000))
        #expect(envelope.starts(with: [1, 0xe8, 0x07, 0x28, 0xb5, 0x2f, 0xfd, 0x00]))
        #expect(Envelope.seal(Array(repeating: 1, count: 1_000), prefix: [1, 2, 3])[0] == 2)
    }

    /// Runs of the simulator must give the same bytes again.
    @Test(arguments: [1, 3, 6, 12, 19])
    func `what was sealed before changes nothing`(level: Int) {
        let contents = (0..<6).map { Sample.text(count: 500 << (2 * ($0 % 4)), seed: UInt64($0)) }
        let first = contents.map { Envelope.seal($0, level: level, prefix: contents[0]) }
        for index in contents.indices.reversed() {
            #expect(Envelope.seal(contents[index], level: level, prefix: contents[0]) == first[index])
            _ = Envelope.seal(Sample.noise(count: 70_000), level: 3)
            #expect(Envelope.seal(contents[index], level: level, prefix: contents[0]) == first[index])
        }
    }

    @Test func `many threads seal and open at once`() async {
        let contents = (0..<4).map { Sample.text(count: 20_000 + $0, seed: UInt64($0)) }
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { round in
                        let content = contents[(worker + round) % 4]
                        let prefix = round.isMultiple(of: 2) ? contents[round % 4] : []
                        let envelope = Envelope.seal(content, prefix: prefix)
                        return (try? Envelope.open(envelope, atMost: 30_000, prefix: prefix)) == content
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
