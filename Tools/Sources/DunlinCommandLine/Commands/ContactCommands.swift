import ArgumentParser
import DunlinEncoding
import DunlinObjects

struct ContactsCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts", abstract: "List the people of common spaces; names are their own word.")
    @OptionGroup var options: GlobalOptions
    func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("contacts") }
}

struct AddContact: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Invite a contact to a space, through a space that both are in; it may be away.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .contact) var contact: String
    @Option(help: "The space to invite to, by its name or the beginning of its id.") var to: String
    @Option(help: "What the contact may do: admin, editor or reader.") var role = "editor"
    @Option(help: "The common space that it goes through; else one where you may write.")
    var through: String?
    @Option(help: "How long it lasts, like 12h or 7d; at most 366d (7d).") var expires: String?
    // The invitation says where members are found.
    var needsNetwork: Bool { true }

    func request() throws(CommandFailure) -> ObjectValue {
        let seconds = try expires.map { (text) throws(CommandFailure) in
            try Lifetime.seconds(text, limit: 366 * Lifetime.day, named: "366d")
        }
        return DunlinCommandLine.request(
            "space add",
            [
                "contact": .plain(contact), "space": .plain(to), "role": .plain(role),
                "through": through.plain, "seconds": seconds.map { .integer($0) },
            ])
    }
}

struct DeclineLetter: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline", abstract: "Take a received invitation off the list; nobody is told.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its id, or the contact who has sent it.") var from: String
    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("invite decline", ["from": .plain(from)])
    }
}
