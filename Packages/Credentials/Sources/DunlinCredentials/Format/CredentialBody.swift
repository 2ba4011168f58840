import DunlinEncoding
import DunlinKeys

/// What a member may do, from least to most.
public enum Role: UInt64, Hashable, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    case reader = 1
    case editor = 2
    case admin = 3

    /// By what a role allows: a reader less than an editor, an editor less than an admin.
    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }

    /// The role's name, as commands take it.
    public var description: String {
        switch self {
        case .reader: "reader"
        case .editor: "editor"
        case .admin: "admin"
        }
    }

    /// Reads ``description``; nil for anything else.
    public init?(_ name: String) {
        guard let role = Role.allCases.first(where: { $0.description == name }) else { return nil }
        self = role
    }
}

/// A content key sealed to one device: a tag to find one's own by, and the box.
public struct SealedKey: Hashable, Sendable {
    /// The first 8 bytes of H(box key || key id).
    public var tag: [UInt8]
    /// The secret, sealed to the box key of one device.
    public var box: [UInt8]
}

/// A content key encrypted under a newer one.
public struct WrappedKey: Hashable, Sendable {
    /// The id of the key that is wrapped.
    public var id: Digest
    /// 24 bytes, random for each wrapping.
    public var nonce: [UInt8]
    /// The wrapped key with its tag; 48 bytes.
    public var ciphertext: [UInt8]
}

/// What a credential says.
/// - Source: `Docs/Spec/Credentials.md`, "Types".
public enum CredentialBody: Hashable, Sendable {
    /// The first of a space; its issuer is the first member, an admin.
    case genesis(CertificateChain, DeviceBinding)
    case admit(CertificateChain, DeviceBinding, Role)
    case deviceAdmit(CertificateChain, DeviceBinding)
    /// A new content key for all present devices.
    case keyRotate(id: Digest, wrapped: [WrappedKey], sealed: [SealedKey])
    /// A content key for devices that lack it.
    case keyShare(id: Digest, sealed: [SealedKey])

    /// Carried in blocks of type 0x00, since it must be readable before any content key is known.
    public var carriesKeys: Bool {
        switch self {
        case .keyRotate, .keyShare: true
        case .genesis, .admit, .deviceAdmit: false
        }
    }

    var type: UInt64 {
        switch self {
        case .genesis: 0
        case .admit: 1
        case .deviceAdmit: 2
        case .keyRotate: 9
        case .keyShare: 10
        }
    }

    var encodedValue: CBORValue {
        switch self {
        case .genesis(let chain, let binding), .deviceAdmit(let chain, let binding):
            CBORValue.fields([(1, chain.encodedValue), (2, binding.encodedValue)])
        case .admit(let chain, let binding, let role):
            CBORValue.fields([
                (1, chain.encodedValue), (2, binding.encodedValue), (3, .unsigned(role.rawValue)),
            ])
        case .keyRotate(let id, let wrapped, let sealed):
            CBORValue.fields([
                (1, id.encodedValue),
                (
                    2,
                    .array(
                        wrapped.map { .array([$0.id.encodedValue, .bytes($0.nonce), .bytes($0.ciphertext)]) })
                ),
                (3, .array(sealed.map { .array([.bytes($0.tag), .bytes($0.box)]) })),
            ])
        case .keyShare(let id, let sealed):
            CBORValue.fields([
                (1, id.encodedValue), (3, .array(sealed.map { .array([.bytes($0.tag), .bytes($0.box)]) })),
            ])
        }
    }

    init(type: UInt64, _ value: CBORValue) throws(CredentialError) {
        do {
            var fields = try CBORFields(value)
            switch type {
            case 0, 2:
                let chain = try CertificateChain(fields.value(1))
                let binding = try DeviceBinding(fields.value(2))
                self = type == 0 ? .genesis(chain, binding) : .deviceAdmit(chain, binding)
            case 1:
                let chain = try CertificateChain(fields.value(1))
                let binding = try DeviceBinding(fields.value(2))
                guard let role = Role(rawValue: try fields.unsigned(3)) else { throw CBORError.notCanonical }
                self = .admit(chain, binding, role)
            case 9:
                let id = try Digest(fields.value(1))
                let wrapped = try fields.array(2, atMost: 4_096).map { try Self.wrapped($0) }
                self = .keyRotate(id: id, wrapped: wrapped, sealed: try Self.sealed(&fields))
            case 10: self = .keyShare(id: try Digest(fields.value(1)), sealed: try Self.sealed(&fields))
            default: throw CredentialError.unknownType(type)
            }
            try fields.finish()
        } catch let error as CredentialError {
            throw error
        } catch let error as CBORError {
            throw .malformed(error)
        } catch { throw .malformed(.notCanonical) }
    }

    private static func wrapped(_ value: CBORValue) throws(CBORError) -> WrappedKey {
        let parts = try value.asArray(count: 3)
        return WrappedKey(
            id: try Digest(parts[0]), nonce: try parts[1].asBytes(count: 24),
            ciphertext: try parts[2].asBytes(count: 48))
    }

    private static func sealed(_ fields: inout CBORFields) throws -> [SealedKey] {
        try fields.array(3, atMost: 1_400).map { value in
            let parts = try value.asArray(count: 2)
            return SealedKey(tag: try parts[0].asBytes(count: 8), box: try parts[1].asBytes(count: 80))
        }
    }
}
