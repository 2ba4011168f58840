import DunlinEncoding

/// Who invites to what, in the host's own words: names for a person to recognise.
///
/// The guest sees them before it has proven or verified anything. They stay a claim until the handshake has
/// ended; then the host that was verified is known to have made it, and names are still what it says.
public struct InvitationClaim: Hashable, Sendable {
    /// Bytes that a name may have in UTF-8.
    public static let nameLimit = 256

    /// How the inviter calls itself; may be empty.
    public let inviter: String
    /// How the space is called there; may be empty.
    public let space: String

    /// A claim of names, without what a display must not be given: control characters, marks that turn the
    /// direction of writing, and what goes beyond 256 bytes.
    public init(inviter: String, space: String) {
        self.inviter = Self.cleaned(inviter)
        self.space = Self.cleaned(space)
    }

    /// Whether a name can be shown as it is: it has something to see, and nothing that a display must not be
    /// given.
    public static func isPresentable(_ name: String) -> Bool {
        !name.unicodeScalars.contains(where: isForbidden) && !name.allSatisfy(\.isWhitespace)
    }

    private static func cleaned(_ name: String) -> String {
        var count = 0
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !isForbidden(scalar) {
            count += UTF8.width(scalar)
            guard count <= nameLimit else { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
        default: scalar.properties.generalCategory == .control
        }
    }

    var encodedValue: CBORValue {
        CBORValue.fields([(1, .text(UTF8String(inviter))), (2, .text(UTF8String(space)))])
    }

    init(_ value: CBORValue) throws(CBORError) {
        var fields = try CBORFields(value)
        inviter = try fields.text(1, atMost: Self.nameLimit).string
        space = try fields.text(2, atMost: Self.nameLimit).string
        try fields.finish()
        for name in [inviter, space] where name.unicodeScalars.contains(where: Self.isForbidden) {
            throw .notCanonical
        }
    }
}
