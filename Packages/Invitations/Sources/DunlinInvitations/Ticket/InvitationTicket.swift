import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What the guest is given: as text, link or QR code. Where a code goes another way it is no secret; where it
/// holds the secret itself it goes to nobody but the guest.
/// - Source: `Docs/Spec/Invitations.md`, "Ticket".
public struct InvitationTicket: Hashable, Sendable {
    /// Who answers, and what lets a guest in.
    public enum Access: Hashable, Sendable {
        /// One host answers, known by its key for this invitation alone; the guest knows six digits.
        case code(host: AgreementPublicKey)
        /// One host answers; the ticket holds what the guest would else type, and is shown as a QR code.
        case scan(ScanSecret, host: AgreementPublicKey)
        /// One host answers; the guest is a device of this identity.
        case identity(IdentityID, host: AgreementPublicKey)
        /// Any member of the space answers; the guest holds the secret, and is a device of `guest` when the
        /// invitation is for one identity alone.
        case secret(InvitationSecret, space: SpaceID, genesis: CredentialID, guest: IdentityID? = nil)
    }

    /// Bytes of a message between guest and host that either takes before it knows the other: 64 KiB.
    public static let messageLimit = InvitationMessage.byteLimit

    /// The invitation that it is for.
    public let id: InvitationID
    /// Who answers, and what lets a guest in.
    public let access: Access
    /// What the guest becomes.
    public var kind: InvitationKind
    /// Milliseconds since 1970; for display, the host decides.
    public var expires: UInt64
    /// Texts of rendezvous addresses, at most 3.
    public var rendezvous: [String]
    /// Addresses of the host itself, at most 3.
    public var addresses: [String]

    /// A ticket for a code that goes another way; of rendezvous and of addresses it takes the first three.
    public init(
        id: InvitationID, host: AgreementPublicKey, kind: InvitationKind, expires: UInt64,
        rendezvous: [String], addresses: [String]
    ) {
        self.init(
            id: id, access: .code(host: host), kind: kind, expires: expires, rendezvous: rendezvous,
            addresses: addresses)
    }

    /// A ticket of any kind of access; `id` counts where one host answers, a secret yields its own.
    public init(
        id: InvitationID, access: Access, kind: InvitationKind, expires: UInt64, rendezvous: [String],
        addresses: [String]
    ) {
        if case .secret(let secret, _, _, _) = access { self.id = secret.id } else { self.id = id }
        self.access = access
        self.kind = kind
        self.expires = expires
        self.rendezvous = Array(rendezvous.prefix(3))
        self.addresses = Array(addresses.prefix(3))
    }

    /// The key of the one host that answers; nil where any member does.
    public var host: AgreementPublicKey? {
        switch access {
        case .code(let host), .scan(_, let host), .identity(_, let host): host
        case .secret: nil
        }
    }

    /// The identity that alone is let in; nil for anybody.
    public var guest: IdentityID? {
        switch access {
        case .code, .scan: nil
        case .identity(let identity, _): identity
        case .secret(_, _, _, let identity): identity
        }
    }

    /// Whether the guest will be asked for six digits.
    public var needsCode: Bool { if case .code = access { true } else { false } }

    /// Whether guest and host show each other by CPace that they know the same: digits, or what was scanned.
    public var usesCPace: Bool {
        switch access {
        case .code, .scan: true
        case .identity, .secret: false
        }
    }

    /// Bound into the handshake.
    public var prologue: [UInt8] {
        guard case .secret(let secret, _, _, _) = access else { return id.prologue }
        return InvitationID.prologue(inviteKey: secret.key.publicKey)
    }

    // MARK: Encoding

    /// The ticket as CBOR, which ``text`` draws as text. A secret in it is a copy in ordinary memory, as are
    /// the text, the QR code and what the guest pastes: a ticket is there to be shown.
    public func encoded() -> [UInt8] {
        func texts(_ items: [String]) -> CBORValue? {
            items.isEmpty ? nil : .array(items.map { .text(UTF8String($0)) })
        }
        var secret: CBORValue?, space: CBORValue?, genesis: CBORValue?
        if case .secret(let held, let id, let founding, _) = access {
            (secret, space, genesis) = (.bytes(held.bytes.copied()), id.encodedValue, founding.encodedValue)
        }
        if case .scan(let held, _) = access { secret = .bytes(held.bytes.copied()) }
        return CBORValue.fields([
            (1, .unsigned(1)), (2, host == nil ? nil : .bytes(id.bytes)), (3, host?.encodedValue),
            (4, texts(rendezvous)), (5, .unsigned(kind.rawValue)), (6, .unsigned(expires)), (7, secret),
            (8, texts(addresses)), (9, space), (10, genesis), (11, guest?.encodedValue),
        ]).encoded()
    }

    /// Reads ``encoded()``.
    /// - Throws: ``InvitationError/malformedTicket``, or ``InvitationError/newerVersion(_:)``.
    public init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            let version = try fields.unsigned(1)
            guard version == 1 else { throw InvitationError.newerVersion(version) }
            let random = try fields.optionalBytes(2, count: 16)
            let host = try fields.optionalValue(3).map { try AgreementPublicKey($0) }
            rendezvous = try Self.texts(fields.optionalArray(4, atMost: 3))
            guard let kind = InvitationKind(rawValue: try fields.unsigned(5)) else {
                throw CBORError.notCanonical
            }
            self.kind = kind
            expires = try fields.unsigned(6)
            let secret = try fields.optionalBytes(7, count: InvitationSecret.byteCount)
            addresses = try Self.texts(fields.optionalArray(8, atMost: 3))
            let space = try fields.optionalValue(9).map { try SpaceID($0) }
            let genesis = try fields.optionalValue(10).map { try CredentialID($0) }
            let guest = try fields.optionalValue(11).map { try IdentityID($0) }
            try fields.finish()
            switch (random.flatMap { InvitationID(bytes: $0) }, host, secret, space, genesis) {
            case (let id?, let host?, nil, nil, nil):
                guard guest == nil || kind == .space else { throw CBORError.notCanonical }
                self.id = id
                access = guest.map { .identity($0, host: host) } ?? .code(host: host)
            case (let id?, let host?, let secret?, nil, nil):
                guard guest == nil else { throw CBORError.notCanonical }
                self.id = id
                access = .scan(try ScanSecret(bytes: SecretBytes(copying: secret)), host: host)
            case (nil, nil, let secret?, let space?, let genesis?):
                guard kind == .space else { throw CBORError.notCanonical }
                let held = try InvitationSecret(bytes: SecretBytes(copying: secret))
                id = held.id
                access = .secret(held, space: space, genesis: genesis, guest: guest)
            default: throw CBORError.notCanonical
            }
        } catch let error as InvitationError {
            throw error
        } catch { throw .malformedTicket }
    }

    private static func texts(_ items: [CBORValue]?) throws(CBORError) -> [String] {
        var texts: [String] = []
        for item in items ?? [] {
            let text = try item.asText()
            guard text.utf8Count <= 256 else { throw .wrongLength(expected: 256, found: text.utf8Count) }
            texts.append(text.string)
        }
        return texts
    }
}
