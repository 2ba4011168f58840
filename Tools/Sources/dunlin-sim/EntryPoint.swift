import ArgumentParser

@main
struct SimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunlin-sim",
        abstract: "Runs whole peers in a deterministic simulation, with faults, from seeds.",
        subcommands: [SeedsCommand.self, OneCommand.self], defaultSubcommand: SeedsCommand.self)
}
