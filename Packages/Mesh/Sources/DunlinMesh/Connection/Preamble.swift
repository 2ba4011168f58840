import DunlinEncoding
import DunlinKeys

/// What a connection is for: bytes in clear before the handshake.
/// - Source: `Docs/Spec/Frames.md`.
public enum Preamble: Hashable, Sendable {
    case space(salt: [UInt8], tag: [UInt8])
    case invitation(selector: [UInt8])
    case rendezvous

    /// For a space whose secret one knows. Says nothing to those who do not.
    public static func space(secret: SecretBytes, random: inout some RandomSource) -> Preamble {
        let salt = random.bytes(16)
        return .space(salt: salt, tag: tag(secret, salt))
    }

    /// Whether the preamble means the space with this secret.
    public func means(secret: SecretBytes) -> Bool {
        guard case .space(let salt, let tag) = self else { return false }
        return constantTimeEqual(tag, Self.tag(secret, salt))
    }

    private static func tag(_ secret: SecretBytes, _ salt: [UInt8]) -> [UInt8] {
        Array(Digest.keyed(deriveKey(secret, "select"), salt).bytes.prefix(16))
    }

    var encoded: [UInt8] {
        switch self {
        case .space(let salt, let tag): [0x11] + salt + tag
        case .invitation(let selector): [0x12] + selector
        case .rendezvous: [0x13]
        }
    }

    static func byteCount(kind: UInt8) -> Int? {
        switch kind {
        case 0x11: 33
        case 0x12: 17
        case 0x13: 1
        default: nil
        }
    }

    init?(_ bytes: [UInt8]) {
        switch (bytes.first, bytes.count) {
        case (0x11, 33): self = .space(salt: Array(bytes[1..<17]), tag: Array(bytes[17...]))
        case (0x12, 17): self = .invitation(selector: Array(bytes[1...]))
        case (0x13, 1): self = .rendezvous
        default: return nil
        }
    }
}
