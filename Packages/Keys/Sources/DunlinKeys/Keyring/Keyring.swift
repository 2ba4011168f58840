import CSodium
import DunlinEncoding

/// Named secrets, sealed under a passphrase when at rest.
///
/// A random keyring key encrypts the records; Argon2id over the passphrase wraps that key. So records change
/// without the passphrase, and the passphrase changes without touching the records.
/// - Source: `Docs/Spec/Keys.md`, "Keyring file".
public struct Keyring: Sendable {
    /// All secrets, by their names.
    public private(set) var records: [String: SecretBytes] = [:]
    private var key: SecretBytes
    private var header: [UInt8]
    private var wrappedKey: [UInt8]
    /// The records as they were sealed last; nil when they have changed since.
    private var sealedRecords: (nonce: [UInt8], bytes: [UInt8])?

    /// An empty keyring under a new passphrase.
    /// - Complexity: one Argon2id run.
    public init(
        passphrase: SecretBytes, profile: KeyringProfile, random: inout some RandomSource
    ) throws(KeyringError) {
        key = random.secret(32)
        header = []
        wrappedKey = []
        try setPassphrase(passphrase, profile: profile, random: &random)
    }

    /// Opens a file's bytes.
    /// - Throws: `wrongPassphrase`, `damaged`, `newerVersion`, or `extremeParameters` before any work is
    ///   done.
    public init(opening file: [UInt8], passphrase: SecretBytes) throws(KeyringError) {
        let parsed = try KeyringFile(file)
        let wrapping = try parsed.header.key(passphrase)
        do {
            key = try XChaChaPoly.openSecret(
                parsed.wrappedKey, key: wrapping, nonce: parsed.header.nonce, associated: parsed.headerBytes)
        } catch { throw .wrongPassphrase }
        header = parsed.headerBytes
        wrappedKey = parsed.wrappedKey
        sealedRecords = (parsed.recordsNonce, parsed.records)
        let plaintext: SecretBytes
        do {
            plaintext = try XChaChaPoly.openSecret(
                parsed.records, key: key, nonce: parsed.recordsNonce, associated: Self.context)
        } catch { throw .damaged }
        records = try Self.decodeRecords(plaintext)
    }

    /// Whether the bytes are a whole keyring file, as far as can be told without its passphrase.
    public static func isSound(_ file: [UInt8]) -> Bool { (try? KeyringFile(file)) != nil }

    /// Wraps the keyring key under another passphrase; the records are not touched.
    /// - Parameter profile: nil keeps the work that a guess costs.
    /// - Throws: ``KeyringError/wrongPassphrase`` when `old` is not the passphrase; then nothing was changed.
    /// - Complexity: two Argon2id runs.
    public mutating func changePassphrase(
        from old: SecretBytes, to new: SecretBytes, profile: KeyringProfile? = nil,
        random: inout some RandomSource
    ) throws(KeyringError) {
        let current = try KeyringHeader(header)
        let wrapping = try current.key(old)
        do {
            _ = try XChaChaPoly.openSecret(
                wrappedKey, key: wrapping, nonce: current.nonce, associated: header)
        } catch { throw .wrongPassphrase }
        try setPassphrase(new, profile: profile ?? current.profile, random: &random)
    }

    /// Wraps the keyring key under another passphrase, whatever the one before was; the records are not
    /// touched.
    public mutating func setPassphrase(
        _ passphrase: SecretBytes, profile: KeyringProfile, random: inout some RandomSource
    ) throws(KeyringError) {
        let header = KeyringHeader(
            profile: profile, salt: random.bytes(16), nonce: random.bytes(XChaChaPoly.nonceByteCount))
        let encoded = header.encoded()
        let wrapping = try header.key(passphrase)
        do {
            wrappedKey = try XChaChaPoly.seal(
                secret: key, key: wrapping, nonce: header.nonce, associated: encoded)
        } catch { throw .damaged }
        self.header = encoded
    }

    /// The secret of a name; nil when there is none.
    public subscript(name: String) -> SecretBytes? { records[name] }

    /// Sets or removes a record. Names have 1 to 255 bytes of UTF-8, secrets up to 65,535 bytes.
    public mutating func set(_ name: String, to secret: SecretBytes?) throws(KeyringError) {
        try Self.demand(name, secret)
        records[name] = secret
        sealedRecords = nil
    }

    /// - Throws: ``KeyringError/badRecordName(_:)`` for a name or a secret that no key store takes.
    static func demand(_ name: String, _ secret: SecretBytes?) throws(KeyringError) {
        guard (1...255).contains(name.utf8.count), (secret?.count ?? 0) <= 0xffff else {
            throw .badRecordName(name)
        }
    }

    /// The bytes of the file. Needs no passphrase. Records that have not changed are not sealed again.
    public mutating func sealed(random: inout some RandomSource) throws(KeyringError) -> [UInt8] {
        do {
            let (nonce, sealed) = try sealedRecords ?? sealRecords(random: &random)
            sealedRecords = (nonce, sealed)
            return CBORValue.fields([
                (1, .bytes(header)), (2, .bytes(wrappedKey)), (3, .bytes(nonce)), (4, .bytes(sealed)),
                (5, KeyringFile.checksum(header, wrappedKey, nonce, sealed).encodedValue),
            ]).encoded()
        } catch { throw .damaged }
    }

    private func sealRecords(
        random: inout some RandomSource
    ) throws(KeyError) -> (nonce: [UInt8], bytes: [UInt8]) {
        let nonce = random.bytes(XChaChaPoly.nonceByteCount)
        return (
            nonce,
            try XChaChaPoly.seal(
                secret: encodedRecords(), key: key, nonce: nonce, associated: Self.context)
        )
    }

    private static let context = Array("dunlin/keyring/1".utf8)

    private func encodedRecords() -> SecretBytes {
        var parts: [SecretBytes] = []
        for (name, secret) in records.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let size = [
                UInt8(truncatingIfNeeded: secret.count), UInt8(truncatingIfNeeded: secret.count >> 8),
            ]
            parts.append(SecretBytes(copying: [UInt8(name.utf8.count)] + Array(name.utf8) + size))
            parts.append(secret)
        }
        return .joined(parts)
    }

    private static func decodeRecords(_ plaintext: SecretBytes) throws(KeyringError) -> [String: SecretBytes]
    {
        var records: [String: SecretBytes] = [:]
        var offset = 0
        while offset < plaintext.count {
            let (name, length, next) = try plaintext.withBytes { bytes throws(KeyringError) in
                let nameEnd = offset + 1 + Int(bytes[offset])
                guard nameEnd + 2 <= bytes.count else { throw KeyringError.damaged }
                let name = (offset + 1..<nameEnd).map { bytes[$0] }
                return (name, Int(bytes[nameEnd]) | Int(bytes[nameEnd + 1]) << 8, nameEnd + 2)
            }
            guard let name = String(validating: name, as: UTF8.self),
                let secret = try? plaintext.slice(next..<next + length)
            else { throw .damaged }
            records[name] = secret
            offset = next + length
        }
        return records
    }
}
