import DunlinCredentials
import DunlinEncoding
import DunlinIdentity
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import Testing

@Suite struct CardTests {
    private static func device(_ seed: UInt64) throws -> LocalDevice {
        var random = SeededRandom(seed: seed)
        return try IdentityFounding.device(from: SeedPhrase.make(random: &random), random: &random)
    }

    private static let space = SpaceID.blake2b([1])

    /// A card of a program of somebody's own.
    private static func signed(
        _ name: String, by device: LocalDevice, version: UInt64 = 1, fields: String? = nil,
        purpose: SignaturePurpose = .card
    ) throws -> [UInt8] {
        let body = CBORValue.fields([
            (1, .unsigned(version)), (2, space.encodedValue), (3, device.identity.encodedValue),
            (4, device.id.encodedValue), (5, .text(UTF8String(name))),
            (7, fields.map { .text(UTF8String($0)) }), (8, .unsigned(7)),
        ])
        let signature = try device.signing.sign(body.encoded(), purpose: purpose)
        return CBORValue.array([body, signature.encodedValue]).encoded()
    }

    @Test func `a card says what a profile says, and reads back`() throws {
        let device = try Self.device(1), picture = ObjectID(high: 1, low: 2)
        let profile = Profile(
            displayName: "Ada", picture: picture, fields: ["town": .string("Bern"), "n": .integer(7)])
        let card = try #require(
            try Card.issue(
                profile, in: Self.space, identity: device.identity, signingWith: device.signing))
        let read = try #require(Card(decoding: card.encoded))
        #expect(read == card)
        #expect(read.name == "Ada" && read.picture == picture && read.fields == profile.fields)
        #expect(read.space == Self.space && read.identity == device.identity && read.device == device.id)
    }

    @Test func `what others would refuse is left out`() throws {
        let device = try Self.device(1)
        func issue(_ profile: Profile) throws -> Card? {
            try Card.issue(
                profile, in: Self.space, identity: device.identity, signingWith: device.signing)
        }
        let bent = try #require(try issue(Profile(displayName: "A\u{1b}[31mda\u{202e}")))
        #expect(bent.name == "A[31mda")
        #expect(Card(decoding: bent.encoded) == bent)
        #expect(try issue(Profile(displayName: "\u{202e}")) == nil)
        let large = Profile(
            displayName: "Ada", fields: ["a": .string(UTF8String(String(repeating: "x", count: 5_000)))])
        let small = try #require(try issue(large))
        #expect(small.fields.isEmpty && Card(decoding: small.encoded) == small)
        // In JSON these are something else.
        for fields: [UTF8String: ObjectValue] in [
            ["@text": .string("x")], ["a": .map(["@b": .integer(1)])], ["a": .list([.map(["@ref": .null])])],
        ] {
            let plain = try #require(try issue(Profile(displayName: "Ada", fields: fields)))
            #expect(plain.fields.isEmpty && Card(decoding: plain.encoded) == plain)
        }
    }

    @Test func `no other bytes are a card`() throws {
        let device = try Self.device(1)
        let good = try Self.signed("Ada", by: device)
        #expect(Card(decoding: good)?.name == "Ada" && Card(decoding: good)?.serial == 7)
        for index in good.indices {
            var changed = good
            changed[index] ^= 1
            #expect(Card(decoding: changed) == nil, "byte \(index)")
        }
        #expect(Card(decoding: Array(good.dropLast())) == nil && Card(decoding: good + [0]) == nil)
        // Names that could steer a terminal, or are none.
        for name in ["", "A\u{7}da", "A\nda", "A\u{9b}31mda", "\u{202e}adA", "Ada\u{2028}"] {
            #expect(try Card(decoding: Self.signed(name, by: device)) == nil, "\(name.unicodeScalars)")
        }
        #expect(try Card(decoding: Self.signed(String(repeating: "x", count: 257), by: device)) == nil)
        #expect(try Card(decoding: Self.signed("Ada", by: device, version: 2)) == nil)
        for purpose in SignaturePurpose.allCases where purpose != .card {
            #expect(try Card(decoding: Self.signed("Ada", by: device, purpose: purpose)) == nil)
        }
        #expect(try Card(decoding: Self.signed("Ada", by: device, fields: #"{"a":1}"#))?.fields.count == 1)
        #expect(try Card(decoding: Self.signed("Ada", by: device, fields: "[1]")) == nil)
        let long = "{\"a\":\"" + String(repeating: "x", count: 4_096) + "\"}"
        #expect(try Card(decoding: Self.signed("Ada", by: device, fields: long)) == nil)
    }
}
