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
///
/// Only the entropy is kept, in locked memory. All that follows from it lies there, too, and is wiped; the
/// one exception are ``words``, which have to be strings to be shown.
/// - Source: BIP-39.
public struct SeedPhrase: Sendable {
    /// How long a new phrase is.
    public enum Length: Int, CaseIterable, Sendable {
        /// 128 bits of entropy, as strong as the keys that follow from it.
        case twelve = 12
        /// 256 bits of entropy.
        case twentyFour = 24

        var entropyByteCount: Int { rawValue * 4 / 3 }
    }

    private let entropy: SecretBytes

    /// - Parameter entropy: 16 bytes for 12 words, 32 for 24.
    public init(entropy: SecretBytes) throws(SeedPhraseError) {
        guard (16...32).contains(entropy.count), entropy.count.isMultiple(of: 4) else {
            throw .entropyLength(entropy.count)
        }
        self.entropy = entropy
    }

    /// A fresh phrase.
    public static func make(
        _ length: Length = .twelve, random: inout some RandomSource
    ) throws(SeedPhraseError) -> SeedPhrase {
        try SeedPhrase(entropy: random.secret(length.entropyByteCount))
    }

    /// Reads words separated by white space, in any case. Of the text no copy is made.
    public init(parsing text: String) throws(SeedPhraseError) {
        try self.init(text.unicodeScalars.makeIterator())
    }

    /// Reads words in UTF-8 separated by white space, in any case.
    public init(parsing text: SecretBytes) throws(SeedPhraseError) {
        try self.init(SecretScalars(text))
    }

    private init(_ scalars: some IteratorProtocol<Unicode.Scalar>) throws(SeedPhraseError) {
        var scalars = scalars
        var reader = PhraseReader()
        let bits = unsafe SecretBytes(count: PhraseReader.bitByteCount) { output in
            unsafe output.update(repeating: 0, count: PhraseReader.bitByteCount)
            let emit: (Int, UInt16) -> Void = { position, index in
                for bit in 0..<11 where index >> UInt16(10 - bit) & 1 == 1 {
                    let place = position * 11 + bit
                    unsafe output[place / 8] |= 0x80 >> UInt8(place % 8)
                }
            }
            while let scalar = scalars.next() { reader.take(scalar, emit: emit) }
            reader.finish(emit: emit)
        }
        let count = reader.wordCount
        guard (12...PhraseReader.wordLimit).contains(count), count.isMultiple(of: 3) else {
            throw .wordCount(count)
        }
        if let failure = reader.failure { throw failure }
        let byteCount = count * 4 / 3
        do { try self.init(entropy: bits.slice(0..<byteCount)) } catch { throw .entropyLength(byteCount) }
        // As many bits as there are threes of words.
        let shift = UInt8(8 - count / 3)
        guard bits.withBytes({ $0[byteCount] }) >> shift == Self.checksum(entropy) >> shift else {
            throw .badChecksum
        }
    }

    /// The words, to be shown once. They are the one form of a phrase that lies in ordinary memory: let go of
    /// them as soon as they have been shown.
    public var words: [String] {
        var words: [String] = []
        forEachWord { words.append(String(BIP39WordList.words[$0])) }
        return words
    }

    /// The 64-byte BIP-39 seed.
    /// - Parameter passphrase: ASCII; Dunlin itself uses none.
    public func seed(passphrase: String = "") -> SecretBytes {
        PBKDF2.sha512(
            password: sentence, salt: Array("mnemonic".utf8) + Array(passphrase.utf8), rounds: 2048)
    }

    /// The words with one space between them.
    private var sentence: SecretBytes {
        var byteCount = -1
        forEachWord { byteCount += BIP39WordList.words[$0].utf8.count + 1 }
        return unsafe SecretBytes(count: byteCount) { output in
            var offset = 0
            forEachWord { index in
                if offset > 0 {
                    unsafe output[offset] = 0x20
                    offset += 1
                }
                for letter in BIP39WordList.words[index].utf8 {
                    unsafe output[offset] = letter
                    offset += 1
                }
            }
        }
    }

    /// The number of each word, one after another; they are never kept together.
    private func forEachWord(_ body: (Int) -> Void) {
        let checksum = Self.checksum(entropy)
        for start in stride(from: 0, to: entropy.count * 33 / 4, by: 11) {
            let index = entropy.withBytes { bytes in
                (start..<start + 11).reduce(0) { index, place in
                    let byte = place / 8 < bytes.count ? bytes[place / 8] : checksum
                    return index << 1 | Int(byte >> UInt8(7 - place % 8) & 1)
                }
            }
            body(index)
        }
    }

    /// The first byte of the entropy's SHA-256: the checksum is its first bits.
    private static func checksum(_ entropy: SecretBytes) -> UInt8 {
        let hash = unsafe SecretBytes(count: 32) { output in
            unsafe crypto_hash_sha256(output, entropy.pointer, UInt64(entropy.count))
        }
        return hash.withBytes { $0[0] }
    }
}
