/// What a text is made of; it decides how densely a code can hold it in one piece.
enum Characters {
    case digits, alphanumerics, ascii, others

    init(of bytes: [UInt8]) {
        if bytes.allSatisfy(Self.isDigit) {
            self = .digits
        } else if bytes.allSatisfy({ Self.isDigit($0) || Self.isCapital($0) || Self.signs.contains($0) }) {
            self = .alphanumerics
        } else {
            self = bytes.allSatisfy { $0 < 0x80 } ? .ascii : .others
        }
    }

    private static let signs = Array(" $%*+-./:".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }

    /// The most bytes that any code holds of them.
    /// - Source: ISO/IEC 18004:2015, table 7 (version 40), sections 7.4.2 to 7.4.5.
    func byteLimit(_ correction: QRCode.Correction) -> Int {
        let codewords =
            switch correction {
            case .low: 2_956
            case .medium: 2_334
            case .quartile: 1_666
            case .high: 1_276
            }
        // Four bits name the mode; 14, 13 or 16 count the characters; twelve say that they are UTF-8.
        switch self {
        case .digits:
            let bits = codewords * 8 - 4 - 14
            return bits / 10 * 3 + (bits % 10 >= 7 ? 2 : bits % 10 >= 4 ? 1 : 0)
        case .alphanumerics:
            let bits = codewords * 8 - 4 - 13
            return bits / 11 * 2 + (bits % 11 >= 6 ? 1 : 0)
        case .ascii: return (codewords * 8 - 4 - 16) / 8
        case .others: return (codewords * 8 - 4 - 16 - 12) / 8
        }
    }

    /// The most digits that any code holds, and so the most bytes.
    static let mostDigits = 7_089
}
