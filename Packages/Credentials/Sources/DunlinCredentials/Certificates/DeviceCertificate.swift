import DunlinEncoding
import DunlinKeys

/// A space: 32 random bytes.
public typealias SpaceID = Digest
/// An identity: its public signing key.
public typealias IdentityID = PublicSigningKey
/// A device: its public signing key.
public typealias DeviceID = PublicSigningKey
/// A credential: the hash of its bytes with the signature.
public typealias CredentialID = Digest

/// Says that a device may speak for an identity; signed by the identity or by a device of it.
/// - Source: `Docs/Spec/Credentials.md`, "Certificates".
public struct DeviceCertificate: Hashable, Sendable {
    public var identity: IdentityID
    public var device: DeviceID
    /// Content keys are sealed to this key.
    public var box: AgreementPublicKey
    /// The identity itself, or an older device of it.
    public var issuer: PublicSigningKey
    public var serial: UInt64
    public var signature: Signature

    public static func issue(
        identity: IdentityID, device: DeviceID, box: AgreementPublicKey, serial: UInt64,
        signingWith key: SigningKey
    ) throws(KeyError) -> DeviceCertificate {
        let body = body(identity, device, box, key.publicKey, serial).encoded()
        return DeviceCertificate(
            identity: identity, device: device, box: box, issuer: key.publicKey, serial: serial,
            signature: try key.sign(body, purpose: .cert))
    }

    public var isSigned: Bool {
        issuer.verify(
            signature, over: Self.body(identity, device, box, issuer, serial).encoded(), purpose: .cert)
    }

    private static func body(
        _ identity: IdentityID, _ device: DeviceID, _ box: AgreementPublicKey, _ issuer: PublicSigningKey,
        _ serial: UInt64
    ) -> CBORValue {
        CBORValue.fields([
            (1, identity.encodedValue), (2, device.encodedValue), (3, box.encodedValue),
            (4, issuer.encodedValue), (5, .unsigned(serial)),
        ])
    }

    var encodedValue: CBORValue {
        .array([Self.body(identity, device, box, issuer, serial), signature.encodedValue])
    }

    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 2)
        var fields = try CBORFields(parts[0])
        identity = try IdentityID(fields.value(1))
        device = try DeviceID(fields.value(2))
        box = try AgreementPublicKey(fields.value(3))
        issuer = try PublicSigningKey(fields.value(4))
        serial = try fields.unsigned(5)
        try fields.finish()
        signature = try Signature(parts[1])
    }

    private init(
        identity: IdentityID, device: DeviceID, box: AgreementPublicKey, issuer: PublicSigningKey,
        serial: UInt64,
        signature: Signature
    ) {
        self.identity = identity
        self.device = device
        self.box = box
        self.issuer = issuer
        self.serial = serial
        self.signature = signature
    }
}

/// Certificates from an identity down to one device: each signed by the one before, the first by the
/// identity.
public struct CertificateChain: Hashable, Sendable {
    public static let lengthLimit = 8

    public let certificates: [DeviceCertificate]

    /// - Throws: ``CredentialError/badChain`` unless every link holds.
    public init(_ certificates: [DeviceCertificate]) throws(CredentialError) {
        guard let first = certificates.first, certificates.count <= Self.lengthLimit else { throw .badChain }
        var issuer = first.identity
        for certificate in certificates {
            guard certificate.identity == first.identity, certificate.issuer == issuer, certificate.isSigned
            else {
                throw .badChain
            }
            issuer = certificate.device
        }
        self.certificates = certificates
    }

    public var identity: IdentityID { certificates[0].identity }
    public var device: DeviceID { certificates[certificates.count - 1].device }
    public var box: AgreementPublicKey { certificates[certificates.count - 1].box }

    public var encodedValue: CBORValue { .array(certificates.map(\.encodedValue)) }

    public init(_ value: CBORValue) throws(CredentialError) {
        var certificates: [DeviceCertificate] = []
        do throws(CBORError) {
            let items = try value.asArray()
            guard items.count <= Self.lengthLimit else {
                throw CBORError.tooManyItems(count: UInt64(items.count), limit: Self.lengthLimit)
            }
            for item in items { certificates.append(try DeviceCertificate(item)) }
        } catch { throw .malformed(error) }
        try self.init(certificates)
    }
}

/// The keys with which a device takes part in one space; signed by the device.
public struct DeviceBinding: Hashable, Sendable {
    public var space: SpaceID
    public var control: PublicSigningKey
    public var data: PublicSigningKey
    public var noise: AgreementPublicKey
    public var signature: Signature

    public static func issue(
        space: SpaceID, control: PublicSigningKey, data: PublicSigningKey, noise: AgreementPublicKey,
        signingWith device: SigningKey
    ) throws(KeyError) -> DeviceBinding {
        let body = body(space, control, data, noise).encoded()
        return DeviceBinding(
            space: space, control: control, data: data, noise: noise,
            signature: try device.sign(body, purpose: .bind))
    }

    public func isSigned(by device: DeviceID) -> Bool {
        device.verify(signature, over: Self.body(space, control, data, noise).encoded(), purpose: .bind)
    }

    private static func body(
        _ space: SpaceID, _ control: PublicSigningKey, _ data: PublicSigningKey, _ noise: AgreementPublicKey
    ) -> CBORValue {
        CBORValue.fields([
            (1, space.encodedValue), (2, control.encodedValue), (3, data.encodedValue),
            (4, noise.encodedValue),
        ])
    }

    public var encodedValue: CBORValue {
        .array([Self.body(space, control, data, noise), signature.encodedValue])
    }

    public init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 2)
        var fields = try CBORFields(parts[0])
        space = try SpaceID(fields.value(1))
        control = try PublicSigningKey(fields.value(2))
        data = try PublicSigningKey(fields.value(3))
        noise = try AgreementPublicKey(fields.value(4))
        try fields.finish()
        signature = try Signature(parts[1])
    }

    private init(
        space: SpaceID, control: PublicSigningKey, data: PublicSigningKey, noise: AgreementPublicKey,
        signature: Signature
    ) {
        self.space = space
        self.control = control
        self.data = data
        self.noise = noise
        self.signature = signature
    }
}
