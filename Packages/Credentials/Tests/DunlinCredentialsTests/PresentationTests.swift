import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct PresentationTests {
    private static let now: UInt64 = 1_800_000_000_000

    private func sample(_ seed: UInt64 = 1) throws -> (Person, Presentation, nonce: [UInt8]) {
        var random = SeededRandom(seed: seed)
        let person = try Person(Digest.blake2b([1]), &random)
        let nonce = random.bytes(32)
        return (
            person,
            try .issue(
                person.chain, audience: "https://example.org", nonce: nonce, issued: Self.now,
                lifetime: 300_000, signingWith: person.device), nonce
        )
    }

    private func verify(
        _ bytes: [UInt8], audience: String = "https://example.org", nonce: [UInt8], now: UInt64 = Self.now + 1
    ) throws(PresentationError) -> Presentation {
        try Presentation(verifying: bytes, audience: audience, nonce: nonce, now: now)
    }

    @Test func `it says who speaks, to one audience, once, for a while`() throws {
        let (person, made, nonce) = try sample()
        let read = try verify(made.encoded, nonce: nonce)
        #expect(read == made)
        #expect(read.identity == person.identity.publicKey && read.device == person.device.publicKey)
        #expect(throws: PresentationError.otherAudience("https://example.org")) {
            try verify(made.encoded, audience: "https://example.com", nonce: nonce)
        }
        #expect(throws: PresentationError.otherNonce) {
            try verify(made.encoded, nonce: [UInt8](repeating: 1, count: 32))
        }
        #expect(throws: PresentationError.expired) {
            try verify(made.encoded, nonce: nonce, now: Self.now + 300_000)
        }
        #expect(throws: PresentationError.notYetValid) {
            try verify(made.encoded, nonce: nonce, now: Self.now - 60_001)
        }
        #expect(throws: Never.self) { try verify(made.encoded, nonce: nonce, now: Self.now - 60_000) }
    }

    @Test func `no bit of it can be changed`() throws {
        let (_, made, nonce) = try sample()
        for position in made.encoded.indices {
            for bit in [0, 4, 7] as [UInt8] {
                var changed = made.encoded
                changed[position] ^= 1 << bit
                #expect(throws: PresentationError.self, "byte \(position)") {
                    try verify(changed, nonce: nonce)
                }
            }
        }
    }

    @Test func `a device speaks for no other identity, and its signatures elsewhere serve for nothing`()
        throws
    {
        let (person, made, nonce) = try sample(), (thief, _, _) = try sample(2)
        // The thief has the chain, which is no secret, and its own key.
        #expect(throws: PresentationError.badRequest) {
            try Presentation.issue(
                person.chain, audience: "https://example.org", nonce: nonce, issued: Self.now,
                lifetime: 300_000, signingWith: thief.device)
        }
        // The body of the true one, signed for another purpose.
        let body = try CBORValue(decoding: made.encoded).asArray(count: 2)[0]
        for purpose in SignaturePurpose.allCases where purpose != .presentation {
            let signature = try person.device.sign(body.encoded(), purpose: purpose)
            #expect(throws: PresentationError.badSignature) {
                try verify(CBORValue.array([body, signature.encodedValue]).encoded(), nonce: nonce)
            }
        }
    }

    @Test func `nothing is signed out of bounds`() throws {
        let (person, _, nonce) = try sample()
        func issue(_ audience: String, _ nonce: [UInt8], _ issued: UInt64, _ lifetime: UInt64) throws {
            _ = try Presentation.issue(
                person.chain, audience: audience, nonce: nonce, issued: issued, lifetime: lifetime,
                signingWith: person.device)
        }
        #expect(throws: PresentationError.badRequest) { try issue("", nonce, 1, 1) }
        #expect(throws: PresentationError.badRequest) {
            try issue(String(repeating: "a", count: 257), nonce, 1, 1)
        }
        #expect(throws: PresentationError.badRequest) { try issue("a", [1, 2, 3], 1, 1) }
        #expect(throws: PresentationError.badRequest) { try issue("a", nonce, 1, 0) }
        #expect(throws: PresentationError.badRequest) {
            try issue("a", nonce, 1, Presentation.lifetimeLimit + 1)
        }
        #expect(throws: PresentationError.badRequest) { try issue("a", nonce, .max, 2) }
    }
}
