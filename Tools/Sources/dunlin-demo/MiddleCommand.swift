import ArgumentParser
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinUV
import Foundation

/// Somebody in the middle, for tests: took the ticket on its way to the guest and hands on another that leads
/// here. It is the guest's host and the host's guest, and passes on what each of them says.
struct MiddleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "middle", shouldDisplay: false)
    @Argument(help: "The ticket that was taken.") var ticket: String
    @Flag(help: "Leave the host's key in the ticket.") var keepsKey = false

    @Flag(help: "Of an unattended invitation: know where it leads, and not its secret.")
    var withoutSecret = false

    func run() async throws {
        let taken = try InvitationTicket(parsing: ticket)
        let loop = try UVLoop(name: "dunlin.middle")
        let middle = try Middle(taken, knowsSecret: !withoutSecret, loop: loop)
        let port = try await middle.listen()
        let handed = InvitationTicket(
            id: taken.id, access: keepsKey ? taken.access : middle.access, kind: taken.kind,
            expires: taken.expires, rendezvous: [], addresses: ["127.0.0.1:\(port)"])
        FileHandle.standardOutput.write(Data("{\"ticket\":\"\(handed.text)\"}\n".utf8))
        try await Task.sleep(for: .seconds(120))
    }
}

private actor Middle {
    nonisolated let key: AgreementKey
    private nonisolated let ticket: InvitationTicket
    private let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var sockets: MeshSockets?
    private var random = SystemRandom()
    private var ends: [UInt64: MeshConnection] = [:]
    /// The other of two connections.
    private var twin: [UInt64: UInt64] = [:]
    private var waiting: [UInt64: [[UInt8]]] = [:]
    private var nextDialled: UInt64 = 1 << 63

    /// Bound into the handshakes on both sides.
    private let prologue: [UInt8]

    init(_ ticket: InvitationTicket, knowsSecret: Bool, loop: UVLoop) throws {
        self.ticket = ticket
        prologue = knowsSecret ? ticket.prologue : ticket.id.prologue
        self.loop = loop
        key = try AgreementKey.make(random: &random)
    }

    /// What the ticket that is handed on says of its host. A secret names none: it leads here as it is.
    nonisolated var access: InvitationTicket.Access {
        switch ticket.access {
        case .code: .code(host: key.publicKey)
        case .scan(let secret, _): .scan(secret, host: key.publicKey)
        case .identity(let identity, _): .identity(identity, host: key.publicKey)
        case .secret: ticket.access
        }
    }

    func listen() throws -> UInt16 {
        let sockets = MeshSockets(loop: loop) { [self] event in assumeIsolated { $0.take(event) } }
        self.sockets = sockets
        return try sockets.listen(host: "127.0.0.1", port: 0)
    }

    private func take(_ event: MeshSockets.Event) {
        switch event {
        case .accepted(let id, _):
            ends[id] = MeshConnection(accepting: UVLoop.now)
            guard let address = ticket.addresses.lazy.compactMap({ PeerAddress($0) }).first else { return }
            nextDialled += 1
            twin[id] = nextDialled
            twin[nextDialled] = id
            sockets?.dial(nextDialled, address)
        case .dialled(let id):
            ends[id] = try? MeshConnection(
                dialling: .invitation(selector: ticket.id.selector), prologue: prologue,
                staticKey: key,
                expecting: ticket.host, random: &random, now: UVLoop.now)
            flush(id)
        case .received(let id, let bytes): receive(bytes, id)
        case .closed(let id, _), .dialFailed(let id, _):
            ends[id] = nil
            if let other = twin.removeValue(forKey: id) { sockets?.close(other) }
        }
    }

    private func receive(_ bytes: [UInt8], _ id: UInt64) {
        for event in ends[id]?.receive(bytes, now: UVLoop.now) ?? [] {
            switch event {
            case .preamble:
                _ = ends[id]?.accept(prologue: prologue, staticKey: key, random: &random)
            case .established:
                sockets?.letIn(id)
                for message in waiting.removeValue(forKey: id) ?? [] { pass(message, to: id) }
            case .message(_, let message):
                if let other = twin[id] { pass(message, to: other) }
            case .failed: sockets?.close(id)
            }
        }
        flush(id)
    }

    private func pass(_ message: [UInt8], to id: UInt64) {
        guard ends[id]?.isEstablished == true else {
            waiting[id, default: []].append(message)
            return
        }
        do { try ends[id]?.send(message, on: 1) } catch { sockets?.close(id) }
        flush(id)
    }

    private func flush(_ id: UInt64) {
        if let bytes = ends[id]?.takeOutput(), !bytes.isEmpty { sockets?.send(id, bytes) }
    }
}
