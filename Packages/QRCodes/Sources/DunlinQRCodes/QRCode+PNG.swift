extension QRCode {
    /// The sizes that modules of a PNG may have, in pixels: with 64 the largest code is 11,840 pixels wide.
    public static let pngScales = 1...64

    /// A picture with the quiet zone, of one bit for each pixel: black on white.
    /// - Parameter scale: The width of a module in pixels.
    /// - Returns: A PNG file.
    /// - Throws: ``QRCodeError/badModuleSize(_:limits:)`` or ``QRCodeError/outOfMemory``.
    /// - Complexity: O(*p*) for *p* pixels, in *p* / 4 bytes of memory.
    /// - Source: W3C PNG (Third Edition), colour type 0 (greyscale), bit depth 1.
    public func png(scale: Int = 8) throws(QRCodeError) -> [UInt8] {
        guard Self.pngScales.contains(scale) else {
            throw .badModuleSize(scale, limits: Self.pngScales)
        }
        let side = (width + 2 * Self.quietZone) * scale
        guard let data = Zlib.compress(scanlines(scale, side)) else { throw .outOfMemory }
        let size = Self.bigEndian(UInt32(side))
        // Bit depth 1, greyscale, then the only methods there are, not interlaced.
        let header: [UInt8] = size + size + [1, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            + Self.chunk("IHDR", header) + Self.chunk("IDAT", data) + Self.chunk("IEND", [])
    }

    /// Each row of pixels after a byte 0 (unfiltered); the leftmost pixel is the highest bit, and 1 is white.
    private func scanlines(_ scale: Int, _ side: Int) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity((1 + (side + 7) / 8) * side)
        for y in -Self.quietZone..<width + Self.quietZone {
            var line = [UInt8](repeating: 0, count: 1 + (side + 7) / 8)
            var pixel = 8
            for x in -Self.quietZone..<width + Self.quietZone {
                let isLight = !isDark(x: x, y: y)
                for pixel in pixel..<pixel + scale where isLight {
                    line[pixel / 8] |= 0x80 >> UInt8(pixel % 8)
                }
                pixel += scale
            }
            for _ in 0..<scale { lines += line }
        }
        return lines
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + content
        return bigEndian(UInt32(content.count)) + checked + bigEndian(Zlib.checksum(checked))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
