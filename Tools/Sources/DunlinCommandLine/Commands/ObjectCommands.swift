import ArgumentParser
import DunlinEncoding
import DunlinObjects

struct PutCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Make an object, or set a value in one; what is equal is not written.",
        discussion:
            "With --object but no --path the object becomes JSON: fields that are not in it are deleted."
    )
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "JSON; with {\"@text\": …}, {\"@bytes\": …}, {\"@ref\": …}, {\"@counter\": …}.")
    var value: String
    @Option(help: "The new object's type.") var type: String?
    @Option(help: "Change this object instead of making one.") var object: String?
    @Option(help: "Where in the object, like notes or list/0; without it the whole object.") var path: String?

    func request() throws(CommandFailure) -> ObjectValue {
        let parsed: ObjectValue
        do { parsed = try ObjectValue(json: value) } catch { throw CommandFailure(error) }
        return DunlinCommandLine.request(
            "put",
            [
                "space": .plain(space), "value": parsed, "type": type.plain, "object": object.plain,
                "path": path.plain,
            ])
    }
}

struct GetCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an object, or a part of it.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Option(help: "Where in the object.") var path: String?

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "get", ["space": .plain(space), "object": .plain(object), "path": path.plain])
    }
}

struct ListCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the objects of a space.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Option(help: "Only objects of this type.") var type: String?

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("list", ["space": .plain(space), "type": type.plain])
    }
}

struct RemoveCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Delete an object, or a part of it.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Option(help: "Only this part of the object.") var path: String?

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "rm", ["space": .plain(space), "object": .plain(object), "path": path.plain])
    }
}

struct EditCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract:
            "Edit a text: take out --delete scalars at --at, then put in --insert. Positions count Unicode scalars."
    )
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Argument(help: "The text's path in the object.") var path: String
    @Option(help: "The position.") var at: Int64 = 0
    @Option(help: "Scalars to take out.") var delete: Int64 = 0
    @Option(help: "Text to put in.") var insert: String?

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "edit",
            [
                "space": .plain(space), "object": .plain(object), "path": .plain(path), "at": .integer(at),
                "count": .integer(delete), "text": insert.plain,
            ])
    }
}

struct MoveCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move an element of a list; it stays the same one for everybody.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Argument(help: "The list's path in the object.") var path: String
    @Option(help: "Where the element is; the first is 0.") var from: Int64
    @Option(help: "Where it is afterwards.") var to: Int64

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "move",
            [
                "space": .plain(space), "object": .plain(object), "path": .plain(path),
                "from": .integer(from),
                "to": .integer(to),
            ])
    }
}

struct WatchCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show objects of a space as they change, until interrupted.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "Only the object with this id: as it is, then what changes.") var object: String?
    @Option(help: "Only this part of the object.") var path: String?
    @Option(help: "End after this many changes.") var count: Int64?

    var needsNetwork: Bool { true }

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "watch",
            [
                "space": .plain(space), "object": object.plain, "path": path.plain,
                "count": count.map { .integer($0) },
            ])
    }

    /// Everything was shown as it came.
    func show(_ result: ObjectValue, _ printer: Printer) {}
}

struct ExportCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print all objects of a space with the hash of its state.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("export", ["space": .plain(space)])
    }
}
