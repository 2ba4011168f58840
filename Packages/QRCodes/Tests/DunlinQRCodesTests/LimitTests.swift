import DunlinQRCodes
import Testing

@Suite struct LimitTests {
    struct Limit: Sendable {
        var character: String
        /// With low, medium, quartile and high correction.
        var counts: [Int]
    }

    /// ISO/IEC 18004:2015, table 7, version 40.
    static let limits = [
        Limit(character: "7", counts: [7_089, 5_596, 3_993, 3_057]),
        Limit(character: "A", counts: [4_296, 3_391, 2_420, 1_852]),
        Limit(character: "a", counts: [2_953, 2_331, 1_663, 1_273]),
        Limit(character: "\0", counts: [2_953, 2_331, 1_663, 1_273]),
    ]

    @Test(arguments: limits) func `a text fits to the last character of the standard's table`(limit: Limit)
        throws
    {
        for (correction, count) in zip(QRCode.Correction.allCases, limit.counts) {
            let code = try QRCode(String(repeating: limit.character, count: count), correction: correction)
            #expect(code.version == 40 && code.width == 177)
            #expect(throws: QRCodeError.tooLong(byteCount: count + 1, limit: count)) {
                try QRCode(String(repeating: limit.character, count: count + 1), correction: correction)
            }
        }
    }

    @Test func `a text of other characters than ASCII has a byte less`() throws {
        let text = String(repeating: "ü", count: 1_476)
        #expect(try QRCode(text).version == 40)
        #expect(throws: QRCodeError.tooLong(byteCount: 2_953, limit: 2_952)) { try QRCode(text + "a") }
    }

    @Test func `capitals and digits by turns fit as capitals do`() throws {
        // Modes changed at each turn would cost more than one mode.
        for period in 2...20 {
            let part = "A" + String(repeating: "1", count: period - 1)
            let text = String(repeating: part, count: 4_296 / period + 1).prefix(4_296)
            #expect(try QRCode(String(text)).version <= 40)
            let small = text.lowercased().prefix(2_953)
            #expect(try QRCode(String(small)).version <= 40)
        }
    }

    @Test(arguments: [7_090, 100_000, 500_000]) func `far too long a text is refused`(count: Int) {
        for character in ["1", "A", "a", "\0", "ü"] {
            let text = String(repeating: character, count: count)
            #expect {
                try QRCode(text)
            } throws: { error in
                guard case .tooLong(text.utf8.count, let limit) = error as? QRCodeError else { return false }
                return limit < text.utf8.count
            }
        }
    }

    @Test func `no text is refused`() {
        #expect(throws: QRCodeError.empty) { try QRCode("") }
    }

    @Test func `a text with a NUL is not cut at it`() throws {
        let texts = ["a", "a\0", "a\0b", "\0", "\0a", "a\0\0", "ü\0", "ü"]
        let codes = try texts.map { try QRCode($0) }
        #expect(Set(codes).count == texts.count)
        let long = try QRCode("a\0" + String(repeating: "b", count: 1_000))
        #expect(long.version == (try QRCode(String(repeating: "b", count: 1_002))).version)
    }

    @Test func `sizes outside the limits are refused`() throws {
        let code = try QRCode("size")
        for size in [Int.min, -1, 0, 65, 1_000, Int.max] {
            #expect(throws: QRCodeError.badModuleSize(size, limits: 1...64)) { try code.png(scale: size) }
        }
        for size in [Int.min, -1, 0, 1_001, Int.max] {
            #expect(throws: QRCodeError.badModuleSize(size, limits: 1...1_000)) {
                try code.svg(moduleSize: size)
            }
        }
    }

    @Test func `errors are one sentence of the cause and one of the remedy`() {
        let errors: [QRCodeError] = [
            .empty, .tooLong(byteCount: 3, limit: 2), .badModuleSize(0, limits: 1...64), .outOfMemory,
        ]
        for error in errors {
            #expect(error.description.hasSuffix(".") && !error.description.contains("\n"))
        }
    }
}
