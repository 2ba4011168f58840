import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What guest and host say inside the handshake's channel: messages 4 to 9.
/// - Source: `Docs/Spec/Invitations.md`, "Messages".
enum InvitationMessage {
    case guestShare(share: [UInt8], data: [UInt8])
    case hostShare(share: [UInt8], data: [UInt8])
    case guestProof(confirmation: [UInt8], signature: Signature, binding: DeviceBinding)
    case hostProof(confirmation: [UInt8], signature: Signature)
    case admission([UInt8])
    case acknowledged
    case refused(reason: UInt64, attemptsLeft: UInt64)

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
                .notStored,
                .credential, .key:
                6
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
        default: .badMessage
        }
    }
}

/// Who the guest is, as it enters the key exchange.
public struct GuestDescription: Hashable, Sendable {
    /// For a space: the guest's identity and device. For a device: nil, the host will certify it.
    public var chain: CertificateChain?
    /// The signing key of the guest's device.
    public var device: DeviceID
    /// The key to seal content keys to.
    public var box: AgreementPublicKey
    /// The key of its control feed in the space.
    public var control: PublicSigningKey
    /// The key of its data feed in the space.
    public var data: PublicSigningKey
    /// The key for its connections in the space.
    public var noise: AgreementPublicKey

    /// A guest of these keys.
    public init(
        chain: CertificateChain?, device: DeviceID, box: AgreementPublicKey, control: PublicSigningKey,
        data: PublicSigningKey, noise: AgreementPublicKey
    ) {
        self.chain = chain
        self.device = device
        self.box = box
        self.control = control
        self.data = data
        self.noise = noise
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, chain?.encodedValue), (2, device.encodedValue), (3, box.encodedValue),
            (4, control.encodedValue), (5, data.encodedValue), (6, noise.encodedValue),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            chain = try fields.optionalValue(1).map { try CertificateChain($0) }
            device = try DeviceID(fields.value(2))
            box = try AgreementPublicKey(fields.value(3))
            control = try PublicSigningKey(fields.value(4))
            data = try PublicSigningKey(fields.value(5))
            noise = try AgreementPublicKey(fields.value(6))
            try fields.finish()
        } catch { throw .badMessage }
        if let chain, chain.device != device || chain.box != box { throw .badMessage }
    }
}

/// Who the host is and what it invites to, as it enters the key exchange.
public struct HostDescription: Hashable, Sendable {
    /// Whose device the host is.
    public var chain: CertificateChain
    /// The space that the invitation leads to.
    public var space: SpaceID
    /// The founding credential of the space, which the guest demands to see.
    public var genesis: CredentialID

    /// A host of these fields.
    public init(chain: CertificateChain, space: SpaceID, genesis: CredentialID) {
        self.chain = chain
        self.space = space
        self.genesis = genesis
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([(1, chain.encodedValue), (2, space.encodedValue), (3, genesis.encodedValue)])
            .encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            chain = try CertificateChain(fields.value(1))
            space = try SpaceID(fields.value(2))
            genesis = try CredentialID(fields.value(3))
            try fields.finish()
        } catch { throw .badMessage }
    }
}
