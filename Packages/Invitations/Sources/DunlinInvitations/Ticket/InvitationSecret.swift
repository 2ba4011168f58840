import DunlinKeys

/// The secret of an unattended invitation: 16 random bytes, which only the ticket holds. Whoever has them can
/// sign as the invitation; members know the public key alone, from the credential that its issuer made.
public struct InvitationSecret: Hashable, Sendable {
    /// Bytes of a secret.
    public static let byteCount = 16

    /// The secret itself.
    public let bytes: SecretBytes
    /// Signs that its holder is let in.
    public let key: SigningKey

    /// - Throws: ``InvitationError/malformedTicket`` unless there are 16 bytes.
    public init(bytes: SecretBytes) throws(InvitationError) {
        guard bytes.count == Self.byteCount else { throw .malformedTicket }
        self.bytes = bytes
        do { key = try SigningKey(seed: deriveKey(bytes, "invite-key")) } catch { throw .key(error) }
    }

    /// A fresh secret.
    public static func make(random: inout some RandomSource) throws(InvitationError) -> InvitationSecret {
        try InvitationSecret(bytes: random.secret(byteCount))
    }

    /// The invitation that it belongs to.
    public var id: InvitationID { InvitationID(inviteKey: key.publicKey) }

    /// Whether both yield the same key.
    public static func == (a: InvitationSecret, b: InvitationSecret) -> Bool {
        a.key.publicKey == b.key.publicKey
    }

    /// By the public key.
    public func hash(into hasher: inout Hasher) { hasher.combine(key.publicKey) }
}
