import ArgumentParser
import DunlinEncoding
import DunlinObjects

struct RemoveMember: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a member out of a space, with all its devices.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: .member) var member: String
    var needsNetwork: Bool { true }
    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("space remove", ["space": .plain(space), "member": .plain(member)])
    }
}

struct LeaveSpace: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave", abstract: "Take yourself out of a space; what is here can still be read.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Flag(help: "Leave although no admin is left who could let in or take out anybody.") var force = false
    var needsNetwork: Bool { true }
    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("space leave", ["space": .plain(space), "force": .bool(force)])
    }
}

struct SetRole: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Change what a member may do.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: .member) var member: String
    @Argument(help: "admin, editor or reader.") var role: String
    @Flag(help: "Give up your own role although no other admin is left.") var force = false
    var needsNetwork: Bool { true }
    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "space role",
            [
                "space": .plain(space), "member": .plain(member), "role": .plain(role),
                "force": .bool(force),
            ])
    }
}
