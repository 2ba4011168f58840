import ArgumentParser

/// The `dunlin` command.
public struct DunlinCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "dunlin",
        abstract: "A local-first, peer-to-peer, end-to-end encrypted database.",
        version: "0.1.0",
        subcommands: [
            InitCommand.self, RecoverCommand.self, AdoptCommand.self, WhoamiCommand.self,
            PassphraseCommand.self, IdentityCommand.self, DeviceCommand.self, ProfileCommand.self,
            PresentCommand.self,
            VerifyCommand.self,
            SpaceCommand.self, ContactsCommand.self,
            InviteCommand.self, InvitationsCommand.self,
            JoinCommand.self, PutCommand.self, GetCommand.self, ListCommand.self, RemoveCommand.self,
            EditCommand.self, MoveCommand.self, MarkCommand.self,
            RunsCommand.self, WatchCommand.self, SyncCommand.self,
            StatusCommand.self, ExportCommand.self,
            RendezvousCommand.self,
        ])

    public init() {}

    /// Runs the command with the process's arguments.
    public static func start() async { await main(nil) }
}
