import ArgumentParser
import Dunlin
import DunlinEncoding
import DunlinKeyStoreFile
import DunlinKeys
import DunlinObjects
import Foundation

/// Where an identity's phrase comes from: a file, or the terminal; never an argument.
struct PhraseOptions: ParsableArguments {
    @Option(help: "Read the phrase from a file; else it is asked for.") var phraseFile: String?

    func phrase(_ printer: Printer) throws(CommandFailure) -> SeedPhrase {
        let text = try text(printer)
        do { return try SeedPhrase(parsing: text) } catch { throw CommandFailure(ClientError.phrase(error)) }
    }

    func text(_ printer: Printer) throws(CommandFailure) -> SecretBytes {
        if let phraseFile {
            do { return try SecretBytes.contents(ofFile: phraseFile) } catch {
                throw CommandFailure(.badValue, "The phrase file \(phraseFile) cannot be read.")
            }
        }
        printer.remark("Phrase:")
        do { return try SecretBytes.line(from: 0) } catch {
            throw CommandFailure(.badValue, "The phrase cannot be read: \(error)")
        }
    }
}

struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Make a home for an identity from its phrase, as a new device; brings its spaces back.")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var words: PhraseOptions
    @Flag(help: "No device of the identity is left, nor anybody who has its spaces: begin with none.")
    var alone = false
    @Option(help: "How others see you; with --alone.") var name = "Somebody"
    @Option(help: "Seconds to look for another device of the identity.") var timeout: Int64 = 60

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            try session.demandRendezvous()
            do {
                if alone { return try await begin(session) }
                let phrase = try words.phrase(session.printer)
                let client: Client
                if Client.isHome(session.home) {
                    // One that was cut short goes on.
                    client = try await Client.open(at: session.home, passphrase: session.passphrase())
                    do { try await client.recover(phrase) } catch {
                        await client.close()
                        throw error
                    }
                } else {
                    client = try await Client.recover(
                        at: session.home, passphrase: session.passphrase(repeated: true),
                        profile: Session.keyringProfile, phrase: phrase)
                }
                let result = try await session.serve(client, network: true) { host throws(CommandFailure) in
                    if !session.printer.isJSON {
                        session.printer.remark("Looking for another device of the identity…")
                    }
                    return try await host.recovered(within: .seconds(timeout))
                }
                session.printer.result(result)
            } catch { throw CommandFailure(error) }
        }
    }

    /// A home for an identity of which nothing is left but its phrase.
    private func begin(_ session: Session) async throws {
        guard !Client.isHome(session.home) else { throw ClientError.homeExists(path: session.home) }
        let client = try await Client.found(
            at: session.home, passphrase: session.passphrase(repeated: true),
            profile: Session.keyringProfile, displayName: name, phrase: words.phrase(session.printer)
        ).client
        if !session.rendezvous.isEmpty { session.remember(session.rendezvous) }
        session.printer.result(
            .record(["home": .plain(session.home), "identity": .plain(await client.identity ?? "")]))
        if !session.printer.isJSON {
            session.printer.remark(
                "The identity begins anew here, with no space. Should a device of it turn up after all, it "
                    + "does not join this one: keep one of the two; `dunlin status` tells when they meet.")
        }
        await client.close()
    }
}
