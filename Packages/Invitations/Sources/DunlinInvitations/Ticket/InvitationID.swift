import DunlinEncoding
import DunlinKeys

/// Names an invitation: 16 bytes; random ones, or of an unattended invitation those that its key yields.
public struct InvitationID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// An id of 16 bytes; nil for another number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The id of an unattended invitation: who knows its public key knows it, and not the other way round.
    public init(inviteKey key: PublicSigningKey) {
        bytes = Array(Digest.blake2b(Array("invite-id".utf8), key.bytes).bytes.prefix(16))
    }

    /// Reads ``description``; nil for anything else.
    public init?(_ text: String) {
        guard let bytes = try? Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The bytes in base32.
    public var description: String { Base32.encode(bytes) }

    /// In the order of the bytes.
    public static func < (a: InvitationID, b: InvitationID) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }

    /// What a guest sends in clear before the handshake, so that the host knows which invitation is meant.
    public var selector: [UInt8] {
        Array(Digest.blake2b(Array("invite-select".utf8), bytes).bytes.prefix(16))
    }

    /// Bound into the handshake of an invitation that one host answers.
    public var prologue: [UInt8] { Array("invite/1".utf8) + bytes }

    /// Bound into the handshake of an unattended invitation: the key, which only members and those who hold
    /// the ticket know, keeps everybody else from finishing it.
    public static func prologue(inviteKey key: PublicSigningKey) -> [UInt8] {
        Array("invite/1".utf8) + key.bytes
    }

    /// Where host and guest find each other at a rendezvous.
    public var topic: Digest { Digest.blake2b(Array("topicinvite/1".utf8), bytes) }
}

/// What somebody is invited to.
public enum InvitationKind: UInt64, Hashable, Sendable {
    /// To become a member of a space.
    case space = 0
    /// To become a device of the host's identity.
    case device = 1
}
