import DunlinQRCodes
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let code = try QRCode("https://example.org/trip", correction: .medium)
        print(code.terminal())
        let drawing = try code.svg(moduleSize: 6, title: "Come to the trip")
        let picture = try code.png(scale: 8)
        #expect(drawing.contains("<title>Come to the trip</title>"))
        #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        #expect(code.width == 25 && code.isDark(x: 0, y: 0) && !code.isDark(x: -1, y: 0))
        #expect(throws: QRCodeError.tooLong(byteCount: 3_000, limit: 2_953)) {
            try QRCode(String(repeating: "a", count: 3_000))
        }
    }
}
