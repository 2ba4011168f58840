/// Just enough of Swift's surface to tell code from comments and strings.
enum SwiftText {
    /// The lines with comments and the contents of strings left out.
    static func code(_ lines: [String]) -> [String] {
        var result: [String] = []
        var inBlockComment = 0
        var inMultiline = false
        for line in lines {
            var kept = ""
            var rest = Substring(line)
            while let character = rest.first {
                if inMultiline {
                    if rest.hasPrefix("\"\"\"") {
                        inMultiline = false
                        rest = rest.dropFirst(3)
                    } else {
                        rest = rest.dropFirst()
                    }
                } else if inBlockComment > 0 {
                    let ends = rest.hasPrefix("*/")
                    inBlockComment += ends ? -1 : rest.hasPrefix("/*") ? 1 : 0
                    rest = rest.dropFirst(ends ? 2 : 1)
                } else if rest.hasPrefix("//") {
                    break
                } else if rest.hasPrefix("/*") {
                    inBlockComment += 1
                    rest = rest.dropFirst(2)
                } else if rest.hasPrefix("\"\"\"") {
                    inMultiline = true
                    kept += "\"\""
                    rest = rest.dropFirst(3)
                } else if character == "\"" {
                    kept += "\"\""
                    rest = afterString(rest.dropFirst())
                } else {
                    kept.append(character)
                    rest = rest.dropFirst()
                }
            }
            result.append(kept)
        }
        return result
    }

    private static func afterString(_ text: Substring) -> Substring {
        var rest = text
        while let character = rest.first {
            if character == "\\" {
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
                if character == "\"" { break }
            }
        }
        return rest
    }

    /// Functions with the line they begin at (from 1) and their number of lines.
    static func functions(_ code: [String]) -> [(name: String, line: Int, count: Int)] {
        var found: [(name: String, line: Int, count: Int)] = []
        var open: [(name: String, line: Int, depth: Int)] = []
        var pending: (name: String, line: Int)?
        var depth = 0
        for (index, line) in code.enumerated() {
            if let match = line.firstMatch(of: #/\b(func\s+[^\s(<]+|init[?]?\s*[(<]|deinit)/#), pending == nil
            {
                pending = (String(match.1), index + 1)
            }
            for character in line {
                if character == "{" {
                    if let begun = pending {
                        open.append((begun.name, begun.line, depth))
                        pending = nil
                    }
                    depth += 1
                } else if character == "}" {
                    depth -= 1
                    if let last = open.last, last.depth == depth {
                        open.removeLast()
                        found.append((last.name, last.line, index + 2 - last.line))
                    }
                }
            }
            // A requirement of a protocol has no body.
            if let begun = pending, line.trimmingPrefix(while: \.isWhitespace).isEmpty, index + 1 > begun.line
            {
                pending = nil
            }
        }
        return found
    }
}
