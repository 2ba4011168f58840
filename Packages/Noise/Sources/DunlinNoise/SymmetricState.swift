import DunlinKeys

/// The chaining key and handshake hash.
/// - Source: Noise revision 34, section 5.2.
struct SymmetricState: Sendable {
    private var chainingKey: [UInt8]
    private(set) var hash: [UInt8]
    private var cipher: CipherState?

    init(protocolName: String) {
        let name = Array(protocolName.utf8)
        hash =
            name.count <= 64
            ? name + [UInt8](repeating: 0, count: 64 - name.count) : BLAKE2b512.hash(name)
        chainingKey = hash
    }

    mutating func mixHash(_ bytes: [UInt8]) { hash = BLAKE2b512.hash(hash, bytes) }

    mutating func mixKey(_ secret: SecretBytes) {
        let (next, key) = Self.derive(chainingKey, secret.copied())
        chainingKey = next
        cipher = CipherState(key: Array(key.prefix(32)))
    }

    mutating func encryptAndHash(_ plaintext: [UInt8]) throws(NoiseError) -> [UInt8] {
        let ciphertext = try cipher?.encrypt(plaintext, associated: hash) ?? plaintext
        mixHash(ciphertext)
        return ciphertext
    }

    mutating func decryptAndHash(_ ciphertext: [UInt8]) throws(NoiseError) -> [UInt8] {
        let plaintext = try cipher?.decrypt(ciphertext, associated: hash) ?? ciphertext
        mixHash(ciphertext)
        return plaintext
    }

    /// Bytes that encryption adds now.
    var tagByteCount: Int { cipher == nil ? 0 : 16 }

    func split() -> (initiator: CipherState, responder: CipherState) {
        let (first, second) = Self.derive(chainingKey, [])
        return (CipherState(key: Array(first.prefix(32))), CipherState(key: Array(second.prefix(32))))
    }

    /// HKDF with two outputs.
    private static func derive(_ chainingKey: [UInt8], _ input: [UInt8]) -> ([UInt8], [UInt8]) {
        let temporary = BLAKE2b512.authenticate(input, key: chainingKey)
        let first = BLAKE2b512.authenticate([1], key: temporary)
        return (first, BLAKE2b512.authenticate(first + [2], key: temporary))
    }
}
