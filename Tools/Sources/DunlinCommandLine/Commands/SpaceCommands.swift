import ArgumentParser
import DunlinEncoding
import DunlinObjects

struct SpaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space", abstract: "Create, show, leave and forget spaces.",
        subcommands: [
            Create.self, List.self, Members.self, AddContact.self, RemoveMember.self, LeaveSpace.self,
            SetRole.self,
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
        @Argument(help: .space) var space: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("space members", ["space": .plain(space)])
        }
    }

    struct Forget: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a space off this device, and this device out of the space; others keep it.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: .space) var space: String
        @Flag(help: "Do it: what no other device has is lost.") var yes = false

        func request() throws(CommandFailure) -> ObjectValue {
            guard yes else {
                throw CommandFailure(
                    .usage, "This takes the space's keys and objects off this device; say --yes to do it.")
            }
            return DunlinCommandLine.request("space forget", ["space": .plain(space)])
        }
    }
}
