import ArgumentParser
import Dunlin
import DunlinEncoding
import DunlinKeys
import DunlinObjects

struct PassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Put the home's keys under another passphrase.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "Read the new passphrase from the first line of a file.") var newPassphraseFile: String?
    @Option(
        help: "Read the new passphrase from a file descriptor; after the old one, if it is the same.")
    var newPassphraseFd: Int32?

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            guard Client.isHome(session.home) else {
                throw CommandFailure(ClientError.noHome(path: session.home))
            }
            let old = try session.passphrase()
            let new = try Session.PassphraseSource(
                name: "New passphrase", file: newPassphraseFile, descriptor: newPassphraseFd
            ).chosen()
            if try await !changeElsewhere(session, old, new) {
                var session = session
                session.openedPassphrase = old
                try await session.withHost(network: false) { host throws(CommandFailure) in
                    do throws(ClientError) {
                        try await host.client.changePassphrase(from: old, to: new)
                    } catch {
                        throw CommandFailure(error)
                    }
                }
            }
            session.printer.result(
                .record(["home": .plain(session.home), "state": .plain("passphrase changed")]))
        }
    }

    /// Lets the process do it that has the home open.
    /// - Returns: false when there is none.
    private func changeElsewhere(
        _ session: Session, _ old: SecretBytes, _ new: SecretBytes
    ) async throws(CommandFailure) -> Bool {
        guard let answer = try await session.runElsewhere(DunlinCommandLine.request("passphrase key")) else {
            return false
        }
        guard case .bytes(let bytes)? = answer["key"], let key = AgreementPublicKey(bytes: bytes) else {
            throw CommandFailure(
                .other, "The process that has the home open is of another version; end it first.")
        }
        var random = SystemRandom()
        let sealed: (old: [UInt8], new: [UInt8])
        do {
            sealed = (
                try SealedBox.seal(old, to: key, random: &random),
                try SealedBox.seal(new, to: key, random: &random)
            )
        } catch { throw CommandFailure(error) }
        return try await session.runElsewhere(
            DunlinCommandLine.request("passphrase", ["old": .bytes(sealed.old), "new": .bytes(sealed.new)]))
            != nil
    }
}
