import ArgumentParser
import DunlinEncoding
import DunlinInvitations
import DunlinObjects

struct SpaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space", abstract: "Create, show, leave and forget spaces.",
        subcommands: [
            Create.self, List.self, Members.self, RemoveMember.self, LeaveSpace.self, SetRole.self,
            Why.self, Graph.self, Forget.self,
        ])

    struct Create: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "Found a space.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The space's name.") var name: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("space create", ["name": .plain(name)])
        }
    }

    struct List: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "List the spaces of this home.")
        @OptionGroup var options: GlobalOptions
        func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("space list") }
    }

    struct Members: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "List the members of a space.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The space's name, or the beginning of its id.") var space: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("space members", ["space": .plain(space)])
        }
    }

    struct Forget: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a space off this device; others keep it, and this device stays a member to them.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The space's name, or the beginning of its id.") var space: String
        @Flag(help: "Do it: what no other device has is lost.") var yes = false

        func request() throws(CommandFailure) -> ObjectValue {
            guard yes else {
                throw CommandFailure(
                    .badValue, "This takes the space's keys and objects off this device; say --yes to do it.")
            }
            return DunlinCommandLine.request("space forget", ["space": .plain(space)])
        }
    }
}

struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite somebody to a space, or another device.",
        subcommands: [Create.self, Cancel.self], defaultSubcommand: Create.self)

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Open an invitation.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The space.") var space: String?
        @Flag(help: "Invite a device of your own identity.") var device = false
        @Option(help: "admin, editor or reader.") var role = "editor"
        @Option(help: "Minutes until it expires, at most 1440.") var minutes: Int64 = 10
        @Flag(help: "Do not wait for the guest; another process has the home open and serves it.")
        var noWait = false
        @OptionGroup var drawing: DrawingOptions

        func run() async throws {
            let drawings = InvitationDrawings(drawing)
            try await reporting(options) { session throws(CommandFailure) in
                var session = session
                session.printer.drawings = drawings
                guard device != (space != nil) else {
                    throw CommandFailure(.badValue, "Name a space, or say --device.")
                }
                guard (1...1_440).contains(minutes) else {
                    throw CommandFailure(.badValue, "An invitation lasts 1 to 1440 minutes.")
                }
                try drawings.check()
                let printer = session.printer
                let request = DunlinCommandLine.request(
                    "invite",
                    [
                        "space": space.plain, "role": .plain(role), "minutes": .integer(minutes),
                        "device": .bool(device), "wait": .bool(!noWait),
                    ])
                let result = try await session.run(request, network: true)
                if noWait {
                    printer.invitation(result)
                } else if printer.isJSON {
                    printer.result(result)
                } else {
                    printer.line("The guest is in.")
                }
            }
            // It was told when it happened.
            if drawings.hasFailed { throw ExitCode(CommandFailure.Code.storage.rawValue) }
        }
    }

    struct Cancel: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "End an open invitation.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The invitation's id.") var id: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("invite cancel", ["id": .plain(id)])
        }
    }
}

struct JoinCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Accept an invitation to a space, or as a new device.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "The invitation: dunlin:… or dunlin://join/…") var ticket: String
    @Option(help: "The six digits; else they are asked for.") var code: String?
    @Option(help: "Seconds to wait for the host.") var timeout: Int64 = 60

    var needsNetwork: Bool { true }

    func request() throws(CommandFailure) -> ObjectValue {
        // Before a code is asked for.
        do { _ = try InvitationTicket(parsing: ticket) } catch { throw CommandFailure(error) }
        var code = code
        if code == nil {
            options.session.printer.remark("Code:")
            code = readLine()
        }
        return DunlinCommandLine.request(
            "join", ["ticket": .plain(ticket), "code": code.plain, "timeout": .integer(timeout)])
    }
}
