/// Files, functions and lines have sizes that a reader can hold.
enum SizeRules {
    static var all: [Rule] { [file, function, line].map { $0() } }

    private static let file: @Sendable () -> Rule = {
        Rule(
            name: "file-size", remedy: "find its second idea and give that a file",
            check: { tree in
                tree.sources.compactMap { path in
                    let count = tree.lines(path).count - 1
                    return count > 600 ? Rule.Violation(path: path, line: 0, text: "\(count) lines") : nil
                }
            },
            plant: { tree in
                tree.put(
                    String(repeating: "// Why.\n", count: 601),
                    at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }

    private static let function: @Sendable () -> Rule = {
        Rule(
            name: "function-size", remedy: "give its parts names of their own",
            check: { tree in
                tree.sources.flatMap { path in
                    SwiftText.functions(tree.code(path)).filter { $0.count > 70 }
                        .map {
                            Rule.Violation(
                                path: path, line: $0.line, text: "\($0.name) has \($0.count) lines")
                        }
                }
            },
            plant: { tree in
                tree.put(
                    "func long() {\n" + String(repeating: "    work()\n", count: 80) + "}\n",
                    at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }

    private static let line: @Sendable () -> Rule = {
        Rule(
            name: "line-length", remedy: "wrap it at 110 columns",
            check: { tree in
                (tree.sources + tree.paths.filter { tree.isTest($0) && $0.hasSuffix(".swift") }).flatMap {
                    path in
                    tree.lines(path).enumerated().compactMap { index, line in
                        line.count > 110
                            ? Rule.Violation(path: path, line: index + 1, text: "\(line.count) columns") : nil
                    }
                }
            },
            plant: { tree in
                tree.put(
                    "// " + String(repeating: "why ", count: 40) + "\n",
                    at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }
}
