import DunlinSequences

/// How much text a piece of UTF-8 is, in scalars, UTF-16 units and line feeds.
///
/// Every byte that comes or goes is counted, so this looks at eight of them at once: it was a tenth of a
/// merge when it went byte by byte.
struct TextMeasure {
    private(set) var scalars = 0
    private(set) var utf16 = 0
    private(set) var lines = 0

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    var sums: SumTree.Sums { SumTree.Sums(scalars, utf16, lines) }

    /// - Complexity: O(*n*).
    init(_ text: Span<UInt8>) {
        let whole = text.count & ~7
        if whole > 0 { addWords(of: text, count: whole) }
        for index in whole..<text.count {
            let byte = text[index]
            if byte & 0xc0 != 0x80 { scalars += 1 }
            if byte >= 0xf0 { utf16 += 1 }
            if byte == 0x0a { lines += 1 }
        }
        utf16 += scalars
    }

    /// Counts whole words; `utf16` counts what is beyond the scalars.
    private mutating func addWords(of text: Span<UInt8>, count: Int) {
        var continuing = 0, long = 0, feeds = 0
        unsafe text.withUnsafeBytes { bytes in
            var index = 0
            while index < count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                continuing &+= Self.marks((word >> 7) & ~(word >> 6))
                long &+= Self.marks((word >> 7) & (word >> 6) & (word >> 5) & (word >> 4))
                // A byte is zero when neither it nor its low seven bits with 127 added have the high bit.
                let other = word ^ (Self.ones &* 0x0a)
                let filled = (other & (Self.ones &* 0x7f)) &+ (Self.ones &* 0x7f)
                feeds &+= Self.marks(~(filled | other) >> 7)
                index &+= 8
            }
        }
        scalars = count - continuing
        utf16 = long
        lines = feeds
    }

    /// How many bytes have their lowest bit.
    private static func marks(_ word: UInt64) -> Int {
        // The product's highest byte is the sum of all.
        Int(truncatingIfNeeded: ((word & ones) &* ones) >> 56)
    }
}
