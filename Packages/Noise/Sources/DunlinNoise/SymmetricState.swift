import DunlinKeys

/// The chaining key and handshake hash.
/// - Source: Noise revision 34, section 5.2.
struct SymmetricState: Sendable {
    private var chainingKey: SecretBytes
    private(set) var hash: [UInt8]
    private var cipher: CipherState?

    init(protocolName: String) {
        let name = Array(protocolName.utf8)
        hash =
            name.count <= 64
            ? name + [UInt8](repeating: 0, count: 64 - name.count) : BLAKE2b512.hash(name)
        chainingKey = SecretBytes(copying: hash)
    }

    mutating func mixHash(_ bytes: [UInt8]) { hash = BLAKE2b512.hash(hash, bytes) }

    mutating func mixKey(_ secret: SecretBytes) throws(KeyError) {
        let (next, key) = try Self.derive(chainingKey, secret)
        cipher = CipherState(key: try key.slice(0..<32))
        chainingKey = next
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

    func split() throws(KeyError) -> (initiator: CipherState, responder: CipherState) {
        let (first, second) = try Self.derive(chainingKey, nil)
        return (CipherState(key: try first.slice(0..<32)), CipherState(key: try second.slice(0..<32)))
    }

    /// HKDF with two outputs.
    private static func derive(
        _ chainingKey: SecretBytes, _ input: SecretBytes?
    ) throws(KeyError) -> (SecretBytes, SecretBytes) {
        let temporary = try BLAKE2b512.authenticate(input, key: chainingKey)
        let first = try BLAKE2b512.authenticate(nil, [1], key: temporary)
        return (first, try BLAKE2b512.authenticate(first, [2], key: temporary))
    }
}
