/// Old code is in the history; in a comment it only grows old.
struct CommentedOutRule: Rule {
    let name = "commented-out"
    let summary = "No code in comments (documentation may show some)."

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.flatMap { file in
            file.comments.filter { !$0.isDocumentation && $0.isAlone && looksLikeCode($0.text) }.map {
                Violation(
                    path: file.path, line: $0.line, what: "this comment is code",
                    remedy: "remove it: the history has it")
            }
        }
    }

    /// Rather misses some than takes prose for code.
    private func looksLikeCode(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard let first = words.first else { return false }
        if text.hasSuffix(";") || text.hasSuffix("{") || text == "}" { return true }
        switch first {
        case "let", "var":
            return text.contains(" = ") && words.count > 2 && (words[2] == "=" || words[1].hasSuffix(":"))
        case "func": return text.contains("(") && text.contains(")")
        case "import": return words.count == 2 && words[1].first?.isUppercase == true
        case "try", "await", "return": return text.hasSuffix(")") && text.contains("(")
        case "guard": return text.contains(" else")
        default: break
        }
        // `nest.add(egg)`: a call on something, and nothing else.
        guard text.hasSuffix(")"), let call = text.firstIndex(of: "(") else { return false }
        let called = text[..<call]
        return called == "print"
            || (called.contains(".") && called.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." })
    }

    var plants: [Plant] {
        [
            "// let egg = lay()", "// nest.add(egg)", "// if egg.isBig {", "// eggs = 1;",
            "// return lay(egg, 1)",
            "// import Foundation", "// func lay() -> Egg", "// guard let egg else", "// print(\"egg\")",
        ].map { Plant.core(line: 2, "let one = 1\n" + $0) }
    }

    var innocents: [Plant] {
        [
            "// let us see = this", "// Return the egg (if there is one).",
            "// See nest.add(egg), which does it.",
            "let one = 1 // nest.add(egg)", "/// let egg = lay()", "// import of eggs",
            "// func is a keyword; it is not the only one.",
        ].map { Plant.core("let two = 2\n" + $0 + "\nlet three = 3") }
    }
}
