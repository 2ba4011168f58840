import CSodium
import DunlinEncoding

/// An X25519 public key: 32 bytes. Box keys of devices and Noise statics are such keys.
public struct AgreementPublicKey: FixedBytes32 {
    /// The 32 bytes.
    public let raw: Bytes32
    /// A key of any 32 bytes; one of small order is refused when it is used.
    public init(raw: Bytes32) { self.raw = raw }
}

/// An X25519 key pair, the secret in locked memory.
public struct AgreementKey: Sendable {
    /// The public half.
    public let publicKey: AgreementPublicKey
    /// The 32-byte secret scalar; what a keyring stores.
    public let seed: SecretBytes

    /// - Throws: ``KeyError/wrongLength(expected:found:)`` unless the seed has 32 bytes.
    public init(seed: SecretBytes) throws(KeyError) {
        guard seed.count == 32 else { throw .wrongLength(expected: 32, found: seed.count) }
        Sodium.start()
        self.seed = seed
        var output = [UInt8](repeating: 0, count: 32)
        unsafe crypto_scalarmult_base(&output, seed.pointer)
        guard let key = AgreementPublicKey(bytes: output) else { throw .unavailable }
        publicKey = key
    }

    /// A fresh key.
    public static func make(random: inout some RandomSource) throws(KeyError) -> AgreementKey {
        try AgreementKey(seed: random.secret(32))
    }

    /// The shared point with another key.
    /// - Throws: ``KeyError/badPoint`` when the other key is of small order.
    /// - Source: RFC 7748 section 6.1.
    public func shared(with other: AgreementPublicKey) throws(KeyError) -> SecretBytes {
        var status: Int32 = 0
        let point = other.bytes
        let result = unsafe SecretBytes(count: 32) { output in
            unsafe status = crypto_scalarmult(
                output, seed.pointer, point)
        }
        guard status == 0 else { throw .badPoint }
        return result
    }
}
