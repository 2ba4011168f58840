import DunlinCompression
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let page = Array(String(repeating: "Waders fly in flocks without a leader. ", count: 100).utf8)
        let envelope = Envelope.seal(page)
        #expect(envelope.count < page.count / 20)
        #expect(try Envelope.open(envelope, atMost: 10_000) == page)
        #expect(throws: EnvelopeError.tooLong(announced: 3_900, limit: 1_000)) {
            try Envelope.open(envelope, atMost: 1_000)
        }

        // Both sides have the page already: only what is new travels.
        let longer = page + Array("They turn as one.".utf8)
        let difference = Envelope.seal(longer, prefix: page)
        #expect(try Envelope.open(difference, atMost: 10_000, prefix: page) == longer)
    }
}
