import DunlinEncoding
import DunlinKeys

/// Lets members let in whoever holds a key, so many times, without its issuer.
public struct Invite: Hashable, Sendable {
    /// Redemptions that an invite may allow.
    public static let countLimit = 65_536

    /// The public half of the key that a guest proves to hold.
    public var key: PublicSigningKey
    /// What guests become.
    public var role: Role
    /// Devices that may come in through it; at least 1.
    public var limit: Int
    /// Milliseconds since 1970, by the clock of the member that lets a guest in; it decides nothing here.
    public var expires: UInt64?
    /// The only identity that may come in through it; nil for anybody who holds the key.
    public var guest: IdentityID?

    /// An invite for holders of a key.
    public init(
        key: PublicSigningKey, role: Role, limit: Int, expires: UInt64? = nil, guest: IdentityID? = nil
    ) {
        self.key = key
        self.role = role
        self.limit = limit
        self.expires = expires
        self.guest = guest
    }
}

/// Shows that a guest holds the key of an invite.
///
/// The proof is bound to one guest, its keys, the member that lets it in and the connection between the two:
/// nobody can use it for another.
/// - Source: `Docs/Spec/Credentials.md`, "Invites".
public struct Redemption: Hashable, Sendable {
    /// The invite.
    public var invite: CredentialID
    /// The hash of the Noise handshake between guest and host; 64 bytes.
    public var handshake: [UInt8]
    /// By the invite's key.
    public var signature: Signature

    /// Proves to hold an invite's key.
    /// - Parameter host: The device of the member that lets the guest in.
    public static func prove(
        _ invite: CredentialID, admission: Admission, host: DeviceID, handshake: [UInt8],
        signingWith key: SigningKey
    ) throws(KeyError) -> Redemption {
        let signed = signed(invite, admission, host, handshake)
        return Redemption(
            invite: invite, handshake: handshake, signature: try key.sign(signed, purpose: .invite))
    }

    /// A proof that came from elsewhere; it is checked when it is used.
    public init(invite: CredentialID, handshake: [UInt8], signature: Signature) {
        self.invite = invite
        self.handshake = handshake
        self.signature = signature
    }

    /// Whether the holder of an invite's key has signed that this guest comes in through this host.
    public func isSigned(by key: PublicSigningKey, admission: Admission, host: DeviceID) -> Bool {
        key.verify(
            signature, over: Self.signed(invite, admission, host, handshake), purpose: .invite)
    }

    private static func signed(
        _ invite: CredentialID, _ admission: Admission, _ host: DeviceID, _ handshake: [UInt8]
    ) -> [UInt8] {
        CBORValue.fields([
            (1, admission.binding.space.encodedValue), (2, invite.encodedValue),
            (3, admission.identity.encodedValue), (4, admission.device.encodedValue),
            (5, admission.binding.control.encodedValue), (6, admission.binding.data.encodedValue),
            (7, admission.binding.noise.encodedValue), (8, host.encodedValue), (9, .bytes(handshake)),
        ]).encoded()
    }

    var encodedValue: CBORValue {
        CBORValue.fields([
            (1, invite.encodedValue), (2, .bytes(handshake)), (3, signature.encodedValue),
        ])
    }

    init(_ value: CBORValue) throws(CBORError) {
        var fields = try CBORFields(value)
        invite = try CredentialID(fields.value(1))
        handshake = try fields.bytes(2, count: 64)
        signature = try Signature(fields.value(3))
        try fields.finish()
    }
}
