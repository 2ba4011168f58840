/// A function that needs scrolling has parts that want names.
struct FunctionSizeRule: Rule {
    static let limit = 70

    let name = "function-size"
    let summary = "A function has at most \(limit) lines."
    let isRatcheted = true

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter { !$0.isManifest }.flatMap { file in
            file.functions.filter { $0.lines.count > Self.limit }.map {
                Violation(
                    path: file.path, line: $0.lines.lowerBound,
                    what: "\($0.name) has \($0.lines.count) lines, more than \(Self.limit)",
                    remedy: "find the parts that have a name of their own", weight: $0.lines.count)
            }
        }
    }

    private func function(_ head: String, lines: Int) -> String {
        head + " {\n" + String(repeating: "    step(\"{\")\n", count: lines - 2) + "}"
    }

    var plants: [Plant] {
        [
            "func lay<T>(_ egg: T, then: () -> Void = {}) async throws(EggError) -> [T] where T: Egg",
            "init?(_ egg: Egg)", "subscript(_ index: Int) -> Egg",
        ].map {
            Plant.core(line: 3, "protocol Layer { func lay() }\n\n" + function($0, lines: Self.limit + 1))
        }
    }

    var innocents: [Plant] {
        [
            Plant.core(
                function("func lay() -> Egg", lines: Self.limit) + "\n\n" + function("struct Egg", lines: 200)
            ),
            // A call with a closure, not a declaration with a body.
            Plant.core(function("let egg = Egg.init(1)", lines: Self.limit + 1)),
        ]
    }
}

extension SourceFile {
    /// Functions, initialisers and subscripts with a body, and their lines from the name to the last brace.
    var functions: [(name: String, lines: ClosedRange<Int>)] {
        tokens.indices.compactMap { index in
            let token = tokens[index]
            guard ["func", "init", "subscript"].contains(token.text), token.kind == .word else { return nil }
            // `self.init(…)` is a call.
            if index > 0 && tokens[index - 1].text.hasSuffix(".") { return nil }
            guard let open = body(after: index + 1), let close = partner(of: open) else { return nil }
            let name = token.text == "func" ? tokens[index + 1].text : token.text
            return (name, token.line...tokens[close].line)
        }
    }

    /// The brace that opens the body of a declaration, or nil for a mere requirement.
    private func body(after start: Int) -> Int? {
        let others: Set = [
            "func", "init", "subscript", "var", "let", "case", "static", "mutating", "associatedtype",
            "typealias", "@",
            "}", ";", "public", "private", "internal", "fileprivate", "struct", "class", "enum", "extension",
            "protocol",
        ]
        var index = start
        while index < tokens.count {
            switch tokens[index].text {
            case "{": return index
            case "(", "[":
                guard let close = partner(of: index) else { return nil }
                index = close
            case let text where index > start && others.contains(text): return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The bracket that closes the one at an index.
    private func partner(of open: Int) -> Int? {
        let pairs = ["{": "}", "(": ")", "[": "]"]
        guard let close = pairs[tokens[open].text] else { return nil }
        var depth = 0
        for index in open..<tokens.count where tokens[index].kind == .mark {
            if tokens[index].text == tokens[open].text { depth += 1 }
            if tokens[index].text == close { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
