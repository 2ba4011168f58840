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
    public static func start() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // A machine reads errors of one form, also where no command was understood.
            if CommandLine.arguments.contains("--json"), !(error is ExitCode),
                exitCode(for: error) == .validationFailure
            {
                let reason = message(for: error).split(separator: "\n").first.map(String.init) ?? ""
                Printer(isJSON: true).failure(CommandFailure(.usage, reason))
                exit(withError: ExitCode(CommandFailure.Code.usage.rawValue))
            }
            exit(withError: error)
        }
    }
}
