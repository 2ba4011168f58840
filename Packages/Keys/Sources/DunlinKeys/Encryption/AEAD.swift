import CSodium

/// XChaCha20-Poly1305: 32-byte keys, random 24-byte nonces, 16 bytes longer than the plaintext.
/// - Source: draft-irtf-cfrg-xchacha-03.
public enum XChaChaPoly {
    /// Bytes of a nonce.
    public static let nonceByteCount = 24
    /// Bytes that a ciphertext is longer by.
    public static let tagByteCount = 16

    /// Encrypts.
    /// - Parameter nonce: 24 bytes, never used twice under one key.
    /// - Throws: ``KeyError/wrongLength(expected:found:)``.
    public static func seal(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 24 else { throw .wrongLength(expected: 24, found: nonce.count) }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: plaintext.count + 16)
        unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
            &output, nil, plaintext, UInt64(plaintext.count), associated, UInt64(associated.count), nil,
            nonce,
            key.pointer)
        return output
    }

    /// Decrypts.
    /// - Throws: ``KeyError/authenticationFailed`` for another key, nonce or associated data, or changed
    /// bytes; ``KeyError/wrongLength(expected:found:)``.
    public static func open(
        _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 24 else { throw .wrongLength(expected: 24, found: nonce.count) }
        guard ciphertext.count >= 16 else { throw .authenticationFailed }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: ciphertext.count - 16)
        guard
            unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                &output, nil, nil, ciphertext, UInt64(ciphertext.count), associated,
                UInt64(associated.count), nonce, key.pointer) == 0
        else { throw .authenticationFailed }
        return output
    }

    /// Opens a ciphertext whose plaintext is a secret: it never lies in ordinary memory.
    public static func openSecret(
        _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> SecretBytes {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 24 else { throw .wrongLength(expected: 24, found: nonce.count) }
        guard ciphertext.count >= 16 else { throw .authenticationFailed }
        var status: Int32 = -1
        let secret = unsafe SecretBytes(count: ciphertext.count - 16) { output in
            unsafe status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                output, nil, nil, ciphertext,
                UInt64(ciphertext.count), associated, UInt64(associated.count), nonce, key.pointer)
        }
        guard status == 0 else { throw .authenticationFailed }
        return secret
    }

    /// Seals a secret without copying it to ordinary memory.
    public static func seal(
        secret: SecretBytes, key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 24 else { throw .wrongLength(expected: 24, found: nonce.count) }
        var output = [UInt8](repeating: 0, count: secret.count + 16)
        unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
            &output, nil, secret.pointer, UInt64(secret.count), associated, UInt64(associated.count), nil,
            nonce,
            key.pointer)
        return output
    }
}

/// ChaCha20-Poly1305 with 12-byte nonces, for Noise.
/// - Source: RFC 8439.
public enum ChaChaPoly {
    /// Encrypts.
    /// - Parameter nonce: 12 bytes, never used twice under one key.
    /// - Throws: ``KeyError/wrongLength(expected:found:)``.
    public static func seal(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 12 else { throw .wrongLength(expected: 12, found: nonce.count) }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: plaintext.count + 16)
        unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
            &output, nil, plaintext, UInt64(plaintext.count), associated, UInt64(associated.count), nil,
            nonce, key.pointer)
        return output
    }

    /// Decrypts.
    /// - Throws: ``KeyError/authenticationFailed`` for another key, nonce or associated data, or changed
    /// bytes; ``KeyError/wrongLength(expected:found:)``.
    public static func open(
        _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], associated: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        guard key.count == 32 else { throw .wrongLength(expected: 32, found: key.count) }
        guard nonce.count == 12 else { throw .wrongLength(expected: 12, found: nonce.count) }
        guard ciphertext.count >= 16 else { throw .authenticationFailed }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: ciphertext.count - 16)
        guard
            unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                &output, nil, nil, ciphertext, UInt64(ciphertext.count), associated,
                UInt64(associated.count), nonce, key.pointer) == 0
        else { throw .authenticationFailed }
        return output
    }
}

/// Padding with one 0x80 and zeros to a multiple of a block size.
/// - Source: libsodium's `sodium_pad`; ISO/IEC 7816-4.
public enum Padding {
    /// - Parameter blockSize: at least 1.
    public static func pad(_ bytes: [UInt8], blockSize: Int) -> [UInt8] {
        let size = max(blockSize, 1)
        let padding = size - bytes.count % size
        return bytes + [0x80] + [UInt8](repeating: 0, count: padding - 1)
    }

    /// - Throws: ``KeyError/badPadding`` unless the end is one 0x80 and fewer than `blockSize` zeros.
    public static func unpad(_ bytes: [UInt8], blockSize: Int) throws(KeyError) -> [UInt8] {
        guard blockSize > 0, !bytes.isEmpty, bytes.count.isMultiple(of: blockSize),
            let last = bytes.lastIndex(where: { $0 != 0 }), bytes[last] == 0x80,
            bytes.count - last <= blockSize
        else { throw .badPadding }
        return Array(bytes[..<last])
    }
}
