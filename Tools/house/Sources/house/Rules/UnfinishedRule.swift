/// A mark in the code is read by nobody; an issue is.
struct UnfinishedRule: Rule {
    let name = "unfinished"
    let summary = "No `TODO`, `FIXME` or `XXX`."

    private static let marks: Set<Substring> = ["TODO", "FIXME", "XXX"]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.flatMap { file in
            let words = file.tokens.filter { $0.kind == .word && Self.marks.contains(Substring($0.text)) }
                .map(\.line)
            let comments = file.comments.filter { comment in
                comment.text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains {
                    Self.marks.contains($0)
                }
            }.map(\.line)
            return (words + comments).map {
                Violation(
                    path: file.path, line: $0, what: "it is marked as unfinished",
                    remedy: "finish it, or open an issue and remove the mark")
            }
        }
    }

    var plants: [Plant] {
        Self.marks.sorted().map { Plant.core(line: 2, "let egg = 1\nlet nest = 2 // \($0): more eggs") }
            + [Plant.core("/* TODO */"), Plant.core("/// FIXME(egg)\nlet egg = 1")]
            .map { Plant($0.path, $0.text.map { $0 + "let nest = 1\n" }) }
    }

    var innocents: [Plant] { [Plant.core("let egg = \"TODO\" // the TODOS and XXXX")] }
}
