import CSodium

/// Why a text is not a seed phrase.
public enum SeedPhraseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// BIP-39 phrases of Dunlin have 12 or 24 words (15, 18 and 21 are read too).
    case wordCount(Int)
    /// The word at this position, counted from 1, is not in the list.
    case unknownWord(position: Int)
    /// All words exist but they do not belong together: one was mistyped or two were swapped.
    case badChecksum
    case entropyLength(Int)

    /// One sentence for a person: which word, or what else, is wrong.
    public var description: String {
        switch self {
        case .wordCount(let count): "A seed phrase has 12 or 24 words; this has \(count)."
        case .unknownWord(let position): "Word \(position) is not in the word list; check its spelling."
        case .badChecksum: "The words do not belong together; check their spelling and order."
        case .entropyLength(let count):
            "A seed phrase needs 16 to 32 bytes of entropy in steps of 4, not \(count)."
        }
    }
}

/// The words an identity comes from.
/// - Source: BIP-39.
public struct SeedPhrase: Sendable {
    private let entropy: SecretBytes

    /// - Parameter entropy: 16 bytes for 12 words, 32 for 24.
    public init(entropy: SecretBytes) throws(SeedPhraseError) {
        guard (16...32).contains(entropy.count), entropy.count.isMultiple(of: 4) else {
            throw .entropyLength(entropy.count)
        }
        self.entropy = entropy
    }

    /// A fresh phrase of 12 words.
    public static func make(random: inout some RandomSource) throws(SeedPhraseError) -> SeedPhrase {
        try SeedPhrase(entropy: random.secret(16))
    }

    /// Reads words separated by white space, in any case.
    public init(parsing text: String) throws(SeedPhraseError) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard (12...24).contains(words.count), words.count.isMultiple(of: 3) else {
            throw .wordCount(words.count)
        }
        var bits: [Bool] = []
        for (position, word) in words.enumerated() {
            guard let index = BIP39WordList.indices[word] else { throw .unknownWord(position: position + 1) }
            for shift in stride(from: 10, through: 0, by: -1) { bits.append(index >> shift & 1 == 1) }
        }
        let entropyBits = words.count * 32 / 3
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: entropyBits, by: 8) {
            bytes.append(bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
        try self.init(entropy: SecretBytes(copying: bytes))
        guard Self.checksum(bytes) == Array(bits[entropyBits...]) else { throw .badChecksum }
    }

    /// The words, to be shown once.
    public var words: [String] {
        let bytes = entropy.copied()
        var bits: [Bool] = []
        for byte in bytes {
            for shift in stride(from: 7, through: 0, by: -1) { bits.append(byte >> UInt8(shift) & 1 == 1) }
        }
        bits += Self.checksum(bytes)
        return stride(from: 0, to: bits.count, by: 11).map { start in
            let index = bits[start..<start + 11].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
            return String(BIP39WordList.words[index])
        }
    }

    /// The 64-byte BIP-39 seed.
    /// - Parameter passphrase: ASCII; Dunlin itself uses none.
    public func seed(passphrase: String = "") -> SecretBytes {
        PBKDF2.sha512(
            password: SecretBytes(copying: Array(words.joined(separator: " ").utf8)),
            salt: Array("mnemonic".utf8) + Array(passphrase.utf8), rounds: 2048)
    }

    private static func checksum(_ entropy: [UInt8]) -> [Bool] {
        Sodium.start()
        var hash = [UInt8](repeating: 0, count: 32)
        unsafe crypto_hash_sha256(&hash, entropy, UInt64(entropy.count))
        return (0..<entropy.count / 4).map { hash[$0 / 8] >> UInt8(7 - $0 % 8) & 1 == 1 }
    }
}

/// PBKDF2 with HMAC-SHA-512 and one block of output.
/// - Source: RFC 8018 section 5.2.
enum PBKDF2 {
    static func sha512(password: SecretBytes, salt: [UInt8], rounds: Int) -> SecretBytes {
        Sodium.start()
        var keyed = crypto_auth_hmacsha512_state()
        unsafe crypto_auth_hmacsha512_init(&keyed, password.pointer, password.count)
        func authenticate(_ message: [UInt8]) -> [UInt8] {
            var state = keyed
            var output = [UInt8](repeating: 0, count: 64)
            unsafe crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
            unsafe crypto_auth_hmacsha512_final(&state, &output)
            return output
        }
        var block = authenticate(salt + [0, 0, 0, 1])
        var output = block
        for _ in 1..<rounds {
            block = authenticate(block)
            for index in 0..<64 { output[index] ^= block[index] }
        }
        defer {
            unsafe sodium_memzero(&output, output.count)
            unsafe sodium_memzero(&block, block.count)
        }
        return SecretBytes(copying: output)
    }
}
