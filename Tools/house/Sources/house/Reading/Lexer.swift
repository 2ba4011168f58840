/// Cuts Swift source into tokens and comments, as far as the rules need it.
///
/// Code inside a string's interpolation counts as code. A file that does not compile gives some tokens, never
/// an error.
struct Lexer {
    private(set) var tokens: [Token] = []
    private(set) var comments: [Comment] = []
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var isAfterSpace = true

    init(_ text: String) {
        bytes = Array(text.utf8)
        code(untilParenthesis: false)
    }

    private func byte(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<at], as: UTF8.self) }

    private mutating func add(_ kind: Token.Kind, _ text: String, line: Int) {
        tokens.append(Token(kind: kind, text: text, line: line, touchesPrevious: !isAfterSpace))
        isAfterSpace = false
    }

    /// With `untilParenthesis`, stops behind the parenthesis that closes an interpolation.
    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while at < bytes.count {
            let next = byte()
            switch next {
            case UInt8(ascii: "\n"):
                line += 1
                at += 1
                isAfterSpace = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                at += 1
                isAfterSpace = true
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): lineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): blockComment()
            case UInt8(ascii: "/") where startsRegex(): regex()
            case UInt8(ascii: "\""): string(hashes: 0)
            case UInt8(ascii: "#"): hash()
            case UInt8(ascii: "`"): quotedWord()
            case let digit where digit.isDigit: number()
            case let letter where letter.isWord: word()
            case let mark where mark.isOperator: operatorMark()
            default:
                at += 1
                add(.mark, String(UnicodeScalar(next)), line: line)
                if next == UInt8(ascii: "(") { depth += 1 }
                if next == UInt8(ascii: ")") {
                    if untilParenthesis && depth == 0 { return }
                    depth -= 1
                }
            }
        }
    }

    private mutating func word() {
        let start = at
        while byte().isWord { at += 1 }
        add(.word, text(from: start), line: line)
    }

    private mutating func quotedWord() {
        let start = at
        at += 1
        while at < bytes.count && byte() != UInt8(ascii: "`") && byte() != UInt8(ascii: "\n") { at += 1 }
        at = min(at + 1, bytes.count)
        add(.word, text(from: start), line: line)
    }

    private mutating func number() {
        let start = at
        while byte().isWord || (byte() == UInt8(ascii: ".") && byte(1).isDigit) { at += 1 }
        add(.number, text(from: start), line: line)
    }

    private mutating func operatorMark() {
        let start = at
        // Swift's own rule: a run holds dots only when it begins with one.
        let isDotted = byte() == UInt8(ascii: ".")
        while byte().isOperator && (isDotted || byte() != UInt8(ascii: "."))
            && !(at > start && startsComment())
        {
            at += 1
        }
        add(.mark, text(from: start), line: line)
    }

    private func startsComment() -> Bool {
        byte() == UInt8(ascii: "/") && (byte(1) == UInt8(ascii: "/") || byte(1) == UInt8(ascii: "*"))
    }

    private mutating func hash() {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        if byte(hashes) == UInt8(ascii: "\"") {
            at += hashes
            string(hashes: hashes)
        } else {
            let start = at
            at += 1
            while byte().isWord { at += 1 }
            add(.word, text(from: start), line: line)
        }
    }
}

// MARK: Comments

extension Lexer {
    private mutating func lineComment() {
        let start = at
        while at < bytes.count && byte() != UInt8(ascii: "\n") { at += 1 }
        addComment(text(from: start), from: line)
    }

    private mutating func blockComment() {
        let start = at
        let first = line
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "/") && byte(1) == UInt8(ascii: "*") {
                depth += 1
                at += 2
            } else if byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/") {
                depth -= 1
                at += 2
            } else {
                if byte() == UInt8(ascii: "\n") { line += 1 }
                at += 1
            }
        } while depth > 0 && at < bytes.count
        at = min(at, bytes.count)
        addComment(text(from: start), from: first)
    }

    private mutating func addComment(_ text: String, from first: Int) {
        isAfterSpace = true
        let isDocumentation = text.hasPrefix("///") || text.hasPrefix("/**")
        let isAlone = tokens.last?.line != first
        let bare = text.drop { "/*".contains($0) }
        comments.append(
            Comment(
                text: bare.trimmed, line: first, lastLine: line, isDocumentation: isDocumentation,
                isAlone: isAlone))
    }
}

// MARK: Literals

extension Lexer {
    private mutating func string(hashes: Int) {
        add(.string, "", line: line)
        let quote = UInt8(ascii: "\"")
        let isLong = byte(1) == quote && byte(2) == quote
        let quotes = isLong ? 3 : 1
        at += quotes
        while at < bytes.count {
            if byte() == UInt8(ascii: "\\") && has(hashes, from: 1) {
                at += 1 + hashes
                if byte() == UInt8(ascii: "(") {
                    at += 1
                    add(.mark, "(", line: line)
                    code(untilParenthesis: true)
                } else if byte() != UInt8(ascii: "\n") {
                    at += 1
                }
            } else if byte() == quote && (!isLong || (byte(1) == quote && byte(2) == quote))
                && has(hashes, from: quotes)
            {
                at += quotes + hashes
                break
            } else if byte() == UInt8(ascii: "\n") {
                // A short string ends with its line even when its quote is missing.
                if !isLong { break }
                line += 1
                at += 1
            } else {
                at += 1
            }
        }
        isAfterSpace = false
    }

    private func has(_ hashes: Int, from offset: Int) -> Bool {
        (0..<hashes).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
    }

    /// A slash that can divide nothing, with another one further on in its line.
    private func startsRegex() -> Bool {
        guard let last = tokens.last, byte(1) != UInt8(ascii: " ") else { return false }
        guard last.kind == .mark && ["(", ",", "=", ":", "["].contains(last.text) else { return false }
        var offset = 1
        while byte(offset) != UInt8(ascii: "\n") && at + offset < bytes.count {
            if byte(offset) == UInt8(ascii: "/") { return offset > 1 }
            offset += byte(offset) == UInt8(ascii: "\\") ? 2 : 1
        }
        return false
    }

    private mutating func regex() {
        add(.string, "", line: line)
        at += 1
        while at < bytes.count && byte() != UInt8(ascii: "/") { at += byte() == UInt8(ascii: "\\") ? 2 : 1 }
        at = min(at + 1, bytes.count)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Letters beyond ASCII are many bytes, all of them above it.
    fileprivate var isWord: Bool {
        let lower = self | 0x20
        return isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "$") || self >= 0x80
    }

    fileprivate var isOperator: Bool {
        switch self {
        case UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "!"),
            UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"),
            UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: "~"), UInt8(ascii: "?"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
