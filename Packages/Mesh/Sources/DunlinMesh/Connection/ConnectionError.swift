import DunlinKeys
import DunlinNoise

/// Why a connection ended. It is final; dial again.
public enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    case badPreamble
    case noise(NoiseError)
    /// The other side's key is not the one that was expected.
    case unexpectedKey
    case handshakeTimedOut
    /// Nothing was heard for 30 seconds.
    case silent
    case badFrame
    /// More was sent than was granted.
    case creditExceeded
    case messageTooLarge(limit: Int)
    /// More waits to be sent than the other side takes.
    case tooSlow(queuedByteCount: Int)
    case refused

    /// One sentence: why the connection is over.
    public var description: String {
        switch self {
        case .badPreamble: "The other side does not speak this protocol."
        case .noise(let cause): "\(cause)"
        case .unexpectedKey: "The other side has another key than expected."
        case .handshakeTimedOut: "The handshake took longer than 5 seconds."
        case .silent: "The other side was silent for 30 seconds."
        case .badFrame: "The other side sent a frame that makes no sense."
        case .creditExceeded: "The other side sent more than it was allowed to."
        case .messageTooLarge(let limit): "A message is larger than \(limit) bytes."
        case .tooSlow(let count): "The other side takes too little; \(count) bytes are waiting."
        case .refused: "The connection was refused."
        }
    }
}
