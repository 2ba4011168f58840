import CSodium

/// SHA-512, for CPace.
/// - Source: FIPS 180-4.
public enum SHA512 {
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        Sodium.start()
        var state = crypto_hash_sha512_state()
        unsafe crypto_hash_sha512_init(&state)
        for part in parts { unsafe crypto_hash_sha512_update(&state, part, UInt64(part.count)) }
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_hash_sha512_final(&state, &output)
        return output
    }
}

/// HMAC-SHA-512 with a key of any length.
/// - Source: RFC 2104.
public enum HMACSHA512 {
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        Sodium.start()
        var state = crypto_auth_hmacsha512_state()
        unsafe crypto_auth_hmacsha512_init(&state, key, key.count)
        unsafe crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_auth_hmacsha512_final(&state, &output)
        return output
    }
}

/// BLAKE2b with 64 bytes of output and HMAC over it, for Noise.
/// - Source: RFC 7693; Noise specification revision 34, section 4.3.
public enum BLAKE2b512 {
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        Sodium.start()
        let input = parts.count == 1 ? parts[0] : Array(parts.joined())
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_generichash(&output, 64, input, UInt64(input.count), nil, 0)
        return output
    }

    /// HMAC with a key of at most 128 bytes, the block size.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let padded = (key.count > 128 ? hash(key) : key)
        let block = padded + [UInt8](repeating: 0, count: 128 - padded.count)
        let inner = hash(block.map { $0 ^ 0x36 }, message)
        return hash(block.map { $0 ^ 0x5c }, inner)
    }
}
