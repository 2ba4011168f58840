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
    /// Whose device it is.
    public var identity: IdentityID
    /// The device's signing key, by which it is named.
    public var device: DeviceID
    /// Content keys are sealed to this key.
    public var box: AgreementPublicKey
    /// The identity itself, or an older device of it.
    public var issuer: PublicSigningKey
    /// Tells certificates of one issuer apart; set by the issuer, ordered by nobody.
    public var serial: UInt64
    /// Over the fields before, by the identity's key or by the device before in the chain.
    public var signature: Signature

    /// Signs a certificate.
    /// - Parameter key: The identity's own key for the first of a chain, else the key of the device before.
    /// - Throws: ``KeyError`` when the key cannot sign.
    public static func issue(
        identity: IdentityID, device: DeviceID, box: AgreementPublicKey, serial: UInt64,
        signingWith key: SigningKey
    ) throws(KeyError) -> DeviceCertificate {
        let body = body(identity, device, box, key.publicKey, serial).encoded()
        return DeviceCertificate(
            identity: identity, device: device, box: box, issuer: key.publicKey, serial: serial,
            signature: try key.sign(body, purpose: .cert))
    }

    /// Whether the issuer has signed it; not whether the issuer may.
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
    /// Certificates that a chain may have.
    public static let lengthLimit = 8

    /// From the one that the identity signed to that of the device; at least one.
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

    /// The identity that all of them are for.
    public var identity: IdentityID { certificates[0].identity }
    /// The last device, whose chain it is.
    public var device: DeviceID { certificates[certificates.count - 1].device }
    /// The key for which secrets are sealed to that device.
    public var box: AgreementPublicKey { certificates[certificates.count - 1].box }

    /// The chain as a CBOR array.
    public var encodedValue: CBORValue { .array(certificates.map(\.encodedValue)) }

    /// Reads a chain and checks every signature.
    /// - Throws: ``CredentialError/badChain`` when it does not lead from the identity to the device.
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
