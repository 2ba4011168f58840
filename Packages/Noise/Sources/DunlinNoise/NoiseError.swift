import DunlinKeys

/// Why a handshake or a transport message failed. The session is over; connect anew.
public enum NoiseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A message was written or read out of turn.
    case outOfTurn
    /// A message shorter than its pattern, or longer than 65,535 bytes.
    case badLength(Int)
    /// Wrong key, changed bytes, or another prologue on the other side.
    case decryptionFailed
    /// The other side's public key is of small order.
    case badKey
    /// 2^64 - 1 messages were sent under one key.
    case nonceExhausted
    case unfinished
    case key(KeyError)

    /// One sentence: why the session is over.
    public var description: String {
        switch self {
        case .outOfTurn: "A handshake message came out of turn."
        case .badLength(let count): "A Noise message of \(count) bytes is not possible here."
        case .decryptionFailed:
            "A Noise message does not decrypt: other keys, another prologue, or tampering."
        case .badKey: "The other side sent an unusable public key."
        case .nonceExhausted: "The connection has used up its message numbers."
        case .unfinished: "The handshake is not finished."
        case .key(let cause): "\(cause)"
        }
    }
}
