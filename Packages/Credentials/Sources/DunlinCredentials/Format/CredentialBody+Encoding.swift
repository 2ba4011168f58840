import DunlinEncoding
import DunlinKeys

extension CredentialBody {
    var type: UInt64 {
        switch self {
        case .genesis: 0
        case .admit: 1
        case .deviceAdmit: 2
        case .deviceRevoke: 3
        case .remove: 4
        case .role: 5
        case .invite: 6
        case .inviteCancel: 7
        case .councilSet: 8
        case .keyRotate: 9
        case .keyShare: 10
        case .deviceSuspect: 17
        case .deviceLift: 18
        }
    }

    var encodedValue: CBORValue { CBORValue.fields(fields) }

    private var fields: [(UInt64, CBORValue?)] {
        switch self {
        case .genesis(let admission, let recovery): admission.fields + [(3, recovery?.encodedValue)]
        case .admit(let admission, let role, let redemption):
            admission.fields + [(3, .unsigned(role.rawValue)), (4, redemption?.encodedValue)]
        case .deviceAdmit(let admission): admission.fields
        case .deviceRevoke(let device, let cuts, let rotation):
            [(1, device.encodedValue), (2, FeedCut.encode(cuts)), (3, rotation?.encodedValue)]
        case .remove(let identity, let cuts, let rotation, let council):
            [
                (1, identity.encodedValue), (2, FeedCut.encode(cuts)), (3, rotation?.encodedValue),
                (4, council?.encodedValue),
            ]
        case .role(let identity, let role, let cuts):
            [(1, identity.encodedValue), (2, FeedCut.encode(cuts)), (3, .unsigned(role.rawValue))]
        case .invite(let invite):
            [
                (1, invite.key.encodedValue), (2, .unsigned(invite.role.rawValue)),
                (3, .unsigned(UInt64(clamping: invite.limit))), (4, invite.expires.map { .unsigned($0) }),
                (5, invite.guest?.encodedValue),
            ]
        case .inviteCancel(let invite): [(1, invite.encodedValue)]
        case .councilSet(let council):
            [
                (1, .array(council.members.map(\.encodedValue))),
                (2, .unsigned(UInt64(clamping: council.threshold))),
            ]
        case .keyRotate(let rotation): rotation.fields
        case .keyShare(let id, let sealed):
            [(1, id.encodedValue), (3, .array(sealed.map(\.encodedValue)))]
        case .deviceSuspect(let device), .deviceLift(let device): [(1, device.encodedValue)]
        }
    }

    init(type: UInt64, _ value: CBORValue) throws(CredentialError) {
        do {
            var fields = try CBORFields(value)
            self = try Self.read(type, &fields)
            try fields.finish()
        } catch let error as CredentialError {
            throw error
        } catch let error as CBORError {
            throw .malformed(error)
        } catch { throw .malformed(.notCanonical) }
    }

    private static func read(_ type: UInt64, _ fields: inout CBORFields) throws -> CredentialBody {
        switch type {
        case 0:
            return .genesis(
                try Admission(&fields),
                recovery: try fields.optionalValue(3).map { try AgreementPublicKey($0) })
        case 1:
            return .admit(
                try Admission(&fields), try role(&fields, 3),
                redeeming: try fields.optionalValue(4).map { try Redemption($0) })
        case 2: return .deviceAdmit(try Admission(&fields))
        case 3:
            return .deviceRevoke(
                try DeviceID(fields.value(1)), cuts: try cuts(&fields), rotation: try rotation(&fields))
        case 4:
            return .remove(
                try IdentityID(fields.value(1)), cuts: try cuts(&fields), rotation: try rotation(&fields),
                council: try fields.optionalValue(4).map { try CouncilDecision($0) })
        case 5:
            return .role(
                try IdentityID(fields.value(1)), try role(&fields, 3), cuts: try cuts(&fields))
        case 6:
            return .invite(
                Invite(
                    key: try PublicSigningKey(fields.value(1)), role: try role(&fields, 2),
                    limit: try count(&fields, 3, atMost: Invite.countLimit),
                    expires: try fields.optionalUnsigned(4),
                    guest: try fields.optionalValue(5).map { try IdentityID($0) }))
        case 7: return .inviteCancel(try CredentialID(fields.value(1)))
        case 8:
            let members = try fields.array(1, atMost: Council.memberLimit).map { try IdentityID($0) }
            guard zip(members, members.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw CBORError.notCanonical
            }
            return .councilSet(
                Council(members: members, threshold: try count(&fields, 2, atMost: Council.memberLimit)))
        case 9: return .keyRotate(try KeyRotation(&fields))
        case 10:
            return .keyShare(
                id: try Digest(fields.value(1)),
                sealed: try fields.array(3, atMost: SealedKey.countLimit).map { try SealedKey($0) })
        case 17: return .deviceSuspect(try DeviceID(fields.value(1)))
        case 18: return .deviceLift(try DeviceID(fields.value(1)))
        default: throw CredentialError.unknownType(type)
        }
    }

    private static func role(_ fields: inout CBORFields, _ key: UInt64) throws -> Role {
        guard let role = Role(rawValue: try fields.unsigned(key)) else { throw CBORError.notCanonical }
        return role
    }

    private static func count(_ fields: inout CBORFields, _ key: UInt64, atMost limit: Int) throws -> Int {
        let count = try fields.unsigned(key)
        guard count <= UInt64(limit) else { throw CBORError.tooManyItems(count: count, limit: limit) }
        return Int(count)
    }

    private static func cuts(_ fields: inout CBORFields) throws -> [FeedCut] {
        try FeedCut.decode(fields.array(2, atMost: FeedCut.countLimit))
    }

    private static func rotation(_ fields: inout CBORFields) throws -> KeyRotation? {
        try fields.optionalValue(3).map { try KeyRotation($0) }
    }
}
