import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinObjects

/// What a member of a space says of itself there, signed by one of its devices. A name is a claim: that it is
/// another's, or new, nobody checks.
/// - Source: `Docs/Spec/Cards.md`.
public struct Card: Hashable, Sendable {
    /// The type of the object that holds a card.
    public static let type: UTF8String = "dunlin.card"
    /// Bytes of a whole card.
    public static let byteLimit = 8 << 10
    /// Bytes of a name in UTF-8.
    public static let nameLimit = InvitationClaim.nameLimit
    /// Bytes of the other fields, as JSON.
    public static let fieldsLimit = 4 << 10

    /// The space that it is for.
    public let space: SpaceID
    /// Who says so.
    public let identity: IdentityID
    /// The device that has signed.
    public let device: DeviceID
    /// How the member wants to be called: 1 to 256 bytes of UTF-8, without control characters and marks that
    /// turn the direction of writing.
    public let name: String
    /// An object with a picture, by the member's own account; it may not be in this space.
    public let picture: ObjectID?
    /// Whatever else the member says.
    public let fields: [UTF8String: ObjectValue]
    /// The profile's: of several cards the one with the greatest counts.
    public let serial: UInt64
    /// The bytes, as ``init(decoding:)`` reads them.
    public let encoded: [UInt8]

    /// Signs a card with what a profile says. What others would refuse is left out: forbidden characters of
    /// the name, and fields that are too large or would not read back.
    /// - Parameter serial: nil for the profile's.
    /// - Returns: nil when nothing is left of the name.
    public static func issue(
        _ profile: Profile, serial: UInt64? = nil, in space: SpaceID, identity: IdentityID,
        signingWith device: SigningKey
    ) throws(KeyError) -> Card? {
        let body = CBORValue.fields([
            (1, .unsigned(1)), (2, space.encodedValue), (3, identity.encodedValue),
            (4, device.publicKey.encodedValue), (5, .text(UTF8String(cleaned(profile.displayName)))),
            (6, (profile.picture?.bytes).map { .bytes($0) }), (7, told(profile.fields).map { .text($0) }),
            (8, .unsigned(serial ?? profile.serial)),
        ])
        let signature = try device.sign(body.encoded(), purpose: .card)
        return Card(decoding: CBORValue.array([body, signature.encodedValue]).encoded())
    }

    /// Reads a card and checks its signature; nil for anything else. That the device is the identity's, the
    /// space's credentials say.
    /// - Complexity: O(1): it has at most ``byteLimit`` bytes.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.byteLimit else { return nil }
        do {
            let parts = try CBORValue(decoding: bytes).asArray(count: 2)
            var values = try CBORFields(parts[0])
            guard try values.unsigned(1) == 1 else { return nil }
            space = try SpaceID(values.value(2))
            identity = try IdentityID(values.value(3))
            device = try DeviceID(values.value(4))
            name = try values.text(5, atMost: Self.nameLimit).string
            picture = try values.optionalBytes(6, count: 16).flatMap { ObjectID(bytes: $0) }
            let json = try values.optionalText(7, atMost: Self.fieldsLimit)
            serial = try values.unsigned(8)
            try values.finish()
            let signature = try Signature(parts[1])
            guard device.verify(signature, over: parts[0].encoded(), purpose: .card) else { return nil }
            if let json {
                guard case .map(let fields) = try ObjectValue(json: json.string) else { return nil }
                self.fields = fields
            } else {
                fields = [:]
            }
        } catch { return nil }
        guard !name.isEmpty, Array(Self.cleaned(name).utf8) == Array(name.utf8) else { return nil }
        encoded = bytes
    }

    /// Whether it says what a card of a profile would, whenever.
    func says(_ profile: Profile) -> Bool {
        let json = Self.told(profile.fields) ?? UTF8String(ObjectValue.map([:]).json)
        return Array(name.utf8) == Array(Self.cleaned(profile.displayName).utf8)
            && picture == profile.picture && UTF8String(ObjectValue.map(fields).json) == json
    }

    /// Fields as a card tells them; nil for none, or such as are left out. Those that read back otherwise
    /// would be written again and again.
    private static func told(_ fields: [UTF8String: ObjectValue]) -> UTF8String? {
        let json = UTF8String(ObjectValue.map(fields).json)
        guard !fields.isEmpty, json.utf8Count <= fieldsLimit,
            case .map(let read)? = try? ObjectValue(json: json.string),
            UTF8String(ObjectValue.map(read).json) == json
        else { return nil }
        return json
    }

    /// A name as others may be shown it.
    static func cleaned(_ name: String) -> String { InvitationClaim(inviter: name, space: "").inviter }
}
