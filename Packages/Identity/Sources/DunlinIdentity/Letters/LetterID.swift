import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// Names a letter: 16 bytes that follow from where it lies and the invitation in it, and tell nothing of the
/// invitation. Whoever knows that finds the letter, and a copy at another place is none.
public struct LetterID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// The letter with an invitation in a space.
    /// - Parameter feed: The data feed there of the device that sends it.
    public init(of invitation: InvitationID, in space: SpaceID, from feed: PublicSigningKey) {
        let hash = Digest.blake2b(
            Array("letter".utf8), space.bytes, feed.bytes, invitation.bytes)
        bytes = Array(hash.bytes.prefix(16))
    }

    /// nil unless there are exactly 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads ``description``.
    public init?(_ text: String) {
        guard let bytes = try? Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The bytes in base 32.
    public var description: String { Base32.encode(bytes) }

    /// In the order of the bytes.
    public static func < (a: LetterID, b: LetterID) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
