import ArgumentParser
import DunlinEncoding
import DunlinKeys
import DunlinObjects

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The devices of your identity.",
        subcommands: [List.self, Rename.self, Revoke.self, Confirm.self], defaultSubcommand: List.self)

    struct List: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "List them, the senior first.")
        @OptionGroup var options: GlobalOptions
        func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("device list") }
    }

    struct Rename: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "Call one by another name.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: .device) var device: String
        @Argument(help: "Its new name.") var name: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("device rename", ["device": .plain(device), "name": .plain(name)])
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a device out of your identity and all its spaces.",
            discussion: """
                Where the device is senior to this one it is only suspended: it gets no new keys. With the \
                phrase it is taken out everywhere. `dunlin device confirm` ends a suspension.
                """)
        @OptionGroup var options: GlobalOptions
        @OptionGroup var target: DeviceTarget

        func run() async throws {
            try await reporting(options) { session throws(CommandFailure) in
                try await target.run("device revoke", session) { host, phrase in
                    try await host.revokeDevice(named: target.device, phrase: phrase)
                }
            }
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust a device again that was suspended; it gets the keys that were made meanwhile.",
            discussion: """
                Without the phrase this takes a device that is senior to the suspended one; with it, any \
                device of the identity does it.
                """)
        @OptionGroup var options: GlobalOptions
        @OptionGroup var target: DeviceTarget

        func run() async throws {
            try await reporting(options) { session throws(CommandFailure) in
                try await target.run("device confirm", session) { host, phrase in
                    try await host.confirmDevice(named: target.device, phrase: phrase)
                }
            }
        }
    }
}

/// A device of the identity, and the phrase where it takes that to decide about it.
struct DeviceTarget: ParsableArguments {
    @Argument(help: .device) var device: String
    @Flag(help: "Use the phrase: it is asked for, or read from --phrase-file.") var withPhrase = false
    @OptionGroup var words: PhraseOptions

    /// Lets the process do it that has the home open, else does it here, and shows the result.
    func run(
        _ command: String, _ session: Session,
        _ body: (CommandHost, SecretBytes?) async throws -> ObjectValue
    ) async throws(CommandFailure) {
        let needsPhrase = withPhrase || words.phraseFile != nil
        let text = needsPhrase ? try words.text(session.printer) : nil
        if let result = try await elsewhere(command, session, text) { return session.printer.result(result) }
        let result = try await session.withHost(network: true) { host throws(CommandFailure) in
            do { return try await body(host, text) } catch { throw CommandFailure(error) }
        }
        session.printer.result(result)
    }

    /// nil when no other process has the home open.
    private func elsewhere(
        _ command: String, _ session: Session, _ text: SecretBytes?
    ) async throws(CommandFailure) -> ObjectValue? {
        var sealed: ObjectValue?
        if let text {
            guard let answer = try await session.runElsewhere(DunlinCommandLine.request("passphrase key"))
            else { return nil }
            guard case .bytes(let bytes)? = answer["key"], let key = AgreementPublicKey(bytes: bytes) else {
                throw CommandFailure(
                    .other, "The process that has the home open is of another version; end it first.")
            }
            var random = SystemRandom()
            do { sealed = .bytes(try SealedBox.seal(text, to: key, random: &random)) } catch {
                throw CommandFailure(error)
            }
        }
        return try await session.runElsewhere(
            DunlinCommandLine.request(command, ["device": .plain(device), "phrase": sealed]))
    }
}

struct ProfileCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Show or change what your identity says of itself.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "How others see you.") var name: String?
    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("profile", ["name": name.plain])
    }
}
