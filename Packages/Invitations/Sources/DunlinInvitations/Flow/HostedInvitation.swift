import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// An invitation as its host keeps it. Stored before anything is said that depends on it, so that a crash
/// gives no attempt back.
public struct HostedInvitation: Sendable {
    /// Wrong codes that an invitation bears.
    public static let attemptLimit = 3
    /// Ten minutes, in milliseconds.
    public static let defaultLifetime: UInt64 = 10 * 60 * 1_000
    /// Milliseconds that an invitation may last: a day.
    public static let longestLifetime: UInt64 = 24 * 60 * 60 * 1_000

    /// Names the invitation; the ticket carries it.
    public let id: InvitationID
    /// Whether it leads into a space or makes a device.
    public let kind: InvitationKind
    /// What the guest will be allowed to do.
    public let role: Role
    /// Six digits, told to the guest another way; nil when it is for one identity, which needs none.
    public let code: String?
    /// The identity that alone is let in; nil for whoever knows the code.
    public let guest: IdentityID?
    /// The key of this invitation alone; the ticket carries its public half.
    public let staticKey: AgreementKey
    /// Milliseconds since 1970 by the host's clock.
    public let expires: UInt64
    /// Wrong codes that are still borne; below zero while the one who was let in fetches its answer again.
    public private(set) var attemptsLeft: Int
    /// The device that was admitted; the same one may come again when it missed the answer.
    public private(set) var redeemedBy: DeviceID?

    /// A new invitation with a fresh key, and a fresh code unless it is for a known identity.
    /// - Parameter guest: The identity that alone is let in, to a space; then no code is needed.
    public static func make(
        kind: InvitationKind, role: Role, guest: IdentityID? = nil, lifetime: UInt64 = defaultLifetime,
        wallClock: UInt64, random: inout some RandomSource
    ) throws(InvitationError) -> HostedInvitation {
        let number = String(random.uniform(below: 1_000_000))
        let code = String(repeating: "0", count: 6 - number.count) + number
        guard let id = InvitationID(bytes: random.bytes(16)) else { throw .malformedTicket }
        do {
            return HostedInvitation(
                id: id, kind: kind, role: role, code: guest == nil ? code : nil, guest: guest,
                staticKey: try .make(random: &random),
                expires: wallClock + min(lifetime, longestLifetime), attemptsLeft: attemptLimit,
                redeemedBy: nil)
        } catch { throw .key(error) }
    }

    private init(
        id: InvitationID, kind: InvitationKind, role: Role, code: String?, guest: IdentityID?,
        staticKey: AgreementKey,
        expires: UInt64, attemptsLeft: Int, redeemedBy: DeviceID?
    ) {
        self.id = id
        self.kind = kind
        self.role = role
        self.code = code
        self.guest = guest
        self.staticKey = staticKey
        self.expires = expires
        self.attemptsLeft = attemptsLeft
        self.redeemedBy = redeemedBy
    }

    /// Whether its time is over.
    /// - Parameter wallClock: Milliseconds since 1970.
    public func isExpired(_ wallClock: UInt64) -> Bool { wallClock >= expires }

    /// Why nobody can redeem it any more; nil while it stands.
    public func refusal(for device: DeviceID?, wallClock: UInt64) -> InvitationError? {
        if isExpired(wallClock) { return .expired }
        guard let redeemedBy else { return attemptsLeft > 0 ? nil : .exhausted }
        guard redeemedBy == device else { return .alreadyUsed }
        // It has proven itself before and may fetch its answer again, as often as a guest may guess.
        return attemptsLeft > -Self.attemptLimit ? nil : .exhausted
    }

    mutating func useAttempt() { attemptsLeft -= 1 }

    /// Notes who was let in.
    public mutating func redeem(_ device: DeviceID) { redeemedBy = device }

    /// What is handed to the guest; the code goes another way.
    public func ticket(rendezvous: [String], addresses: [String]) -> InvitationTicket {
        InvitationTicket(
            id: id,
            access: guest.map { .identity($0, host: staticKey.publicKey) }
                ?? .code(host: staticKey.publicKey),
            kind: kind, expires: expires, rendezvous: rendezvous, addresses: addresses)
    }

    /// For the host's own store, which is as private as its home folder.
    public func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, .bytes(id.bytes)), (2, .unsigned(kind.rawValue)), (3, .unsigned(role.rawValue)),
            (4, code.map { .text(UTF8String($0)) }), (5, .bytes(staticKey.seed.copied())),
            (6, .unsigned(expires)),
            (7, .integer(Int64(attemptsLeft))), (8, redeemedBy?.encodedValue),
            (9, guest?.encodedValue),
        ]).encoded()
    }

    /// Reads ``encoded()``.
    /// - Throws: ``InvitationError/malformedTicket`` for anything else.
    public init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            guard let id = InvitationID(bytes: try fields.bytes(1, count: 16)),
                let kind = InvitationKind(rawValue: try fields.unsigned(2)),
                let role = Role(rawValue: try fields.unsigned(3))
            else { throw CBORError.notCanonical }
            self.id = id
            self.kind = kind
            self.role = role
            code = try fields.optionalText(4, atMost: 16)?.string
            staticKey = try AgreementKey(seed: SecretBytes(copying: fields.bytes(5, count: 32)))
            expires = try fields.unsigned(6)
            attemptsLeft = Int(clamping: try fields.value(7).asInteger())
            redeemedBy = try fields.optionalValue(8).map { try DeviceID($0) }
            guest = try fields.optionalValue(9).map { try IdentityID($0) }
            guard (code == nil) != (guest == nil) else { throw CBORError.notCanonical }
            try fields.finish()
        } catch { throw .malformedTicket }
    }
}
