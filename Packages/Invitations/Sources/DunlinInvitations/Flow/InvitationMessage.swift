import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What guest and host say inside the handshake's channel: messages 4 to 14.
/// - Source: `Docs/Spec/Invitations.md`, "Messages".
enum InvitationMessage {
    case guestShare(share: [UInt8], data: [UInt8])
    case hostShare(share: [UInt8], data: [UInt8])
    case guestProof(confirmation: [UInt8], signature: Signature, binding: DeviceBinding)
    case hostProof(confirmation: [UInt8], signature: Signature)
    case admission([UInt8])
    case acknowledged
    case refused(reason: UInt64, attemptsLeft: UInt64)
    /// What the host of a code says first.
    case claim(InvitationClaim)
    case knock(Digest)
    case greeting([UInt8], Signature)
    case proof([UInt8], DeviceBinding, Signature, Signature?)

    /// Bytes in which a host or a guest describes itself.
    static let descriptionLimit = 8 << 10

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
        case .admission(let bundle): CBORValue.array([.unsigned(8), .bytes(bundle)]).encoded()
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
        }
    }

    init(_ bytes: [UInt8]) throws(InvitationError) {
        do throws(CBORError) {
            let items = try CBORValue(decoding: bytes).asArray()
            guard let first = items.first else { throw CBORError.notCanonical }
            switch (try first.asUnsigned(), items.count) {
            case (4, 3):
                self = .guestShare(share: try items[1].asBytes(count: 32), data: try items[2].asBytes())
            case (5, 3):
                self = .hostShare(share: try items[1].asBytes(count: 32), data: try items[2].asBytes())
            case (6, 4):
                self = .guestProof(
                    confirmation: try items[1].asBytes(count: 64), signature: try Signature(items[2]),
                    binding: try DeviceBinding(items[3]))
            case (7, 3):
                self = .hostProof(
                    confirmation: try items[1].asBytes(count: 64), signature: try Signature(items[2]))
            case (8, 2): self = .admission(try items[1].asBytes())
            case (9, 1): self = .acknowledged
            case (10, 3):
                self = .refused(reason: try items[1].asUnsigned(), attemptsLeft: try items[2].asUnsigned())
            case (11, 2): self = .claim(try InvitationClaim(items[1]))
            case (12, 2): self = .knock(try Digest(items[1]))
            case (13, 3): self = .greeting(try items[1].asBytes(), try Signature(items[2]))
            case (14, 4), (14, 5):
                let guest = try items[1].asBytes()
                guard guest.count <= Self.descriptionLimit else {
                    throw CBORError.tooLong(byteCount: guest.count, limit: Self.descriptionLimit)
                }
                self = .proof(
                    guest, try DeviceBinding(items[2]), try Signature(items[3]),
                    items.count == 5 ? try Signature(items[4]) : nil)
            default: throw CBORError.notCanonical
            }
        } catch { throw .badMessage }
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
                .notStored, .credential, .key:
                6
            case .inviterGone: 7
            case .notForYou: 8
            case .hostNotReady: 9
            case .wrongSecret: 10
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
        default: .badMessage
        }
    }
}
