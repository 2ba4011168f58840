import ArgumentParser
import Foundation

@main
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunlin-demo",
        abstract: "Shows two people sharing a space, or replays a recorded session.",
        subcommands: [ShowCommand.self, AuthorCommand.self, MiddleCommand.self],
        defaultSubcommand: ShowCommand.self)
}

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Run the demonstration.")
    @Option(help: "The dunlin command to use.") var dunlin: String
    @Option(help: "A recorded session (gzipped JSON) to replay, one process for each author.") var trace:
        String?

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-demo-\(UUID())")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let stage = Stage(dunlin: dunlin, folder: folder)
        defer { stage.endAll() }
        do {
            if let trace {
                try await TraceDemo(stage: stage, path: trace).run()
            } else {
                try TwoPeople(stage: stage).run()
            }
        } catch {
            print("It did not hold: \(error)")
            throw ExitCode(1)
        }
    }
}

/// What went wrong on the stage.
struct DemoFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
