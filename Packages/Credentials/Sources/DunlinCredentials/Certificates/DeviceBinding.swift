import DunlinEncoding
import DunlinKeys

/// The keys with which a device takes part in one space, for one identity.
///
/// Signed by the device and by its feeds' keys: nobody can claim a device or a feed of somebody else.
/// - Source: `Docs/Spec/Credentials.md`, "Certificates".
public struct DeviceBinding: Hashable, Sendable {
    /// The space in which the keys are used.
    public var space: SpaceID
    /// Whose device it is.
    public var identity: IdentityID
    /// The key of the device's control feed there.
    public var control: PublicSigningKey
    /// The key of the device's data feed there.
    public var data: PublicSigningKey
    /// The key with which the device proves itself on connections there.
    public var noise: AgreementPublicKey
    /// By the device, the control and the data feed's key, over the fields before.
    public var signatures: [Signature]

    /// Signs the keys that a device will use in a space.
    /// - Throws: ``KeyError`` when a key cannot sign.
    public static func issue(
        space: SpaceID, identity: IdentityID, control: SigningKey, data: SigningKey,
        noise: AgreementPublicKey, signingWith device: SigningKey
    ) throws(KeyError) -> DeviceBinding {
        var binding = DeviceBinding(
            space: space, identity: identity, control: control.publicKey, data: data.publicKey,
            noise: noise)
        let signed = binding.signed
        for key in [device, control, data] {
            binding.signatures.append(try key.sign(signed, purpose: .bind))
        }
        return binding
    }

    /// Whether the device and both feeds' keys have signed it.
    public func isSigned(by device: DeviceID) -> Bool {
        let signed = signed
        return signatures.count == 3 && control != data && control != device && data != device
            && zip([device, control, data], signatures).allSatisfy { key, signature in
                key.verify(signature, over: signed, purpose: .bind)
            }
    }

    private var body: CBORValue {
        CBORValue.fields([
            (1, space.encodedValue), (2, control.encodedValue), (3, data.encodedValue),
            (4, noise.encodedValue), (5, identity.encodedValue),
        ])
    }

    private var signed: [UInt8] { body.encoded() }

    /// The binding as a CBOR array.
    public var encodedValue: CBORValue { .array([body] + signatures.map(\.encodedValue)) }

    /// Reads a binding; the signatures are not checked here.
    /// - Throws: ``CBORError`` for anything else.
    public init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 4)
        var fields = try CBORFields(parts[0])
        space = try SpaceID(fields.value(1))
        control = try PublicSigningKey(fields.value(2))
        data = try PublicSigningKey(fields.value(3))
        noise = try AgreementPublicKey(fields.value(4))
        identity = try IdentityID(fields.value(5))
        try fields.finish()
        signatures = []
        for part in parts.dropFirst() { signatures.append(try Signature(part)) }
    }

    private init(
        space: SpaceID, identity: IdentityID, control: PublicSigningKey, data: PublicSigningKey,
        noise: AgreementPublicKey
    ) {
        self.space = space
        self.identity = identity
        self.control = control
        self.data = data
        self.noise = noise
        signatures = []
    }
}
