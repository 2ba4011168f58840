import CQREncode

/// A QR code drawn with half blocks, for a terminal.
///
/// Sound because: libqrencode's result is read within its bounds and freed once.
enum QRCode {
    /// - Returns: nil when the text does not fit into a code.
    static func draw(_ text: String) -> String? {
        guard let code = unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1) else { return nil }
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        guard let data = unsafe code.pointee.data else { return nil }
        let modules = unsafe [UInt8](UnsafeBufferPointer(start: data, count: width * width))
        // Two modules of quiet on each side; light is drawn, so that the code is dark on light on any
        // terminal.
        func isLight(_ x: Int, _ y: Int) -> Bool {
            guard (0..<width).contains(x), (0..<width).contains(y) else { return true }
            return modules[y * width + x] & 1 == 0
        }
        var lines: [String] = []
        for y in stride(from: -2, to: width + 2, by: 2) {
            var line = ""
            for x in -2..<width + 2 {
                switch (isLight(x, y), isLight(x, y + 1)) {
                case (true, true): line += "█"
                case (true, false): line += "▀"
                case (false, true): line += "▄"
                case (false, false): line += " "
                }
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}
