import ArgumentParser

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunlin-bench", abstract: "Measures Dunlin; prints JSON lines.",
        subcommands: [
            TextBench.self, ShapesBench.self, MapBench.self, SpaceBench.self, FeedBench.self,
            TransferBench.self,
            StartBench.self, ObjectsBench.self, TableCommand.self,
        ])
}
