/// Reads the words of a phrase letter by letter, so that no copy of a word is ever made: a word is packed
/// into a number and looked up by it.
struct PhraseReader {
    /// The letters of the word that is being read, eight bits each; words of the list have at most eight.
    private var word: UInt64 = 0
    private var letterCount = 0
    /// Words read so far, also beyond those that a phrase may have.
    private(set) var wordCount = 0
    private(set) var failure: SeedPhraseError?

    static let wordLimit = 24
    /// 24 words of 11 bits.
    static let bitByteCount = 33

    /// Takes the next character of the text. Letters of either case; white space of any script ends a word.
    /// - Parameter emit: gets the number of a word that ended, for the first 24 of them.
    mutating func take(_ scalar: Unicode.Scalar, emit: (Int, UInt16) -> Void) {
        guard !scalar.properties.isWhitespace else { return endWord(emit) }
        letterCount += 1
        let letter = ("A"..."Z").contains(scalar) ? scalar.value + 32 : scalar.value
        // What is no letter fits into no word, and makes one that is in no list.
        word = letterCount > 8 || !(97...122).contains(letter) ? 1 : word << 8 | UInt64(letter)
        if letterCount > 8 || word == 1 { letterCount = 9 }
    }

    /// Ends the text.
    mutating func finish(emit: (Int, UInt16) -> Void) { endWord(emit) }

    private mutating func endWord(_ emit: (Int, UInt16) -> Void) {
        guard letterCount > 0 else { return }
        if let index = BIP39WordList.packedIndices[word], letterCount <= 8 {
            if wordCount < Self.wordLimit { emit(wordCount, index) }
        } else if failure == nil {
            failure = .unknownWord(position: wordCount + 1)
        }
        wordCount += 1
        word = 0
        letterCount = 0
    }

    /// Letters as ``take(_:emit:)`` packs them.
    static func packed(_ word: Substring) -> UInt64 { word.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
}
