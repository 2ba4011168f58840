import DunlinKeys

/// What stands in a QR code instead of six digits: 16 random bytes, which nobody types. Whoever scans the
/// code from the host's screen is there.
public struct ScanSecret: Hashable, Sendable {
    /// Bytes of a secret.
    public static let byteCount = 16

    /// The secret itself.
    public let bytes: SecretBytes

    /// - Throws: ``InvitationError/malformedTicket`` unless there are 16 bytes.
    public init(bytes: SecretBytes) throws(InvitationError) {
        guard bytes.count == Self.byteCount else { throw .malformedTicket }
        self.bytes = bytes
    }

    /// Whether both are the same; in a time that does not depend on where they differ.
    public static func == (a: ScanSecret, b: ScanSecret) -> Bool { a.bytes == b.bytes }

    /// By a hash that does not give the secret away.
    public func hash(into hasher: inout Hasher) { hasher.combine(Digest.blake2b("scan", secret: bytes)) }
}
