import ArgumentParser
import DunlinEncoding
import DunlinObjects

/// Options that every command on a home takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The home folder (else DUNLIN_HOME, else the data folder of the user).")
    var home: String?

    @Flag(help: "Print JSON, for machines.")
    var json = false

    @Option(help: "Read the passphrase from the first line of a file.")
    var passphraseFile: String?

    @Option(help: "Read the passphrase from a file descriptor.")
    var passphraseFd: Int32?

    @Option(help: "Listen for peers at HOST:PORT (default 0.0.0.0:0, any free port).")
    var listen: String?

    @Option(help: "A rendezvous, dunlin-rv://KEY@HOST:PORT; remembered. May be given several times.")
    var rendezvous: [String] = []

    @Option(help: "A peer at HOST:PORT. May be given several times.")
    var peer: [String] = []

    var session: Session {
        Session(
            home: Session.homePath(home), passphraseFile: passphraseFile, passphraseDescriptor: passphraseFd,
            listen: listen, rendezvous: rendezvous, peers: peer, printer: Printer(isJSON: json))
    }
}

extension ArgumentHelp {
    /// How a space is named, the same everywhere.
    static let space: ArgumentHelp =
        "The space: its name, or 4 characters or more of the beginning of its id."

    /// How a member is named: its name is only a claim.
    static let member: ArgumentHelp =
        "The member: did:key:…, or 8 characters or more of the end or the beginning of the key; no name."

    /// How a contact is named.
    static let contact: ArgumentHelp =
        "The contact: did:key:…, 8 characters or more of the key, or a name that only one has."

    /// How a device is named.
    static let device: ArgumentHelp =
        "The device: its name, or 4 characters or more of the beginning of its key."
}

/// A command that is one request.
protocol RequestCommand: AsyncParsableCommand {
    var options: GlobalOptions { get }
    var needsNetwork: Bool { get }
    func request() throws(CommandFailure) -> ObjectValue
    func show(_ result: ObjectValue, _ printer: Printer)
}

extension RequestCommand {
    var needsNetwork: Bool { false }

    func show(_ result: ObjectValue, _ printer: Printer) { printer.result(result) }

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            show(try await session.run(try request(), network: needsNetwork), session.printer)
        }
    }
}

/// Runs a command's body; a failure becomes one line and its exit code.
func reporting(
    _ options: GlobalOptions, _ body: (Session) async throws(CommandFailure) -> Void
) async throws {
    let session = options.session
    do throws(CommandFailure) { try await body(session) } catch {
        session.printer.failure(error)
        throw ExitCode(error.code.rawValue)
    }
}

/// A request from pairs; nil values are left out.
func request(_ command: String, _ fields: [String: ObjectValue?] = [:]) -> ObjectValue {
    var record: [String: ObjectValue] = ["command": .plain(command)]
    for (key, value) in fields { if let value { record[key] = value } }
    return .record(record)
}

extension Optional where Wrapped == String {
    var plain: ObjectValue? { map { .plain($0) } }
}
