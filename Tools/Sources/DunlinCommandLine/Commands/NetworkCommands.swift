import ArgumentParser
import DunlinEncoding
import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinObjects
import DunlinUV
import Foundation

struct SyncCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Run as a peer until interrupted, and serve other commands on this home.")
    @OptionGroup var options: GlobalOptions
    @Flag(help: "End when every linked peer holds the same.") var untilIdle = false
    @Option(help: "With --until-idle: give up after this many seconds.") var timeout: Int64 = 30

    var needsNetwork: Bool { true }

    func request() throws(CommandFailure) -> ObjectValue {
        DunlinCommandLine.request("sync", ["untilIdle": .bool(untilIdle), "timeout": .integer(timeout)])
    }

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            guard !untilIdle else {
                return show(try await session.run(try request(), network: true), session.printer)
            }
            // A peer that runs on is the one that has the home open.
            let request = try request()
            let printer = session.printer
            let stopped = InterruptSignal()
            try await session.withHost(network: true) { host throws(CommandFailure) in
                printer.event(.record(["event": .plain("ready"), "home": .plain(session.home)]))
                let running = Task { try? await host.run(request) { printer.event($0) } }
                // Also when somebody has signed the home out.
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await stopped.wait() }
                    group.addTask { _ = await running.value }
                    await group.next()
                    running.cancel()
                    group.cancelAll()
                }
            }
        }
    }
}

struct StatusCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show spaces, linked peers, what is not exchanged yet, and what is amiss with the device.")
    @OptionGroup var options: GlobalOptions
    func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("status") }

    func show(_ result: ObjectValue, _ printer: Printer) {
        guard !printer.isJSON, case .list(let spaces)? = result["spaces"] else {
            return printer.result(result)
        }
        for field in ["standing", "recovery", "warning"] {
            if let text = result.string(field) { printer.line("\(field): \(Printer.harmless(text))") }
        }
        if spaces.isEmpty {
            printer.line("no space yet: `dunlin space create NAME` makes one, `dunlin join` enters one")
        }
        for space in spaces {
            let name = Printer.harmless(space.string("name") ?? "")
            printer.line(
                "\(name)  state \((space.string("stateHash") ?? "").prefix(16))"
            )
            if let count = space.integer("waitingBlocks"), count > 0 {
                printer.line("  \(count) blocks cannot be shown yet: they wait for a key, or for others")
            }
            guard case .list(let peers)? = space["peers"], !peers.isEmpty else {
                printer.line("  no peer is linked")
                continue
            }
            for peer in peers {
                let isInSync = peer["inSync"] == .bool(true)
                printer.line(
                    "  \((peer.string("device") ?? "").prefix(16))  "
                        + (isInSync
                            ? "in sync"
                            : "\(peer.integer("toSend") ?? 0) to send, \(peer.integer("toReceive") ?? 0) to receive")
                )
            }
        }
    }
}

struct RendezvousCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rendezvous", abstract: "Run a node at which peers find each other, until interrupted.")
    @Option(help: "Where to listen.") var listen = "0.0.0.0:4400"
    @Option(
        help: "The file with the node's key; made when it is not there. Without it the key is new each time.")
    var keyFile: String?
    @Flag(help: "Print JSON, for machines.") var json = false

    func run() async throws {
        let printer = Printer(isJSON: json)
        do throws(CommandFailure) {
            guard let colon = listen.lastIndex(of: ":"),
                let port = UInt16(listen[listen.index(after: colon)...])
            else {
                throw CommandFailure(.badValue, "--listen takes HOST:PORT, like 0.0.0.0:4400.")
            }
            let stopped = InterruptSignal()
            let node: RendezvousNode
            let address: RendezvousAddress
            do {
                let loop = try UVLoop(name: "dunlin.rendezvous")
                node = RendezvousNode(loop: loop, staticKey: try key())
                address = try await node.listen(host: String(listen[..<colon]), port: port)
            } catch let error as UVError where error == .addressInUse {
                throw CommandFailure(
                    .portInUse, "Port \(port) is in use; choose another, or 0 for a free one.")
            } catch { throw CommandFailure(error) }
            printer.result(.record(["address": .plain(address.description)]))
            await stopped.wait()
            await node.stop()
        } catch {
            printer.failure(error)
            throw ExitCode(error.code.rawValue)
        }
    }

    private func key() throws -> AgreementKey {
        var random = SystemRandom()
        guard let keyFile else { return try AgreementKey.make(random: &random) }
        if FileManager.default.fileExists(atPath: keyFile) {
            do { return try AgreementKey(seed: .contents(ofFile: keyFile, atMost: 32)) } catch {
                throw CommandFailure(.badValue, "\(keyFile) holds no key of 32 bytes.")
            }
        }
        let key = try AgreementKey.make(random: &random)
        do { try key.seed.write(toNewFile: keyFile) } catch {
            throw CommandFailure(.badValue, "The key file cannot be written: \(error)")
        }
        return key
    }
}
