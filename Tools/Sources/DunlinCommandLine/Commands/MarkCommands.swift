import ArgumentParser
import DunlinObjects

struct MarkCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark",
        abstract: "Give a part of a text an attribute, or take it away; shows the text as `runs` does.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Argument(help: "The text's path in the object.") var path: String
    @Option(help: "The position of the first scalar.") var at: Int64 = 0
    @Option(help: "How many scalars.") var count: Int64
    @Option(help: "What the mark is of, like bold.") var key: String
    @Option(help: "What it says, as JSON; without it the attribute is taken away.") var value: String?
    @Option(help: "At which ends it takes in what is typed: none, before, after or both.")
    var expand = "after"

    func request() throws(CommandFailure) -> ObjectValue {
        var said: ObjectValue?
        if let value {
            do throws(JSONError) { said = try ObjectValue(json: value) } catch { throw CommandFailure(error) }
        }
        return DunlinCommandLine.request(
            "mark",
            [
                "space": .plain(space), "object": .plain(object), "path": .plain(path), "at": .integer(at),
                "count": .integer(count), "key": .plain(key), "value": said, "expand": .plain(expand),
            ])
    }
}

struct RunsCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show a text in runs of equal attributes.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: .space) var space: String
    @Argument(help: "The object's id.") var object: String
    @Argument(help: "The text's path in the object.") var path: String

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request(
            "runs", ["space": .plain(space), "object": .plain(object), "path": .plain(path)])
    }
}
