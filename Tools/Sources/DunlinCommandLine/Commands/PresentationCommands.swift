import ArgumentParser
import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import Foundation

struct PresentCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "present", abstract: "Show an app or a server that you speak for your identity.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Whom: the name it goes by, like https://example.org.") var audience: String
    @Option(help: "What it has asked to be signed: 16 to 64 bytes in hexadecimal.") var nonce: String
    @Option(help: "How long it holds, like 90s, 5m or 12h; at most 24h.") var expires = "5m"
    @Option(help: .hidden) var minutes: Int64?
    func request() throws(CommandFailure) -> ObjectValue {
        let time = minutes.map { "\($0)m" } ?? expires
        return DunlinCommandLine.request(
            "present",
            [
                "audience": .plain(audience), "nonce": .plain(nonce),
                "seconds": .integer(try Lifetime.seconds(time, limit: Lifetime.day, named: "24h")),
            ])
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check what somebody has shown; needs no home and no network.")
    @Flag(help: "Print JSON, for machines.") var json = false
    @Argument(help: "The presentation: dunlin-presentation:…") var presentation: String
    @Option(help: "The name that you go by.") var audience: String
    @Option(help: "What you have asked to be signed, in hexadecimal.") var nonce: String

    func run() async throws {
        let printer = Printer(isJSON: json)
        do throws(CommandFailure) {
            let prefix = CommandHost.presentationPrefix
            guard presentation.lowercased().hasPrefix(prefix),
                let bytes = try? Base32.decode(presentation.dropFirst(prefix.count).lowercased()),
                let nonce = try? Hex.decode(nonce)
            else {
                throw CommandFailure(.badValue, "This is no presentation, or the nonce is not hexadecimal.")
            }
            let read: Presentation
            do throws(PresentationError) {
                read = try Presentation(
                    verifying: bytes, audience: audience, nonce: nonce,
                    now: UInt64(max(0, Date().timeIntervalSince1970 * 1_000)))
            } catch { throw CommandFailure(.badValue, "\(error)") }
            printer.result(
                .record([
                    "identity": .plain(DIDKey.encode(read.identity)),
                    "device": .plain(read.device.description),
                ]))
        } catch {
            printer.failure(error)
            throw ExitCode(error.code.rawValue)
        }
    }
}

extension CommandHost {
    static let presentationPrefix = "dunlin-presentation:"

    func present(_ request: ObjectValue) async throws -> ObjectValue {
        guard let nonce = try? Hex.decode(request.required("nonce")) else {
            throw CommandFailure(.badValue, "The nonce is not hexadecimal.")
        }
        let seconds = request.integer("seconds") ?? 300
        guard (1...Lifetime.day).contains(seconds) else {
            throw CommandFailure(.badValue, "A presentation holds 1 second to 24 hours.")
        }
        let made = try await client.presentation(
            for: request.required("audience"), nonce: nonce, lifetime: .seconds(seconds))
        return .record(["presentation": .plain(Self.presentationPrefix + Base32.encode(made.encoded))])
    }
}
