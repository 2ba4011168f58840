import CSodium
import DunlinEncoding

/// The clear part of a keyring file: how its key is derived. Authenticated as associated data.
struct KeyringHeader {
    var profile: KeyringProfile
    var salt: [UInt8]
    var nonce: [UInt8]

    init(profile: KeyringProfile, salt: [UInt8], nonce: [UInt8]) {
        self.profile = profile
        self.salt = salt
        self.nonce = nonce
    }

    /// - Throws: ``KeyringError/extremeParameters(memoryByteCount:passes:)`` before any memory is taken.
    init(_ bytes: [UInt8]) throws(KeyringError) {
        let version: UInt64, algorithm: UInt64, passes: UInt64, memory: UInt64
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            version = try fields.unsigned(1)
            guard version == 1 else { throw KeyringError.newerVersion(version) }
            algorithm = try fields.unsigned(2)
            passes = try fields.unsigned(3)
            memory = try fields.unsigned(4)
            salt = try fields.bytes(5, count: 16)
            nonce = try fields.bytes(6, count: XChaChaPoly.nonceByteCount)
            try fields.finish()
        } catch let error as KeyringError {
            throw error
        } catch { throw .damaged }
        guard algorithm == 1 else { throw .newerVersion(version) }
        guard KeyringProfile.admittedPasses.contains(passes), memory <= UInt64(Int.max),
            KeyringProfile.admittedMemory.contains(Int(memory))
        else { throw .extremeParameters(memoryByteCount: memory, passes: passes) }
        profile = KeyringProfile(passes: passes, memoryByteCount: Int(memory))
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, .unsigned(1)), (2, .unsigned(1)), (3, .unsigned(profile.passes)),
            (4, .unsigned(UInt64(profile.memoryByteCount))), (5, .bytes(salt)), (6, .bytes(nonce)),
        ]).encoded()
    }

    /// Argon2id over the passphrase: 32 bytes.
    func key(_ passphrase: SecretBytes) throws(KeyringError) -> SecretBytes {
        var status: Int32 = -1
        let key = unsafe SecretBytes(count: 32) { output in
            unsafe passphrase.withPointer { password in
                unsafe status = crypto_pwhash(
                    output, 32, password, UInt64(passphrase.count), salt, profile.passes,
                    profile.memoryByteCount, crypto_pwhash_alg_argon2id13())
            }
        }
        guard status == 0 else { throw .outOfMemory(byteCount: profile.memoryByteCount) }
        return key
    }
}

/// The parts of a keyring file.
struct KeyringFile {
    var headerBytes: [UInt8]
    var header: KeyringHeader
    var wrappedKey: [UInt8]
    var recordsNonce: [UInt8]
    var records: [UInt8]

    init(_ file: [UInt8]) throws(KeyringError) {
        do {
            let limits = CBORLimits(depth: 2, itemsPerContainer: 8, byteCount: 64 << 20)
            var fields = try CBORFields(CBORValue(decoding: file, limits: limits))
            headerBytes = try fields.bytes(1, atMost: 256)
            wrappedKey = try fields.bytes(2, count: 48)
            recordsNonce = try fields.bytes(3, count: XChaChaPoly.nonceByteCount)
            records = try fields.bytes(4, atMost: 64 << 20)
            let checksum = try Digest(fields.value(5))
            try fields.finish()
            guard checksum == Self.checksum(headerBytes, wrappedKey, recordsNonce, records) else {
                throw CBORError.notCanonical
            }
        } catch { throw .damaged }
        header = try KeyringHeader(headerBytes)
    }

    /// Tells a damaged file from a wrong passphrase. It protects nothing: whoever can change the file can
    /// change this too.
    static func checksum(_ parts: [UInt8]...) -> Digest {
        Digest.blake2b(Array("dunlin/keyring/1".utf8), Array(parts.joined()))
    }
}
