extension QRCode {
    /// The sizes that modules of an SVG may have, in pixels.
    public static let svgModuleSizes = 1...1_000

    /// A drawing in SVG 1.1: a white square with the quiet zone, on it one path of the dark modules, row
    /// by row.
    /// - Parameters:
    ///   - moduleSize: The width of a module in pixels of CSS; it can be shown larger.
    ///   - title: What it is, for those who hear it, and as a tip. Any text: it is escaped, and characters
    ///     that XML cannot hold become U+FFFD.
    /// - Throws: ``QRCodeError/badModuleSize(_:limits:)``.
    public func svg(moduleSize: Int = 8, title: String? = nil) throws(QRCodeError) -> String {
        guard Self.svgModuleSizes.contains(moduleSize) else {
            throw .badModuleSize(moduleSize, limits: Self.svgModuleSizes)
        }
        let side = width + 2 * Self.quietZone
        let pixels = side * moduleSize
        let head =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(pixels)\" height=\"\(pixels)\""
            + " viewBox=\"0 0 \(side) \(side)\" role=\"img\" shape-rendering=\"crispEdges\">"
        let lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", head,
            title.map { "<title>\(Self.escaped($0))</title>" },
            "<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/>",
            "<path fill=\"#000\" d=\"\(path())\"/>", "</svg>",
        ]
        return lines.compactMap { $0 }.joined(separator: "\n") + "\n"
    }

    /// A rectangle for each run of dark modules in a row.
    private func path() -> String {
        var path = ""
        for y in 0..<width {
            var x = 0
            while x < width {
                let start = x
                while isDark(x: x, y: y) { x += 1 }
                if x > start {
                    path += "M\(start + Self.quietZone) \(y + Self.quietZone)h\(x - start)v1h-\(x - start)z"
                }
                x += 1
            }
        }
        return path
    }

    /// - Source: XML 1.0, productions 2 (Char) and 14 (CharData).
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", " "..."\u{d7ff}", "\u{e000}"..."\u{fffd}", "\u{10000}"..."\u{10ffff}":
                result.unicodeScalars.append(scalar)
            // A reader of XML would make a line feed of it.
            case "\r": result += "&#13;"
            default: result += "\u{fffd}"
            }
        }
    }
}
