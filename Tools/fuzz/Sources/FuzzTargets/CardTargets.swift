import DunlinEncoding
import DunlinIdentity
import DunlinKeys
import DunlinObjects

enum CardTargets {
    /// The bytes as a card, and as what a member has signed for one.
    static func card(_ input: [UInt8]) {
        check(input)
        guard let body = try? CBORValue(decoding: input) else { return }
        let signature = made { try KeyTargets.founder.signing.sign(input, purpose: .card) }
        check(CBORValue.array([body, signature.encodedValue]).encoded())
    }

    private static func check(_ bytes: [UInt8]) {
        guard let card = Card(decoding: bytes) else { return }
        precondition((1...Card.nameLimit).contains(card.name.utf8.count), "a name of no length")
        precondition(
            !card.name.unicodeScalars.contains { $0.properties.generalCategory == .control },
            "a name could steer a terminal")
        precondition(card.encoded == bytes && Card(decoding: card.encoded) == card, "a card reads otherwise")
    }

    static var seeds: [[UInt8]] {
        let profiles = [
            Profile(displayName: "Ada"),
            Profile(
                displayName: "Å 🐦", picture: ObjectID(high: 1, low: 2),
                fields: ["town": .string("Bern"), "n": .list([.integer(1), .double(0.5), .null])]),
        ]
        return profiles.flatMap { profile -> [[UInt8]] in
            let card = made {
                try Card.issue(
                    profile, in: KeyTargets.space, identity: KeyTargets.founder.chain.identity,
                    signingWith: KeyTargets.founder.signing)
            }
            guard let card, let parts = try? CBORValue(decoding: card.encoded).asArray(count: 2) else {
                return []
            }
            return [card.encoded, parts[0].encoded()]
        }
    }
}
