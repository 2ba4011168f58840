/// A seed decides all that the core does; a clock, chance or task of its own would be out of its reach.
struct CoreTimeAndChanceRule: Rule {
    let name = "core-time-and-chance"
    let summary = "The core takes time and randomness as arguments, and starts no tasks."

    private static let time = [
        ["Date", "(", ")"], ["Date", ".", "now"], ["ContinuousClock"], ["SuspendingClock"],
    ]
    private static let chance = [
        ["SystemRandomNumberGenerator"], [".", "random", "(", "in"], [".", "randomElement"],
        [".", "shuffled", "(", ")"],
        [".", "shuffle", "(", ")"],
    ]
    private static let tasks = [
        ["Task", "{"], ["Task", "("], ["Task", "<"], ["Task", ".", "sleep"], ["Task", ".", "detached"],
    ]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter(\.isCore).flatMap { file in
            Self.time.flatMap {
                file.violations(
                    of: $0, "the core reads a clock", remedy: "take the time as an argument")
            }
                + Self.chance.flatMap {
                    file.violations(
                        of: $0, "the core makes its own chance",
                        remedy: "draw from the random source that the caller gives")
                }
                + Self.tasks.flatMap {
                    file.violations(
                        of: $0, "the core starts or delays a task",
                        remedy: "return an effect and let a shell run it")
                }
        }
    }

    var plants: [Plant] {
        [
            "let now = Date()", "let now = Date.now", "let clock = ContinuousClock()",
            "let clock: SuspendingClock? = nil",
            "var source = SystemRandomNumberGenerator()", "let die = Int.random(in: 1...6)",
            "let one = [1].randomElement()",
            "let all = [1].shuffled()", "func mix(_ all: inout [Int]) { all.shuffle() }",
            "func go() { Task { go() } }", "func go() { Task(priority: .high) { go() } }",
            "let task: Task<Void, Never>? = nil",
            "func go() async throws { try await Task.sleep(for: .seconds(1)) }",
            "func go() { Task.detached { go() } }", "let text = \"at \\(Date())\"",
        ].map { Plant.core(line: 2, "// Planted.\n" + $0) }
    }

    var innocents: [Plant] {
        let all = "let clock = ContinuousClock()\nlet task = Task { Int.random(in: 1...6) }\n"
        return [
            Plant.core("/// Not Date() nor Task { }.\nlet text = \"Date() Task { ContinuousClock\""),
            Plant.core(
                "func mix(_ all: [Int], _ source: inout Dice) -> [Int] { all.shuffled(using: &source) }"),
            Plant("Packages/Nests/Sources/DunlinNestsSQLite/Planted.swift", all),
            Plant("Packages/Nests/Tests/DunlinNestsTests/Planted.swift", all),
        ]
    }
}
