import DunlinEncoding
import DunlinKeys

/// A key and the number of the next message.
/// - Source: Noise revision 34, section 5.1.
struct CipherState: Sendable {
    private let key: SecretBytes
    private var nonce: UInt64 = 0

    init(key: SecretBytes) { self.key = key }

    mutating func encrypt(_ plaintext: [UInt8], associated: [UInt8]) throws(NoiseError) -> [UInt8] {
        let number = try nextNonce()
        do {
            return try ChaChaPoly.seal(plaintext, key: key, nonce: number, associated: associated)
        } catch { throw .key(error) }
    }

    mutating func decrypt(_ ciphertext: [UInt8], associated: [UInt8]) throws(NoiseError) -> [UInt8] {
        let number = try nextNonce()
        do {
            return try ChaChaPoly.open(ciphertext, key: key, nonce: number, associated: associated)
        } catch { throw .decryptionFailed }
    }

    /// 32 zero bits, then the number in little-endian, as ChaChaPoly is used in Noise.
    private mutating func nextNonce() throws(NoiseError) -> [UInt8] {
        guard nonce < .max else { throw .nonceExhausted }
        var writer = ByteWriter()
        writer.raw([0, 0, 0, 0])
        writer.u64(nonce)
        nonce += 1
        return writer.bytes
    }
}
