import ArgumentParser
import DunlinEncoding
import DunlinObjects

struct SpaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space", abstract: "Create and show spaces.",
        subcommands: [Create.self, List.self, Members.self])

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
}
