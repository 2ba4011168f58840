import DunlinEncoding
import DunlinKeys

/// A signed statement about who belongs to a space and which keys are in use.
/// - Source: `Docs/Spec/Credentials.md`, "Format".
public struct Credential: Hashable, Sendable {
    /// Parents that a credential may name.
    public static let parentLimit = 16

    /// The space that it is of; it counts in no other.
    public let space: SpaceID
    /// Parents, sorted: what its issuer knew of. A device names the one that it issued before.
    public let parents: [CredentialID]
    /// Who issued it.
    public let identity: IdentityID
    /// The device that signed; nil when the identity itself did.
    public let device: DeviceID?
    /// What it says.
    public let body: CredentialBody
    /// By the issuing device, over everything else.
    public let signature: Signature
    /// The bytes, signature included.
    public let encoded: [UInt8]
    /// The hash of its bytes, by which others name it.
    public let id: CredentialID

    /// Issues a credential.
    /// - Parameter device: nil when `key` is the identity's own.
    public static func issue(
        _ body: CredentialBody, space: SpaceID, parents: [CredentialID], identity: IdentityID,
        device: DeviceID?,
        signingWith key: SigningKey
    ) throws(CredentialError) -> Credential {
        let parents = Array(Set(parents)).sorted()
        guard parents.count <= parentLimit else { throw .tooManyParents(parents.count) }
        let unsigned = unsigned(body, space: space, parents: parents, identity: identity, device: device)
        let bytes = unsigned.encoded()
        do {
            let signature = try key.sign(bytes, purpose: .cred)
            return try Credential(decoding: CBORValue.array([unsigned, signature.encodedValue]).encoded())
        } catch let error as CredentialError {
            throw error
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .badSignature }
    }

    /// Reads a credential and checks its signature and certificates; not whether it was allowed.
    public init(decoding bytes: [UInt8]) throws(CredentialError) {
        guard bytes.count <= 128 << 10 else { throw .tooLarge(byteCount: bytes.count) }
        let signed: CBORValue
        do {
            let parts = try CBORValue(decoding: bytes).asArray(count: 2)
            signed = parts[0]
            signature = try Signature(parts[1])
            var fields = try CBORFields(signed)
            space = try SpaceID(fields.value(1))
            let type = try fields.unsigned(2)
            parents = try fields.array(3, atMost: Self.parentLimit).map { try CredentialID($0) }
            identity = try IdentityID(fields.value(4))
            device = try fields.optionalValue(5).map { try DeviceID($0) }
            body = try CredentialBody(type: type, fields.value(6))
            try fields.finish()
        } catch let error as CredentialError {
            throw error
        } catch let error as CBORError {
            throw .malformed(error)
        } catch { throw .malformed(.notCanonical) }
        guard zip(parents, parents.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .malformed(.notCanonical)
        }
        guard bytes.count <= 16 << 10 || body.isControlKeyed else { throw .tooLarge(byteCount: bytes.count) }
        guard (device ?? identity).verify(signature, over: signed.encoded(), purpose: .cred) else {
            throw .badSignature
        }
        encoded = bytes
        id = Digest.blake2b(bytes)
        try checkBody()
    }

    /// What the body holds of others' signatures.
    private func checkBody() throws(CredentialError) {
        if let admission = body.admission {
            guard admission.isBound(to: space) else { throw .badBinding }
        }
        if case .remove(_, _, _, let council?) = body {
            guard council.isSigned(in: space) else { throw .badSignature }
        }
    }

    private static func unsigned(
        _ body: CredentialBody, space: SpaceID, parents: [CredentialID], identity: IdentityID,
        device: DeviceID?
    ) -> CBORValue {
        CBORValue.fields([
            (1, space.encodedValue), (2, .unsigned(body.type)), (3, .array(parents.map(\.encodedValue))),
            (4, identity.encodedValue), (5, device?.encodedValue), (6, body.encodedValue),
        ])
    }

    /// Two are the same when their ids are.
    public static func == (a: Credential, b: Credential) -> Bool { a.id == b.id }
    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
