import ArgumentParser
import Dunlin
import DunlinEncoding
import DunlinKeyStoreFile
import DunlinKeys
import DunlinObjects
import Foundation

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a home and an identity; shows the identity's phrase once.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "How others see you.") var name = "Somebody"
    @Flag(help: "Make no identity: this home joins one with `dunlin join`, as a new device.") var device =
        false
    @Option(help: "How many words the phrase has: 12 or 24.") var words = 12

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            guard let length = SeedPhrase.Length(rawValue: words) else {
                throw CommandFailure(.badValue, "A phrase has 12 or 24 words; say --words 12 or 24.")
            }
            try session.demandRendezvous()
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
                    guard StandardStream.isOutputOpen else {
                        throw CommandFailure(
                            .badValue,
                            "Nobody reads standard output, where the phrase is shown once; open it.")
                    }
                    let phrase: SeedPhrase
                    var random = SystemRandom()
                    (client, phrase) = try await Client.found(
                        at: session.home, passphrase: session.passphrase(repeated: true),
                        profile: Session.keyringProfile, displayName: name,
                        phrase: SeedPhrase.make(length, random: &random))
                    if !session.rendezvous.isEmpty { session.remember(session.rendezvous) }
                    session.printer.result(
                        .record([
                            "home": .plain(session.home), "identity": .plain(await client.identity ?? ""),
                            "phrase": .plain(phrase.words.joined(separator: " ")),
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
        commandName: "whoami",
        abstract: "Show identity and device, and whether the device still speaks for the identity.")
    @OptionGroup var options: GlobalOptions
    func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("whoami") }
}

struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Take the identity off this device.",
        subcommands: [SignOut.self])

    struct SignOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-out",
            abstract: "Take the identity, its keys and all spaces off this device; needs no passphrase.")
        @OptionGroup var options: GlobalOptions
        @Flag(help: "Do it: without the phrase or another device nothing of it comes back.") var yes = false

        func run() async throws {
            try await reporting(options) { session throws(CommandFailure) in
                guard yes else {
                    throw CommandFailure(
                        .usage,
                        "This takes the keys and all spaces off this device for good; say --yes to do it.")
                }
                if try await session.runElsewhere(DunlinCommandLine.request("identity sign-out")) == nil {
                    do throws(ClientError) { try Client.signOut(at: session.home) } catch {
                        throw CommandFailure(error)
                    }
                }
                session.printer.result(
                    .record(["home": .plain(session.home), "state": .plain("signed out")]))
            }
        }
    }
}
