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
    /// Six digits, told to the guest another way; nil when it is for one identity, or scanned.
    public let code: String?
    /// What the ticket holds instead of a code, so that it is scanned and nothing is typed.
    public let scan: ScanSecret?
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
    /// - Parameters:
    ///   - guest: The identity that alone is let in, to a space; then no code is needed.
    ///   - isScanned: Whether the ticket holds a secret instead of a code; means nothing with `guest`.
    public static func make(
        kind: InvitationKind, role: Role, guest: IdentityID? = nil, isScanned: Bool = false,
        lifetime: UInt64 = defaultLifetime,
        wallClock: UInt64, random: inout some RandomSource
    ) throws(InvitationError) -> HostedInvitation {
        let number = String(random.uniform(below: 1_000_000))
        let code = String(repeating: "0", count: 6 - number.count) + number
        guard let id = InvitationID(bytes: random.bytes(16)) else { throw .malformedTicket }
        let scan =
            isScanned && guest == nil ? try ScanSecret(bytes: random.secret(ScanSecret.byteCount)) : nil
        do throws(KeyError) {
            return HostedInvitation(
                id: id, kind: kind, role: role, code: guest == nil && scan == nil ? code : nil, scan: scan,
                guest: guest,
                staticKey: try .make(random: &random),
                expires: wallClock + min(lifetime, longestLifetime), attemptsLeft: attemptLimit,
                redeemedBy: nil)
        } catch { throw .key(error) }
    }

    private init(
        id: InvitationID, kind: InvitationKind, role: Role, code: String?, scan: ScanSecret?,
        guest: IdentityID?,
        staticKey: AgreementKey,
        expires: UInt64, attemptsLeft: Int, redeemedBy: DeviceID?
    ) {
        self.id = id
        self.kind = kind
        self.role = role
        self.code = code
        self.scan = scan
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

    /// The attempt that was counted last was none of guessing.
    mutating func returnAttempt() { attemptsLeft = min(attemptsLeft + 1, Self.attemptLimit) }

    /// Notes who was let in.
    public mutating func redeem(_ device: DeviceID) { redeemedBy = device }

    /// What is handed to the guest; the code goes another way.
    public func ticket(rendezvous: [String], addresses: [String]) -> InvitationTicket {
        InvitationTicket(
            id: id,
            access: access,
            kind: kind, expires: expires, rendezvous: rendezvous, addresses: addresses)
    }

    private var access: InvitationTicket.Access {
        if let guest { return .identity(guest, host: staticKey.publicKey) }
        return scan.map { .scan($0, host: staticKey.publicKey) } ?? .code(host: staticKey.publicKey)
    }

    /// What guest and host compare: the digits in ASCII, or what was scanned; nil when there is neither.
    var password: SecretBytes? {
        // The digits are shown to the host's person, so that a text of them is there anyway.
        code.map { SecretBytes(copying: Array($0.utf8)) } ?? scan?.bytes
    }

    /// For the host's own store: what is secret in it is sealed to the host's device.
    public func encoded(
        sealingTo box: AgreementPublicKey, random: inout some RandomSource
    ) throws(InvitationError) -> [UInt8] {
        let secrets = SecretBytes.joined([staticKey.seed] + (password.map { [$0] } ?? []))
        let sealed: [UInt8]
        do { sealed = try SealedBox.seal(secrets, to: box, random: &random) } catch { throw .key(error) }
        return CBORValue.fields([
            (1, .bytes(id.bytes)), (2, .unsigned(kind.rawValue)), (3, .unsigned(role.rawValue)),
            (5, .bytes(sealed)), (6, .unsigned(expires)),
            (7, .integer(Int64(attemptsLeft))), (8, redeemedBy?.encodedValue),
            (9, guest?.encodedValue),
        ]).encoded()
    }

    /// Reads what ``encoded(sealingTo:random:)`` gives.
    /// - Throws: ``InvitationError/malformedTicket`` for anything else.
    public init(decoding bytes: [UInt8], openingWith box: AgreementKey) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            guard let id = InvitationID(bytes: try fields.bytes(1, count: 16)),
                let kind = InvitationKind(rawValue: try fields.unsigned(2)),
                let role = Role(rawValue: try fields.unsigned(3))
            else { throw CBORError.notCanonical }
            self.id = id
            self.kind = kind
            self.role = role
            let secrets = try SealedBox.open(fields.bytes(5, atMost: 128), with: box)
            staticKey = try AgreementKey(seed: secrets.slice(0..<32))
            expires = try fields.unsigned(6)
            attemptsLeft = Int(clamping: try fields.value(7).asInteger())
            redeemedBy = try fields.optionalValue(8).map { try DeviceID($0) }
            guest = try fields.optionalValue(9).map { try IdentityID($0) }
            try fields.finish()
            switch (secrets.count - 32, guest) {
            case (0, _?): (code, scan) = (nil, nil)
            case (6, nil):
                code = String(decoding: try secrets.slice(32..<38).copied(), as: UTF8.self)
                scan = nil
            case (ScanSecret.byteCount, nil):
                code = nil
                scan = try ScanSecret(bytes: secrets.slice(32..<secrets.count))
            default: throw CBORError.notCanonical
            }
        } catch { throw .malformedTicket }
    }
}
