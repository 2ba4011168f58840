import Dunlin
import DunlinEncoding
import DunlinKeyStoreFile
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinUV
import Foundation

/// Where a command finds its home, its passphrase and its peers.
struct Session: Sendable {
    var home: String
    var passphraseFile: String?
    var passphraseDescriptor: Int32?
    var listen: String?
    var rendezvous: [String] = []
    var peers: [String] = []
    var printer: Printer
    /// The passphrase, when the command has asked for it already.
    var openedPassphrase: SecretBytes?

    /// `--home`, else `DUNLIN_HOME`, else `$XDG_DATA_HOME/dunlin`, else `~/.local/share/dunlin`.
    static func homePath(_ option: String?) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let option { return option }
        if let home = environment["DUNLIN_HOME"], !home.isEmpty { return home }
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return data + "/dunlin" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/dunlin"
    }

    private var socketPath: String { home + "/socket" }
    private var rendezvousFile: String { home + "/rendezvous" }

    /// Carries out a request: by the process that has the home open, or here.
    /// - Parameter network: whether the command needs peers when it runs here.
    func run(_ request: ObjectValue, network: Bool) async throws(CommandFailure) -> ObjectValue {
        try await run(request, network: network) { [printer] event, _ in printer.event(event) }
    }

    /// Asks a person on a thread of its own, and carries out the request that follows from the answer.
    typealias Ask = @Sendable (@escaping @Sendable () -> ObjectValue) -> Void

    /// Carries out a request, on which a person may have to be asked something on the way.
    func run(
        _ request: ObjectValue, network: Bool, onEvent: @escaping @Sendable (ObjectValue, Ask) -> Void
    ) async throws(CommandFailure) -> ObjectValue {
        let elsewhere = try await runElsewhere(request) { event in
            onEvent(event) { question in
                Thread.detachNewThread {
                    let answer = question()
                    Task { _ = try? await runElsewhere(answer) { _ in } }
                }
            }
        }
        if let elsewhere { return elsewhere }
        return try await withHost(network: network) { host throws(CommandFailure) in
            try await host.run(request) { event in
                onEvent(event) { question in
                    Thread.detachNewThread {
                        let answer = question()
                        Task { _ = try? await host.run(answer) { _ in } }
                    }
                }
            }
        }
    }

    /// Lets the process carry a request out that has the home open; nil when there is none.
    func runElsewhere(_ request: ObjectValue) async throws(CommandFailure) -> ObjectValue? {
        try await runElsewhere(request) { [printer] in printer.event($0) }
    }

    private func runElsewhere(
        _ request: ObjectValue, onEvent: (ObjectValue) -> Void
    ) async throws(CommandFailure) -> ObjectValue? {
        guard FileManager.default.fileExists(atPath: socketPath) else { return nil }
        let loop: UVLoop
        do { loop = try UVLoop(name: "dunlin.socket") } catch { throw CommandFailure(error) }
        defer { loop.stop() }
        guard let lines = await SocketClient(loop: loop).ask(request, path: socketPath) else { return nil }
        for await line in lines {
            if let result = line["result"] { return result }
            if let message = line.string("error") {
                let code = line.integer("code").flatMap { CommandFailure.Code(rawValue: Int32(clamping: $0)) }
                throw CommandFailure(code ?? .other, message)
            }
            onEvent(line)
        }
        throw CommandFailure(
            .other, "The process that has the home open ended before it answered; try again.")
    }

    /// Opens the home here, serves its socket, and closes it when `body` is done.
    func withHost<R: Sendable>(
        network: Bool, _ body: (CommandHost) async throws(CommandFailure) -> R
    ) async throws(CommandFailure) -> R {
        let client: Client
        do {
            // Before a passphrase is asked for.
            guard Client.isHome(home) else { throw ClientError.noHome(path: home) }
            client = try await Client.open(at: home, passphrase: openedPassphrase ?? passphrase())
        } catch {
            throw CommandFailure(error)
        }
        return try await serve(client, network: network, body)
    }

    /// Serves the socket of an open home while `body` runs.
    func serve<R: Sendable>(
        _ client: Client, network: Bool, _ body: (CommandHost) async throws(CommandFailure) -> R
    ) async throws(CommandFailure) -> R {
        let host = CommandHost(client: client)
        // The lock is ours, so a socket that is there belongs to a process that died.
        unsafe unlink(socketPath)
        let loop: UVLoop
        do { loop = try UVLoop(name: "dunlin.server") } catch { throw CommandFailure(error) }
        let server = SocketServer(loop: loop, host: host)
        let outcome: Result<R, CommandFailure>
        do throws(CommandFailure) {
            try await server.listen(socketPath)
            unsafe chmod(socketPath, 0o600)
            if network { try await connect(client) }
            outcome = .success(try await body(host))
        } catch { outcome = .failure(error) }
        await server.stop()
        unsafe unlink(socketPath)
        await client.close()
        loop.stop()
        return try outcome.get()
    }

    private func connect(_ client: Client) async throws(CommandFailure) {
        let address: PeerAddress
        if let listen {
            guard let colon = listen.lastIndex(of: ":"),
                let port = UInt16(listen[listen.index(after: colon)...])
            else {
                throw CommandFailure(.badValue, "--listen takes HOST:PORT, like 0.0.0.0:4400.")
            }
            address = PeerAddress(host: String(listen[..<colon]), port: port)
        } else {
            address = PeerAddress(host: "0.0.0.0", port: 0)
        }
        let known = try rendezvousAddresses()
        var direct: [PeerAddress] = []
        for text in peers {
            guard let peer = PeerAddress(text) else {
                throw CommandFailure(
                    .badValue, "--peer takes HOST:PORT, like 192.0.2.7:4400, and not \(text).")
            }
            direct.append(peer)
        }
        do {
            try await client.listen(host: address.host, port: address.port)
        } catch { throw CommandFailure(error) }
        await client.connect(rendezvous: known, peers: direct)
    }

    /// The rendezvous given now and before; new ones are remembered.
    private func rendezvousAddresses() throws(CommandFailure) -> [RendezvousAddress] {
        let saved = (try? String(contentsOfFile: rendezvousFile, encoding: .utf8)) ?? ""
        var texts = saved.split(separator: "\n").map(String.init)
        for text in rendezvous where !texts.contains(text) { texts.append(text) }
        var addresses: [RendezvousAddress] = []
        for text in texts { addresses.append(try Self.rendezvous(text)) }
        if !rendezvous.isEmpty { remember(texts) }
        return addresses
    }

    /// The rendezvous given now, before anything is made that would remember them.
    func demandRendezvous() throws(CommandFailure) {
        for text in rendezvous { _ = try Self.rendezvous(text) }
    }

    /// - Throws: what is wrong with the text of an address.
    static func rendezvous(_ text: String) throws(CommandFailure) -> RendezvousAddress {
        if let address = RendezvousAddress(text) { return address }
        let scheme = "dunlin-rv://"
        let parts = text.dropFirst(scheme.count).split(separator: "@", maxSplits: 1)
        let reason =
            if !text.hasPrefix(scheme) {
                "it does not begin with \(scheme)"
            } else if parts.count < 2 {
                "it has no @ between key and host"
            } else if PeerAddress(String(parts[1])) == nil {
                "what follows the @ is not HOST:PORT"
            } else {
                "its key is not what `dunlin rendezvous` has printed"
            }
        throw CommandFailure(
            .badValue, "\(text) is no rendezvous, since \(reason); it should be dunlin-rv://KEY@HOST:PORT.")
    }

    func remember(_ texts: [String]) {
        try? (texts.joined(separator: "\n") + "\n").write(
            toFile: rendezvousFile, atomically: true, encoding: .utf8)
    }

    // MARK: Passphrase

    /// Where a passphrase comes from: a file, a descriptor, or the terminal; never an argument.
    struct PassphraseSource {
        var name = "Passphrase"
        var file: String?
        var descriptor: Int32?

        /// One that is there already.
        func read() throws(CommandFailure) -> SecretBytes { try read(repeated: false) }

        /// One that is chosen now: it is asked for twice, and may not be empty.
        func chosen() throws(CommandFailure) -> SecretBytes {
            let passphrase = try read(repeated: true)
            guard passphrase.count > 0 else {
                throw CommandFailure(
                    .badValue, "The passphrase is empty; whoever finds the home could open it.")
            }
            return passphrase
        }

        private func read(repeated: Bool) throws(CommandFailure) -> SecretBytes {
            if let file {
                do { return try SecretBytes.firstLine(ofFile: file) } catch {
                    throw CommandFailure(.badValue, "The passphrase file \(file) cannot be read.")
                }
            }
            if let descriptor {
                do { return try SecretBytes.line(from: descriptor) } catch {
                    throw CommandFailure(
                        .badValue, "The passphrase cannot be read from descriptor \(descriptor).")
                }
            }
            guard isatty(0) == 1 else {
                throw CommandFailure(
                    .badValue,
                    "There is no terminal to ask for the passphrase; use --passphrase-file or "
                        + "--passphrase-fd."
                )
            }
            let first = try Self.prompt("\(name): ")
            guard repeated else { return first }
            guard try Self.prompt("Again: ") == first else {
                throw CommandFailure(.badValue, "The two passphrases differ; try again.")
            }
            return first
        }

        private static func prompt(_ text: String) throws(CommandFailure) -> SecretBytes {
            StandardStream.error(text)
            var before = termios()
            unsafe tcgetattr(0, &before)
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            unsafe tcsetattr(0, TCSAFLUSH, &silent)
            defer {
                unsafe tcsetattr(0, TCSAFLUSH, &before)
                StandardStream.error("\n")
            }
            do { return try SecretBytes.line(from: 0) } catch {
                throw CommandFailure(.badValue, "The passphrase cannot be read: \(error)")
            }
        }
    }

    /// The home's passphrase.
    /// - Parameter repeated: It is chosen now.
    func passphrase(repeated: Bool = false) throws(CommandFailure) -> SecretBytes {
        let source = PassphraseSource(file: passphraseFile, descriptor: passphraseDescriptor)
        return try repeated ? source.chosen() : source.read()
    }

    /// `DUNLIN_KEYRING_PROFILE=test` makes homes that open quickly, for tests and demonstrations.
    static var keyringProfile: KeyringProfile {
        switch ProcessInfo.processInfo.environment["DUNLIN_KEYRING_PROFILE"] {
        case "test": .test
        case "phone": .phone
        case .some, nil: .desktop
        }
    }
}
