import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What guest and host say inside the handshake's channel: messages 4 to 16.
/// - Source: `Docs/Spec/Invitations.md`, "Messages".
enum InvitationMessage {
    case guestShare(share: [UInt8], data: [UInt8])
    case hostShare(share: [UInt8], data: [UInt8])
    case guestProof(confirmation: [UInt8], signature: Signature, binding: DeviceBinding)
    case hostProof(confirmation: [UInt8], signature: Signature)
    /// The header of a bundle, signed by the host's device.
    case admission([UInt8], Signature)
    case acknowledged
    case refused(reason: UInt64, attemptsLeft: UInt64)
    /// What the host of a code says first.
    case claim(InvitationClaim)
    case knock(Digest)
    case greeting([UInt8], Signature)
    case proof([UInt8], DeviceBinding, Signature, Signature?)
    /// Credentials that a header or a greeting before has announced.
    case part(number: Int, [UInt8])
    /// The guest asks for a part.
    case wanted(number: Int)

    /// Bytes in which a host or a guest describes itself.
    static let descriptionLimit = 8 << 10
    /// Bytes of any message but a part, which is known by its hash.
    static let byteLimit = 64 << 10
    /// Bytes of a part's message, which are those of any: a credential may fill one.
    static let partLimit = 1 << 20

    func encoded() -> [UInt8] {
        switch self {
        case .guestShare(let share, let data):
            CBORValue.array([.unsigned(4), .bytes(share), .bytes(data)]).encoded()
        case .hostShare(let share, let data):
            CBORValue.array([.unsigned(5), .bytes(share), .bytes(data)]).encoded()
        case .guestProof(let confirmation, let signature, let binding):
            CBORValue.array([
                .unsigned(6), .bytes(confirmation), signature.encodedValue, binding.encodedValue,
            ]).encoded()
        case .hostProof(let confirmation, let signature):
            CBORValue.array([.unsigned(7), .bytes(confirmation), signature.encodedValue]).encoded()
        case .admission(let header, let signature):
            CBORValue.array([.unsigned(8), .bytes(header), signature.encodedValue]).encoded()
        case .acknowledged: CBORValue.array([.unsigned(9)]).encoded()
        case .refused(let reason, let left):
            CBORValue.array([.unsigned(10), .unsigned(reason), .unsigned(left)]).encoded()
        case .claim(let claim): CBORValue.array([.unsigned(11), claim.encodedValue]).encoded()
        case .knock(let tag): CBORValue.array([.unsigned(12), tag.encodedValue]).encoded()
        case .greeting(let greeting, let signature):
            CBORValue.array([.unsigned(13), .bytes(greeting), signature.encodedValue]).encoded()
        case .proof(let guest, let binding, let signature, let invite):
            CBORValue.array(
                [.unsigned(14), .bytes(guest), binding.encodedValue, signature.encodedValue]
                    + (invite.map { [$0.encodedValue] } ?? [])
            ).encoded()
        case .part(let number, let part):
            CBORValue.array([.unsigned(15), .unsigned(UInt64(number)), .bytes(part)]).encoded()
        case .wanted(let number):
            CBORValue.array([.unsigned(16), .unsigned(UInt64(number))]).encoded()
        }
    }

    init(_ bytes: [UInt8]) throws(InvitationError) {
        do throws(CBORError) {
            let items = try CBORValue(decoding: bytes).asArray()
            guard let first = items.first else { throw CBORError.notCanonical }
            let kind = try first.asUnsigned()
            guard kind == 15 || bytes.count <= Self.byteLimit else {
                throw CBORError.tooLong(byteCount: bytes.count, limit: Self.byteLimit)
            }
            switch (kind, items.count) {
            case (4, 3):
                self = .guestShare(
                    share: try items[1].asBytes(count: 32), data: try Self.description(items[2]))
            case (5, 3):
                self = .hostShare(
                    share: try items[1].asBytes(count: 32), data: try Self.description(items[2]))
            case (6, 4):
                self = .guestProof(
                    confirmation: try items[1].asBytes(count: 64), signature: try Signature(items[2]),
                    binding: try DeviceBinding(items[3]))
            case (7, 3):
                self = .hostProof(
                    confirmation: try items[1].asBytes(count: 64), signature: try Signature(items[2]))
            case (8, 3): self = .admission(try items[1].asBytes(), try Signature(items[2]))
            case (9, 1): self = .acknowledged
            case (10, 3):
                self = .refused(reason: try items[1].asUnsigned(), attemptsLeft: try items[2].asUnsigned())
            case (11, 2): self = .claim(try InvitationClaim(items[1]))
            case (12, 2): self = .knock(try Digest(items[1]))
            case (13, 3): self = .greeting(try items[1].asBytes(), try Signature(items[2]))
            case (14, 4), (14, 5):
                self = .proof(
                    try Self.description(items[1]), try DeviceBinding(items[2]), try Signature(items[3]),
                    items.count == 5 ? try Signature(items[4]) : nil)
            case (15, 3): self = .part(number: try Self.number(items[1]), try items[2].asBytes())
            case (16, 2): self = .wanted(number: try Self.number(items[1]))
            default: throw CBORError.notCanonical
            }
        } catch { throw .badMessage }
    }

    private static func description(_ value: CBORValue) throws(CBORError) -> [UInt8] {
        let bytes = try value.asBytes()
        guard bytes.count <= descriptionLimit else {
            throw .tooLong(byteCount: bytes.count, limit: descriptionLimit)
        }
        return bytes
    }

    private static func number(_ value: CBORValue) throws(CBORError) -> Int {
        let number = try value.asUnsigned()
        guard number < CredentialParts.countLimit else { throw .notCanonical }
        return Int(number)
    }

    static func refusal(_ error: InvitationError, attemptsLeft: Int) -> InvitationMessage {
        let reason: UInt64 =
            switch error {
            case .wrongCode: 0
            case .exhausted: 1
            case .expired: 2
            case .cancelled: 3
            case .alreadyUsed: 4
            case .alreadyMember: 5
            case .malformedTicket, .newerVersion, .wrongHost, .badMessage, .timedOut, .disconnected,
                .wrongPart, .notStored, .credential, .key:
                6
            case .inviterGone: 7
            case .notForYou: 8
            case .hostNotReady: 9
            case .wrongSecret: 10
            case .tooLarge: 11
            }
        return .refused(reason: reason, attemptsLeft: UInt64(max(0, attemptsLeft)))
    }

    static func error(reason: UInt64, attemptsLeft: UInt64) -> InvitationError {
        switch reason {
        case 0: .wrongCode(attemptsLeft: Int(min(attemptsLeft, 100)))
        case 1: .exhausted
        case 2: .expired
        case 3: .cancelled
        case 4: .alreadyUsed
        case 5: .alreadyMember
        case 7: .inviterGone
        case 8: .notForYou
        case 9: .hostNotReady
        case 10: .wrongSecret
        case 11: .tooLarge(limit: AdmissionBundle.byteLimit)
        default: .badMessage
        }
    }
}
