import ArgumentParser
import DunlinKeys
import DunlinMesh
import DunlinNoise
import DunlinUV
import Foundation

/// Bytes a second through a whole connection on loopback, against the cipher alone and TCP alone.
struct TransferBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer", abstract: "Loopback throughput, against AEAD and TCP alone.")
    @Option(help: "MiB to send.") var mebibytes = 256

    func validate() throws {
        guard mebibytes > 0 else { throw ValidationError("--mebibytes is at least 1.") }
    }

    func run() async throws {
        let count = mebibytes << 20
        let cipher = try cipherSeconds(count)
        let tcp = try await Sender.seconds(count, isSealed: false)
        let mesh = try await Sender.seconds(count, isSealed: true)
        let name = "\(mebibytes) MiB"
        Figure.print("transfer", name, "seal and open alone", Double(mebibytes) / cipher, "MiB/s")
        Figure.print(
            "transfer", name, "TCP alone, one thread for both ends", Double(mebibytes) / tcp, "MiB/s")
        Figure.print(
            "transfer", name, "connection, one thread for both ends", Double(mebibytes) / mesh, "MiB/s")
        Figure.print(
            "transfer", name, "against cipher and TCP one after the other", mesh / (cipher + tcp), "x time")
    }

    private func cipherSeconds(_ count: Int) throws -> Double {
        var random = SystemRandom()
        let key = try AgreementKey.make(random: &random)
        var a = try NoiseHandshake(
            role: .initiator, prologue: [], staticKey: key, ephemeralSeed: random.secret(32))
        var b = try NoiseHandshake(
            role: .responder, prologue: [], staticKey: key, ephemeralSeed: random.secret(32))
        _ = try b.read(a.write())
        _ = try a.read(b.write())
        _ = try b.read(a.write())
        var sending = try a.finish().transport, receiving = try b.finish().transport
        let plaintext = [UInt8](repeating: 7, count: 16 << 10)
        return try Figure.seconds {
            for _ in 0..<count / plaintext.count { _ = try receiving.open(sending.seal(plaintext)) }
        }
    }
}

/// Both ends of a connection on one loop.
private actor Sender {
    private let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var listener: UVListener?
    private var accepted: UVStream?
    private var dialled: UVStream?
    private var ends: (dialling: MeshConnection, accepting: MeshConnection)?
    private var left: Int
    private var received = 0
    private let wanted: Int
    private var done: CheckedContinuation<Void, any Error>?
    private let isSealed: Bool
    private static let message = [UInt8](repeating: 7, count: 256 << 10)

    private init(_ loop: UVLoop, count: Int, isSealed: Bool) {
        self.loop = loop
        self.isSealed = isSealed
        left = count
        wanted = count
    }

    static func seconds(_ count: Int, isSealed: Bool) async throws -> Double {
        let loop = try UVLoop(name: "dunlin.bench")
        defer { loop.stop() }
        let sender = Sender(loop, count: count, isSealed: isSealed)
        let start = ContinuousClock.now
        try await sender.send()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private func send() async throws {
        try await withCheckedThrowingContinuation { continuation in
            done = continuation
            do {
                let listener = try UVListener(host: "127.0.0.1", port: 0, loop: loop) { [self] stream in
                    assumeIsolated { $0.accept(stream) }
                }
                self.listener = listener
                dialled = try UVStream.connectTCP(host: "127.0.0.1", port: listener.port, loop: loop) {
                    [self] error in
                    assumeIsolated { $0.dialled(error) }
                }
            } catch { finish(error) }
        }
        dialled?.close()
        accepted?.close()
        listener?.close()
    }

    private func finish(_ error: (any Error)?) {
        let done = done
        self.done = nil
        if let error { done?.resume(throwing: error) } else { done?.resume() }
    }

    private func accept(_ stream: UVStream) {
        accepted = stream
        stream.start(
            onRead: { [self] bytes in assumeIsolated { $0.arrived(bytes) } },
            onClose: { [self] error in assumeIsolated { if let error { $0.finish(error) } } })
    }

    private func dialled(_ error: UVError?) {
        if let error { return finish(error) }
        dialled?.start(
            onRead: { [self] bytes in assumeIsolated { $0.answered(bytes) } },
            onClose: { [self] error in assumeIsolated { if let error { $0.finish(error) } } })
        dialled?.onDrained { [self] in assumeIsolated { $0.push() } }
        do {
            var random = SystemRandom()
            let key = try AgreementKey.make(random: &random)
            if isSealed {
                ends = (
                    try MeshConnection(
                        dialling: .rendezvous, prologue: [], staticKey: key, expecting: nil, random: &random,
                        now: UVLoop.now),
                    MeshConnection(accepting: UVLoop.now)
                )
                flush()
            } else {
                push()
            }
        } catch { finish(error) }
    }

    private func push() {
        guard left > 0, (dialled?.queuedByteCount ?? 0) < 4 << 20 else { return }
        if isSealed {
            guard ends?.dialling.isEstablished == true, (ends?.dialling.queuedByteCount ?? 0) < 4 << 20 else {
                return
            }
            try? ends?.dialling.send(Self.message, on: 1)
        } else {
            dialled?.write(Self.message)
        }
        left -= Self.message.count
        if isSealed { flush() }
    }

    private func flush() {
        if let bytes = ends?.dialling.takeOutput(), !bytes.isEmpty { dialled?.write(bytes) }
        if let bytes = ends?.accepting.takeOutput(), !bytes.isEmpty { accepted?.write(bytes) }
    }

    private func arrived(_ bytes: [UInt8]) {
        guard isSealed else {
            received += bytes.count
            if received >= wanted { finish(nil) }
            return
        }
        var random = SystemRandom()
        for event in ends?.accepting.receive(bytes, now: UVLoop.now) ?? [] {
            switch event {
            case .preamble:
                do {
                    _ = ends?.accepting.accept(
                        prologue: [], staticKey: try AgreementKey.make(random: &random), random: &random)
                } catch { finish(error) }
            case .message(_, let bytes): received += bytes.count
            case .failed(let error): finish(error)
            case .established: break
            }
        }
        flush()
        if received >= wanted { finish(nil) }
    }

    private func answered(_ bytes: [UInt8]) {
        for event in ends?.dialling.receive(bytes, now: UVLoop.now) ?? [] {
            if case .failed(let error) = event { finish(error) }
        }
        push()
        flush()
    }
}
