import ArgumentParser
import Dunlin
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import Foundation

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a home and an identity; shows the identity's phrase once.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "How others see you.") var name = "Somebody"
    @Flag(help: "Make no identity: this home joins one as a new device.") var device = false

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            do {
                guard !Client.isHome(session.home) else { throw ClientError.homeExists(path: session.home) }
                let client: Client
                if device {
                    client = try await Client.create(
                        at: session.home, passphrase: session.passphrase(repeated: true),
                        profile: Session.keyringProfile)
                    if !session.rendezvous.isEmpty { session.remember(session.rendezvous) }
                    session.printer.result(.record(["home": .plain(session.home)]))
                } else {
                    let words: [String]
                    (client, words) = try await Client.found(
                        at: session.home, passphrase: session.passphrase(repeated: true),
                        profile: Session.keyringProfile, displayName: name)
                    if !session.rendezvous.isEmpty { session.remember(session.rendezvous) }
                    session.printer.result(
                        .record([
                            "home": .plain(session.home), "identity": .plain(await client.identity ?? ""),
                            "phrase": .plain(words.joined(separator: " ")),
                        ]))
                    if !session.printer.isJSON {
                        session.printer.remark(
                            "Write the phrase down and keep it apart: it brings the identity back, and is not stored."
                        )
                    }
                }
                await client.close()
            } catch { throw CommandFailure(error) }
        }
    }
}

struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Make a home for an identity from its phrase, as a new device.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "How others see you.") var name = "Somebody"
    @Option(help: "Read the phrase from a file; else it is asked for.") var phraseFile: String?

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            do {
                guard !Client.isHome(session.home) else { throw ClientError.homeExists(path: session.home) }
                let phrase: String
                if let phraseFile {
                    guard let text = try? String(contentsOfFile: phraseFile, encoding: .utf8) else {
                        throw CommandFailure(.badValue, "The phrase file \(phraseFile) cannot be read.")
                    }
                    phrase = text
                } else {
                    session.printer.remark("Phrase:")
                    phrase = readLine() ?? ""
                }
                let client = try await Client.found(
                    at: session.home, passphrase: session.passphrase(repeated: true),
                    profile: Session.keyringProfile, displayName: name, phrase: phrase
                ).client
                session.printer.result(
                    .record(["home": .plain(session.home), "identity": .plain(await client.identity ?? "")]))
                await client.close()
            } catch { throw CommandFailure(error) }
        }
    }
}

struct AdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Make a copied home the one that writes; the other must no longer be used.")
    @OptionGroup var options: GlobalOptions
    @Flag(help: "No peer has what was written since the copy was made: write at once.") var alone = false

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            do {
                guard Client.isHome(session.home) else { throw ClientError.noHome(path: session.home) }
                try await Client.adopt(session.home, passphrase: session.passphrase(), alone: alone)
                session.printer.result(.record(["home": .plain(session.home)]))
            } catch { throw CommandFailure(error) }
        }
    }
}

struct WhoamiCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show identity and device.")
    @OptionGroup var options: GlobalOptions
    func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("whoami") }
}
