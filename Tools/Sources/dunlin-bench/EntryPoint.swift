import ArgumentParser

@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunlin-bench", abstract: "Measures Dunlin; prints JSON lines.", subcommands: [TextBench.self])
}
