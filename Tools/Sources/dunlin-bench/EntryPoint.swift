import ArgumentParser

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunlin-bench", abstract: "Measures Dunlin; prints JSON lines.",
        subcommands: [
            TextBench.self, ShapesBench.self, MapBench.self, ListBench.self, ObjectsBench.self,
            ObjectTextBench.self, SpaceBench.self, TypingBench.self,
            FeedBench.self, TransferBench.self, StartBench.self, MembershipBench.self,
            TableCommand.self,
        ])
}
