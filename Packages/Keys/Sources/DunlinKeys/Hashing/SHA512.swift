import CSodium

/// SHA-512, for CPace: of what is secret, to what is.
/// - Source: FIPS 180-4.
public enum SHA512 {
    /// 64 bytes over the parts, one after another.
    public static func hash(_ parts: SecretBytes...) -> SecretBytes {
        Sodium.start()
        return unsafe SecretBytes(count: 64) { output in
            var state = crypto_hash_sha512_state()
            unsafe crypto_hash_sha512_init(&state)
            for part in parts {
                unsafe crypto_hash_sha512_update(&state, part.pointer, UInt64(part.count))
            }
            unsafe crypto_hash_sha512_final(&state, output)
            unsafe sodium_memzero(&state, MemoryLayout<crypto_hash_sha512_state>.size)
        }
    }
}

/// HMAC-SHA-512 with a key of any length.
/// - Source: RFC 2104.
public enum HMACSHA512 {
    /// 64 bytes over the message.
    public static func authenticate(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
        Sodium.start()
        var state = crypto_auth_hmacsha512_state()
        unsafe crypto_auth_hmacsha512_init(&state, key.pointer, key.count)
        unsafe crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_auth_hmacsha512_final(&state, &output)
        unsafe sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha512_state>.size)
        return output
    }
}

/// BLAKE2b with 64 bytes of output and HMAC over it, for Noise.
/// - Source: RFC 7693; Noise specification revision 34, section 4.3.
public enum BLAKE2b512 {
    /// 64 bytes over the parts, one after another.
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        Sodium.start()
        let input = parts.count == 1 ? parts[0] : Array(parts.joined())
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_generichash(&output, 64, input, UInt64(input.count), nil, 0)
        return output
    }

    /// HMAC of `secret` and then `rest`; 64 bytes. Nothing of what is secret stays in ordinary memory.
    /// - Parameter key: At most 128 bytes, the block size.
    /// - Throws: ``KeyError/wrongLength(expected:found:)`` for a longer key.
    public static func authenticate(
        _ secret: SecretBytes? = nil, _ rest: [UInt8] = [], key: SecretBytes
    ) throws(KeyError) -> SecretBytes {
        guard key.count <= 128 else { throw .wrongLength(expected: 128, found: key.count) }
        let inner = keyed(0x36, key, secret, rest)
        return keyed(0x5c, key, inner, [])
    }

    /// The hash of the key's block, combined with a constant, and what follows it.
    private static func keyed(
        _ constant: UInt8, _ key: SecretBytes, _ secret: SecretBytes?, _ rest: [UInt8]
    ) -> SecretBytes {
        // On the stack, and wiped there.
        let byteCount = 128 + (secret?.count ?? 0) + rest.count
        return unsafe SecretBytes(count: 64) { output in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount) { input in
                for index in 0..<128 {
                    unsafe input[index] = constant ^ (index < key.count ? key.pointer[index] : 0)
                }
                var offset = 128
                if let secret {
                    for index in 0..<secret.count { unsafe input[offset + index] = secret.pointer[index] }
                    offset += secret.count
                }
                for byte in rest {
                    unsafe input[offset] = byte
                    offset += 1
                }
                unsafe crypto_generichash(output, 64, input.baseAddress, UInt64(byteCount), nil, 0)
                unsafe sodium_memzero(input.baseAddress, byteCount)
            }
        }
    }
}
