import DunlinEncoding

/// The texts that a ticket is written as. Each is a URI (RFC 3986).
/// - Source: `Docs/Spec/Invitations.md`, "Ticket as text".
extension InvitationTicket {
    /// For the clipboard: `dunlin:` and base 32.
    public var text: String { Self.scheme + Base32.encode(encoded()) }

    /// For links: `dunlin://join/` and base 32. Many programs take a text for a link only when it has the two
    /// slashes.
    public var link: String { Self.scheme + Self.path + Base32.encode(encoded()) }

    /// For a QR code: ``link`` in capital letters, which such codes hold in five and a half bits each.
    public var qrPayload: String { link.uppercased() }

    /// Reads ``text``, ``link`` and ``qrPayload``, in capital or small letters and with white space around.
    /// - Throws: ``InvitationError/malformedTicket``, or ``InvitationError/newerVersion(_:)``.
    public init(parsing text: String) throws(InvitationError) {
        guard text.utf8.count <= 4_096 else { throw .malformedTicket }
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let uri = Array(String(trimmed).utf8)
        guard let rest = Self.cut(Self.scheme, from: uri) else { throw .malformedTicket }
        let digits = Self.cut(Self.path, from: rest) ?? rest
        let bytes: [UInt8]
        do {
            bytes = try Base32.decode(String(decoding: digits.map(Self.lowercased), as: UTF8.self))
        } catch {
            // As QR codes were written first: base 45 after the scheme in capitals.
            guard uri.starts(with: Self.scheme.uppercased().utf8),
                let old = try? Base45.decode(String(decoding: rest, as: UTF8.self))
            else { throw .malformedTicket }
            bytes = old
        }
        try self.init(decoding: bytes)
    }

    private static let scheme = "dunlin:"
    private static let path = "//join/"

    /// What follows a beginning, whose letters may be capital or small; nil when it begins otherwise.
    private static func cut(_ beginning: String, from bytes: [UInt8]) -> [UInt8]? {
        let count = beginning.utf8.count
        guard bytes.prefix(count).map(lowercased).elementsEqual(beginning.utf8) else { return nil }
        return Array(bytes.dropFirst(count))
    }

    /// Of ASCII only: no other letter is one of base 32.
    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
}
