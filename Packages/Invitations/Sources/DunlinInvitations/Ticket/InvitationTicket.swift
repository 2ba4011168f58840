import DunlinEncoding
import DunlinKeys

/// Names an invitation: 16 random bytes.
public struct InvitationID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// An id of 16 bytes; nil for another number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
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

    /// Bound into the handshake of the invitation.
    public var prologue: [UInt8] { Array("invite/1".utf8) + bytes }

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

/// What the guest is given: as text, link or QR code. It is no secret; the code is, and goes another way.
/// - Source: `Docs/Spec/Invitations.md`, "Ticket".
public struct InvitationTicket: Hashable, Sendable {
    /// The invitation that it is for.
    public var id: InvitationID
    /// The host's key for this invitation alone.
    public var host: AgreementPublicKey
    /// What the guest becomes.
    public var kind: InvitationKind
    /// Milliseconds since 1970; for display, the host decides.
    public var expires: UInt64
    /// Texts of rendezvous addresses, at most 3.
    public var rendezvous: [String]
    /// Addresses of the host itself, at most 3.
    public var addresses: [String]

    /// A ticket of these fields; of rendezvous and of addresses it takes the first three.
    public init(
        id: InvitationID, host: AgreementPublicKey, kind: InvitationKind, expires: UInt64,
        rendezvous: [String],
        addresses: [String]
    ) {
        self.id = id
        self.host = host
        self.kind = kind
        self.expires = expires
        self.rendezvous = Array(rendezvous.prefix(3))
        self.addresses = Array(addresses.prefix(3))
    }

    /// The ticket as CBOR, which ``description`` draws as text.
    public func encoded() -> [UInt8] {
        func texts(_ items: [String]) -> CBORValue? {
            items.isEmpty ? nil : .array(items.map { .text(UTF8String($0)) })
        }
        return CBORValue.fields([
            (1, .unsigned(1)), (2, .bytes(id.bytes)), (3, host.encodedValue), (4, texts(rendezvous)),
            (5, .unsigned(kind.rawValue)), (6, .unsigned(expires)), (8, texts(addresses)),
        ]).encoded()
    }

    /// Reads ``encoded()``.
    /// - Throws: ``InvitationError/malformedTicket``, or ``InvitationError/newerVersion(_:)``.
    public init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            let version = try fields.unsigned(1)
            guard version == 1 else { throw InvitationError.newerVersion(version) }
            guard let id = InvitationID(bytes: try fields.bytes(2, count: 16)) else {
                throw CBORError.notCanonical
            }
            self.id = id
            host = try AgreementPublicKey(fields.value(3))
            rendezvous = try Self.texts(fields.optionalArray(4, atMost: 3))
            guard let kind = InvitationKind(rawValue: try fields.unsigned(5)) else {
                throw CBORError.notCanonical
            }
            self.kind = kind
            expires = try fields.unsigned(6)
            addresses = try Self.texts(fields.optionalArray(8, atMost: 3))
            try fields.finish()
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
