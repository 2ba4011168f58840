import DunlinQRCodes
import Testing

@Suite struct QRCodeTests {
    @Test func `the standard's example has the standard's codewords`() throws {
        // ISO/IEC 18004:2015, annex I: "01234567" in version 1 with medium correction.
        let data: [UInt8] = [
            0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11,
        ]
        let correction: [UInt8] = [0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55]
        let code = try QRCode("01234567", correction: .medium)
        #expect(code.version == 1)
        #expect(SmallestSymbol(code).codewords == data + correction)
    }

    @Test(arguments: [
        // ECI (0111), number 26 in eight bits, bytes (0100), how many in eight bits, and the bytes.
        ("é", [0x71, 0xa4, 0x02, 0xc3, 0xa9] as [UInt8]),
        // ASCII says nothing of the kind.
        ("a", [0x40, 0x16, 0x10]), ("\0a", [0x40, 0x20, 0x06, 0x10]),
    ]) func `a code says that it holds UTF-8 where it matters`(text: String, beginning: [UInt8]) throws {
        #expect(SmallestSymbol(try QRCode(text)).codewords.starts(with: beginning))
    }

    @Test(arguments: zip(QRCode.Correction.allCases, [0b01, 0b00, 0b11, 0b10]))
    func `both copies of the format name the correction`(
        correction: QRCode.Correction, indicator: Int
    ) throws {
        let symbol = SmallestSymbol(try QRCode("1", correction: correction))
        #expect(symbol.formats[0] == symbol.formats[1])
        #expect(symbol.formats[0] >> 13 == indicator)
        #expect(symbol.isFormatIntact)
    }

    @Test(arguments: QRCode.Correction.allCases)
    func `every size has its finder and timing patterns`(correction: QRCode.Correction) throws {
        let finder = [
            "#######.", "#.....#.", "#.###.#.", "#.###.#.", "#.###.#.", "#.....#.", "#######.", "........",
        ].map { $0.map { $0 == "#" } }
        var versions: Set<Int> = []
        for count in stride(from: 1, through: 1_270, by: 20) {
            let code = try QRCode(String(repeating: "a", count: count), correction: correction)
            guard versions.insert(code.version).inserted else { continue }
            let last = code.width - 1
            for (y, row) in finder.enumerated() {
                #expect(row.indices.map { code.isDark(x: $0, y: y) } == row)
                #expect(row.indices.map { code.isDark(x: last - $0, y: y) } == row)
                #expect(row.indices.map { code.isDark(x: $0, y: last - y) } == row)
            }
            let between = 8..<code.width - 8
            #expect(between.allSatisfy { code.isDark(x: $0, y: 6) == $0.isMultiple(of: 2) })
            #expect(between.allSatisfy { code.isDark(x: 6, y: $0) == $0.isMultiple(of: 2) })
            // The one module that is always dark.
            #expect(code.isDark(x: 8, y: code.width - 8))
        }
        #expect(versions.count > 20)
    }

    @Test func `around the code it is light`() throws {
        let code = try QRCode("quiet")
        for place in -5...code.width + 5 {
            for outside in [-5, -1, code.width, code.width + 5, .min, .max] {
                #expect(!code.isDark(x: place, y: outside) && !code.isDark(x: outside, y: place))
            }
        }
    }

    @Test func `the same text gives the same code, on many threads at once`() async throws {
        let texts = (0..<40).map { String(repeating: "text \($0) ", count: $0 + 1) }
        let codes = try texts.map { try QRCode($0, correction: .quartile) }
        #expect(Set(codes).count == texts.count)
        try await withThrowingTaskGroup(of: [QRCode].self) { group in
            for _ in 0..<8 {
                group.addTask { try texts.map { try QRCode($0, correction: .quartile) } }
            }
            for try await others in group { #expect(others == codes) }
        }
    }

    @Test func `capital letters and digits take less than others`() throws {
        let small = try QRCode("DUNLIN:" + String(repeating: "ABC234", count: 30))
        let large = try QRCode("dunlin:" + String(repeating: "abc234", count: 30))
        #expect(small.width < large.width)
        // Also within a text of others.
        let mixed = try QRCode("https://example.org/" + String(repeating: "0123456789", count: 20))
        #expect(mixed.width < (try QRCode("https://example.org/" + String(repeating: "o", count: 200))).width)
    }
}
