import CZlib
import DunlinQRCodes
import Testing

@Suite struct DrawingTests {
    static let texts = ["1", "dunlin:aaaa", String(repeating: "long ", count: 100)]

    // MARK: Terminal

    @Test(arguments: texts) func `every module stands in the terminal's drawing`(text: String) throws {
        let code = try QRCode(text)
        let lines = code.terminal().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == (code.width + 5) / 2)
        for (row, line) in lines.enumerated() {
            let halves = line.map { (upper: $0 == " " || $0 == "▄", lower: $0 == " " || $0 == "▀") }
            #expect(halves.count == code.width + 4)
            for (column, half) in halves.enumerated() {
                #expect(half.upper == code.isDark(x: column - 2, y: 2 * row - 2))
                #expect(half.lower == code.isDark(x: column - 2, y: 2 * row - 1))
            }
        }
    }

    @Test func `colours are set and reset on every line`() throws {
        let code = try QRCode("colour")
        let lines = code.terminal(isColoured: true).split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("\u{1b}[97;40m") && $0.hasSuffix("\u{1b}[0m") })
        let plain = lines.map { $0.dropFirst(8).dropLast(4) }.joined(separator: "\n")
        #expect(plain == code.terminal())
    }

    // MARK: PNG

    @Test(arguments: texts, [1, 2, 3, 7, 8])
    func `every pixel of a PNG is what its module is`(text: String, scale: Int) throws {
        let code = try QRCode(text, correction: .medium)
        let picture = try Picture(code.png(scale: scale))
        let side = (code.width + 8) * scale
        #expect(picture.width == side && picture.height == side)
        var wrong = 0
        for y in 0..<side {
            for x in 0..<side {
                let isDark = code.isDark(x: x / scale - 4, y: y / scale - 4)
                if picture.isBlack(x, y) != isDark { wrong += 1 }
            }
        }
        #expect(wrong == 0)
        #expect((0..<4 * scale).allSatisfy { y in !(0..<side).contains { picture.isBlack($0, y) } })
    }

    @Test func `the largest PNG is small`() throws {
        let code = try QRCode(String(repeating: "7", count: 7_089))
        let png = try code.png(scale: 64)
        #expect(png.count < 200_000)
        #expect(try Picture(png).width == 11_840)
    }

    // MARK: SVG

    @Test(arguments: texts) func `the rectangles of an SVG are the dark modules`(text: String) throws {
        let code = try QRCode(text)
        let svg = try code.svg(moduleSize: 3)
        let side = code.width + 8
        #expect(svg.contains("width=\"\(side * 3)\" height=\"\(side * 3)\" viewBox=\"0 0 \(side) \(side)\""))
        #expect(svg.contains("shape-rendering=\"crispEdges\""))
        #expect(svg.contains("<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/>"))
        #expect(!svg.contains("<title>"))
        #expect(svg.split(separator: "<path").count == 2)
        let path = try #require(svg.split(separator: " d=\"").last?.split(separator: "\"").first)
        var drawn: [[Int]] = []
        for rectangle in path.split(separator: "z") {
            let numbers = rectangle.dropFirst().split { !$0.isNumber }.compactMap { Int($0) }
            try #require(numbers.count == 5 && numbers[2] == numbers[4] && numbers[3] == 1)
            #expect(rectangle == "M\(numbers[0]) \(numbers[1])h\(numbers[2])v1h-\(numbers[2])")
            // Runs are merged: beside them it is light.
            for x in [numbers[0] - 1, numbers[0] + numbers[2]] {
                #expect(!code.isDark(x: x - 4, y: numbers[1] - 4))
            }
            drawn += (numbers[0]..<numbers[0] + numbers[2]).map { [$0 - 4, numbers[1] - 4] }
        }
        let dark = (0..<code.width).flatMap { y in
            (0..<code.width).filter { code.isDark(x: $0, y: y) }.map { [$0, y] }
        }
        #expect(drawn == dark)
    }

    @Test func `a title is escaped`() throws {
        let code = try QRCode("title")
        let title = "<b>&\"'</title> \u{0}\u{b}\u{1b}\u{ffff}\r\n\té😀"
        let svg = try code.svg(title: title)
        let escaped =
            "&lt;b&gt;&amp;&quot;&#39;&lt;/title&gt; \u{fffd}\u{fffd}\u{fffd}\u{fffd}&#13;\n\té😀"
        #expect(svg.contains("<title>\(escaped)</title>"))
        #expect(svg.unicodeScalars.filter { $0 == "<" }.count == 7)
    }
}

/// A PNG of one bit of grey without filters, read chunk by chunk.
struct Picture {
    let width: Int
    let height: Int
    private let rows: [UInt8]
    private var stride: Int { 1 + (width + 7) / 8 }

    init(_ file: [UInt8]) throws {
        try #require(Array(file.prefix(8)) == [0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a])
        var chunks: [(type: String, content: [UInt8])] = []
        var offset = 8
        while offset < file.count {
            let count = Self.number(file, offset)
            let checked = Array(file[offset + 4..<offset + 8 + count])
            #expect(Self.crc(checked) == UInt32(Self.number(file, offset + 8 + count)))
            chunks.append((String(decoding: checked.prefix(4), as: UTF8.self), Array(checked.dropFirst(4))))
            offset += 12 + count
        }
        #expect(offset == file.count)
        try #require(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
        let header = chunks[0].content
        try #require(header.count == 13 && chunks[2].content.isEmpty)
        #expect(Array(header.dropFirst(8)) == [1, 0, 0, 0, 0])
        width = Self.number(header, 0)
        height = Self.number(header, 4)
        let expected = (1 + (width + 7) / 8) * height
        // A byte more, so that a stream that is too long shows.
        var rows = [UInt8](repeating: 0, count: expected + 1)
        var count = uLong(rows.count)
        let stream = chunks[1].content
        let status = unsafe uncompress(&rows, &count, stream, uLong(stream.count))
        try #require(status == Z_OK && Int(count) == expected)
        self.rows = rows.dropLast()
        let stride = 1 + (width + 7) / 8
        #expect((0..<height).allSatisfy { rows[$0 * stride] == 0 })
    }

    func isBlack(_ x: Int, _ y: Int) -> Bool { rows[y * stride + 1 + x / 8] >> UInt8(7 - x % 8) & 1 == 0 }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Bit by bit, as the standard defines it.
    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }
}
