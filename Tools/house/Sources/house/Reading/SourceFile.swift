/// A Swift file, read once for all rules.
struct SourceFile {
    let path: String
    let lines: [String]
    let tokens: [Token]
    let comments: [Comment]

    init(path: String, text: String) {
        let lexer = Lexer(text)
        self.path = path
        lines = text.lines
        tokens = lexer.tokens
        comments = lexer.comments
    }

    /// Where tokens with these texts follow each other.
    func places(of texts: [String]) -> [Int] {
        tokens.indices.filter { start in
            start + texts.count <= tokens.count
                && zip(texts, tokens[start...]).allSatisfy { $0 == $1.text }
        }
    }

    /// The same as violations, one for each place; what is complained of stands behind a colon.
    func violations(of texts: [String], _ what: String, remedy: String) -> [Violation] {
        let shown = texts.joined(separator: " ").replacing(" . ", with: ".").replacing(" ( ", with: "(")
            .replacing(" )", with: ")").replacing(" !", with: "!").replacing("@ ", with: "@")
        return places(of: texts).map {
            Violation(path: path, line: tokens[$0].line, what: "\(what): `\(shown)`", remedy: remedy)
        }
    }
}

// MARK: Where it belongs

extension SourceFile {
    private var parts: [Substring] { path.split(separator: "/") }

    var name: String { parts.last.map { String($0) } ?? path }
    var isManifest: Bool { name == "Package.swift" }
    var isTest: Bool { path.hasPrefix("Tests-Integration/") || parts.dropLast().contains("Tests") }

    /// `Feeds` for `Packages/Feeds/…`.
    var package: String? { parts.count > 2 && parts[0] == "Packages" ? String(parts[1]) : nil }

    /// The module, or the test target, that a file of a package is compiled into.
    var module: String? { package != nil && parts.count > 4 ? String(parts[3]) : nil }

    /// A file of a package's library.
    var isLibrary: Bool { package != nil && parts.count > 4 && parts[2] == "Sources" }

    /// Modules named after a native library or the file system, and the client, may touch the system; the
    /// rest may not.
    var isCore: Bool {
        guard isLibrary, let module else { return false }
        return !module.hasSuffix("SQLite") && !module.hasSuffix("UV")
            && !module.hasSuffix("File") && module != "Dunlin"
    }
}
