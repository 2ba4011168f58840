/// Why a cryptographic operation was refused.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libsodium could not start; the platform has no usable randomness.
    case unavailable
    /// A key, nonce, seed or signature of another length.
    case wrongLength(expected: Int, found: Int)
    /// The ciphertext was changed, or it was sealed under another key, nonce or context.
    case authenticationFailed
    /// A public key of small order or an undecodable point: an attack or garbage.
    case badPoint
    /// Padding that no one writes.
    case badPadding
    /// The text is no did:key of an Ed25519 key.
    case badDID

    /// One sentence: what is wrong.
    public var description: String {
        switch self {
        case .unavailable: "libsodium could not be started on this machine."
        case .wrongLength(let expected, let found): "Expected \(expected) bytes, found \(found)."
        case .authenticationFailed: "The data was changed, or was encrypted under another key."
        case .badPoint: "The public key is not usable (small order or not a point)."
        case .badPadding: "The padding of the decrypted data is wrong."
        case .badDID: "The text is not a did:key of an Ed25519 key."
        }
    }
}
