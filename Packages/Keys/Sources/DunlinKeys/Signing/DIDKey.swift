import DunlinEncoding

/// The text form of an identity: `did:key:z…`.
/// - Source: W3C CCG, "The did:key Method", Ed25519 keys (multicodec 0xed 0x01, base58btc).
public enum DIDKey {
    /// `did:key:z6Mk…`, the key with its type in base58.
    public static func encode(_ key: PublicSigningKey) -> String {
        "did:key:z" + Base58.encode([0xed, 0x01] + key.bytes)
    }

    /// - Throws: ``KeyError/badDID`` for any other text.
    public static func decode(_ text: String) throws(KeyError) -> PublicSigningKey {
        // An Ed25519 did:key has 48 characters behind the z; longer ones would only cost time.
        guard text.hasPrefix("did:key:z"), text.utf8.count <= 64,
            let bytes = try? Base58.decode(String(text.dropFirst(9))),
            bytes.count == 34, bytes[0] == 0xed, bytes[1] == 0x01,
            let key = PublicSigningKey(bytes: bytes[2...]), encode(key) == text
        else { throw .badDID }
        return key
    }
}
