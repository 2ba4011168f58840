import DunlinQRCodes

/// Reads a code of version 1 back to its codewords, as ISO/IEC 18004:2015 says in 7.7 to 7.9.
struct SmallestSymbol {
    /// The two copies of the 15 bits that name correction and mask, their own mask taken off.
    let formats: [Int]
    /// Data, then correction.
    let codewords: [UInt8]

    init(_ code: QRCode) {
        let corner =
            [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (7, 8), (8, 8)]
            + [(8, 7), (8, 5), (8, 4), (8, 3), (8, 2), (8, 1), (8, 0)]
        let sides = (0..<7).map { (8, 20 - $0) } + (0..<8).map { (13 + $0, 8) }
        formats = [corner, sides].map { places in
            places.reduce(0) { $0 << 1 | (code.isDark(x: $1.0, y: $1.1) ? 1 : 0) } ^ 0b101_0100_0001_0010
        }
        let mask = formats[0] >> 10 & 7
        var bits: [Bool] = []
        var isUpward = true
        // Columns by twos from the right; the one of the timing pattern is left out.
        for right in [20, 18, 16, 14, 12, 10, 8, 5, 3, 1] {
            for y in isUpward ? Array((0..<21).reversed()) : Array(0..<21) {
                for x in [right, right - 1] where Self.isData(x, y) {
                    bits.append(code.isDark(x: x, y: y) != Self.isMasked(mask, x, y))
                }
            }
            isUpward.toggle()
        }
        codewords = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    /// Whether the ten last bits are the remainder that the BCH code (15, 5) gives for the first five.
    var isFormatIntact: Bool {
        var rest = formats[0]
        for shift in (0...4).reversed() where rest >> (shift + 10) & 1 == 1 {
            rest ^= 0b101_0011_0111 << shift
        }
        return rest == 0
    }

    private static func isData(_ x: Int, _ y: Int) -> Bool {
        let isCorner = (x < 9 && y < 9) || (x > 12 && y < 9) || (x < 9 && y > 12)
        return !isCorner && x != 6 && y != 6
    }

    private static func isMasked(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (y / 2 + x / 3) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }
}
