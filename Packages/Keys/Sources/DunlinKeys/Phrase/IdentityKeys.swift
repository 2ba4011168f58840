import CSodium

/// What a seed phrase yields. It lives only while the phrase is at hand.
/// - Source: `Docs/Spec/Keys.md`, "From phrase to keys".
public struct IdentityKeys: Sendable {
    /// Signs the first device certificate and root acts; its public key is the identity's id.
    public let signing: SigningKey
    /// Content keys of the identity's own space are sealed to this key too, for recovery.
    public let recovery: AgreementKey
    /// 32 bytes for the encryption of backups.
    public let backup: SecretBytes

    /// The keys that follow from a phrase.
    /// - Throws: ``KeyError``.
    public init(_ phrase: SeedPhrase) throws(KeyError) {
        let seed = phrase.seed()
        let master = deriveKey(seed, "master")
        signing = try SigningKey(seed: Self.subkey(1, of: master))
        recovery = try AgreementKey(seed: Self.subkey(2, of: master))
        backup = Self.subkey(3, of: master)
    }

    private static func subkey(_ number: UInt64, of master: SecretBytes) -> SecretBytes {
        unsafe SecretBytes(count: 32) { output in
            unsafe crypto_kdf_derive_from_key(output, 32, number, "identity", master.pointer)
        }
    }
}
