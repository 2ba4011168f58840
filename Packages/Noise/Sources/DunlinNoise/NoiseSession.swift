import DunlinEncoding
import DunlinKeys

/// What a finished handshake leaves.
public struct NoiseSession: Sendable {
    /// What is sent from now on goes through it.
    public var transport: NoiseTransport
    /// 64 bytes that both ends share and nobody in between does.
    public let handshakeHash: [UInt8]
    /// The other side's static key, which it has proven to hold.
    public let remoteStatic: AgreementPublicKey
}

/// Encrypted messages in both directions, in order, each at most 65,535 bytes on the wire.
///
/// A failure is final: the numbers of the two ends no longer agree.
/// - Source: Noise revision 34, section 5.3 (Split).
public struct NoiseTransport: Sendable {
    private var sending: CipherState
    private var receiving: CipherState

    /// The largest plaintext of one message.
    public static let maximumPlaintextByteCount = NoiseHandshake.maximumMessageByteCount - 16

    init(sending: CipherState, receiving: CipherState) {
        self.sending = sending
        self.receiving = receiving
    }

    /// Encrypts the next message.
    /// - Throws: ``NoiseError/badLength(_:)`` above ``maximumPlaintextByteCount``.
    public mutating func seal(_ plaintext: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard plaintext.count <= Self.maximumPlaintextByteCount else { throw .badLength(plaintext.count) }
        return try sending.encrypt(plaintext, associated: [])
    }

    /// Decrypts the next message.
    /// - Throws: ``NoiseError/decryptionFailed`` for one that is not the next of the other side; the session
    /// is over.
    public mutating func open(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard (16...NoiseHandshake.maximumMessageByteCount).contains(message.count) else {
            throw .badLength(message.count)
        }
        return try receiving.decrypt(message, associated: [])
    }
}
