/// What code may not say.
enum CodeRules {
    static var all: [Rule] {
        [
            foundation, effects, traps, unwraps, marks, names, unchecked, commentedOut,
        ].map { $0() }
    }

    private static let foundation: @Sendable () -> Rule = {
        Rule.lines(
            "core-foundation", remedy: "the core does without Foundation; move this to an adapter",
            in: \.core,
            matching: #"^\s*import Foundation\b|\bData\(|\bDate\("#, planting: "import Foundation\n")
    }

    private static let effects: @Sendable () -> Rule = {
        Rule.lines(
            "core-effects", remedy: "the core takes time and randomness as arguments and starts no tasks",
            in: \.core,
            matching:
                #"ContinuousClock|SuspendingClock|SystemRandomNumberGenerator|\bTask\s*\{|Task\.(sleep|detached)|\.random\(in:|\.randomElement\(|\.shuffled\(\)|DispatchQueue"#,
            planting: "func roll() -> Int { Int.random(in: 1...6) }\n")
    }

    private static let traps: @Sendable () -> Rule = {
        Rule.lines(
            "traps", remedy: "outside input must not end the process; throw a typed error", in: \.sources,
            matching: #"\btry!|\bas!|\bfatalError\("#, planting: "func bad() { fatalError(\"no\") }\n")
    }

    private static let unwraps: @Sendable () -> Rule = {
        Rule.lines(
            "force-unwrap", remedy: "say what happens when it is nil", in: \.sources,
            matching: #"[A-Za-z0-9_)\]]!(?!=)"#, planting: "func bad(_ x: Int?) -> Int { x! }\n")
    }

    private static let marks: @Sendable () -> Rule = {
        Rule(
            name: "marks", remedy: "finish it, or open an issue and remove the mark",
            check: { tree in
                tree.sources.flatMap { path in
                    tree.lines(path).enumerated().compactMap { index, line in
                        line.firstMatch(of: #/\b(T[O]DO|F[I]XME|X[X]X)\b/#)
                            .map { Rule.Violation(path: path, line: index + 1, text: String($0.0)) }
                    }
                }
            },
            plant: { tree in
                tree.put("// TO" + "DO: later\n", at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }

    private static let names: @Sendable () -> Rule = {
        Rule.lines(
            "names", remedy: "name the thing, not that it does something", in: \.sources,
            matching: #"\b(struct|class|enum|actor|protocol) \w*(Manager|Helpers?|Utils?|Handler|Service)\b"#,
            planting: "struct PeerManager {}\n")
    }

    private static let unchecked: @Sendable () -> Rule = {
        Rule.lines(
            "unchecked", remedy: "keep this to a file named …+Unsafe.swift, and say why it is sound",
            in: { tree in tree.sources.filter { !$0.hasSuffix("Unsafe.swift") } },
            matching: #"@unchecked Sendable|nonisolated\(unsafe\)"#,
            planting: "final class Shared: @unchecked Sendable {}\n")
    }

    private static let commentedOut: @Sendable () -> Rule = {
        Rule(
            name: "commented-out", remedy: "delete it; git remembers",
            check: { tree in
                tree.sources.flatMap { path in
                    tree.lines(path).enumerated().compactMap { index, line in
                        line.wholeMatch(
                            of:
                                #/\s*\/\/ ?(\}|(let|var|func|if|for|guard|return|import|try|await) .*[{})(;=].*)/#
                        )
                        .map { Rule.Violation(path: path, line: index + 1, text: String($0.0)) }
                    }
                }
            },
            plant: { tree in
                tree.put("// let x = old(1)\n", at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }
}
