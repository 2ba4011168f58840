import CSodium
import DunlinEncoding

/// Encryption to a public key by somebody who stays unnamed: 48 bytes longer than the plaintext.
///
/// The format is that of libsodium's `crypto_box_seal`; the ephemeral key comes from the caller's
/// randomness, so that a simulation reproduces it.
public enum SealedBox {
    /// Bytes that a box is longer than its secret by: a public key and a tag.
    public static let overheadByteCount = 48

    /// Seals a secret to a public key; only its holder opens it, and nobody learns who sealed it.
    public static func seal(
        _ secret: SecretBytes, to recipient: AgreementPublicKey, random: inout some RandomSource
    ) throws(KeyError) -> [UInt8] {
        let ephemeral = try AgreementKey.make(random: &random)
        let publicKey = recipient.bytes
        let nonce = Self.nonce(ephemeral.publicKey, recipient)
        var box = [UInt8](repeating: 0, count: secret.count + 16)
        guard
            unsafe crypto_box_easy(
                &box, secret.pointer, UInt64(secret.count), nonce, publicKey, ephemeral.seed.pointer) == 0
        else { throw .badPoint }
        return ephemeral.publicKey.bytes + box
    }

    /// - Throws: ``KeyError/authenticationFailed`` when it was sealed to another key or changed.
    public static func open(_ sealed: [UInt8], with key: AgreementKey) throws(KeyError) -> SecretBytes {
        guard sealed.count >= overheadByteCount, let ephemeral = AgreementPublicKey(bytes: sealed.prefix(32))
        else {
            throw .wrongLength(expected: overheadByteCount, found: sealed.count)
        }
        let nonce = Self.nonce(ephemeral, key.publicKey)
        let box = Array(sealed.dropFirst(32))
        var status: Int32 = -1
        let secret = unsafe SecretBytes(count: box.count - 16) { output in
            unsafe status = crypto_box_open_easy(
                output, box, UInt64(box.count), nonce,
                ephemeral.bytes, key.seed.pointer)
        }
        guard status == 0 else { throw .authenticationFailed }
        return secret
    }

    /// BLAKE2b with 24 bytes of output over both public keys, as libsodium derives it.
    private static func nonce(_ ephemeral: AgreementPublicKey, _ recipient: AgreementPublicKey) -> [UInt8] {
        Sodium.start()
        let input = ephemeral.bytes + recipient.bytes
        var output = [UInt8](repeating: 0, count: 24)
        unsafe crypto_generichash(&output, 24, input, UInt64(input.count), nil, 0)
        return output
    }
}
