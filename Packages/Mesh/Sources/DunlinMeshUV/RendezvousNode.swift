import DunlinKeys
import DunlinMesh
import DunlinUV

/// A rendezvous over real sockets.
public actor RendezvousNode {
    private let loop: UVLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let staticKey: AgreementKey
    private var server = RendezvousServer()
    private var sockets: MeshSockets?
    private var connections: [UInt64: MeshConnection] = [:]
    private var hosts: [UInt64: String] = [:]
    private var timer: UVTimer?
    private var random = SystemRandom()

    public init(loop: UVLoop, staticKey: AgreementKey) {
        self.loop = loop
        self.staticKey = staticKey
    }

    /// Listens; port 0 takes a free one.
    /// - Returns: the address that clients need.
    public func listen(host: String, port: UInt16) throws(UVError) -> RendezvousAddress {
        let sockets = MeshSockets(loop: loop) { [weak self] event in
            self?.assumeIsolated { $0.handle(event) }
        }
        let port = try sockets.listen(host: host, port: port)
        self.sockets = sockets
        timer = try UVTimer(loop: loop) { [weak self] in self?.assumeIsolated { $0.tick() } }
        timer?.set(after: .seconds(1))
        return RendezvousAddress(key: staticKey.publicKey, address: PeerAddress(host: host, port: port))
    }

    public var clientCount: Int { server.clientCount }

    public func stop() {
        timer?.close()
        timer = nil
        sockets?.closeAll()
        sockets = nil
        connections = [:]
    }

    private func handle(_ event: MeshSockets.Event) {
        switch event {
        case .accepted(let id, let host):
            connections[id] = MeshConnection(accepting: UVLoop.now)
            hosts[id] = host
        case .received(let id, let bytes):
            // Moved out while it changes, so that no copy is made.
            guard var connection = connections.removeValue(forKey: id) else { return }
            let events = connection.receive(bytes, now: UVLoop.now)
            connections[id] = connection
            for event in events { take(event, from: id) }
            flush(id)
        case .closed(let id, _): drop(id)
        case .dialled, .dialFailed: break
        }
    }

    private func take(_ event: MeshConnection.Event, from id: UInt64) {
        switch event {
        case .preamble(.rendezvous):
            let events =
                connections[id]?.accept(
                    prologue: RendezvousMessage.prologue, staticKey: staticKey, random: &random) ?? []
            for event in events { take(event, from: id) }
        case .preamble, .failed:
            sockets?.close(id)
            drop(id)
        case .established:
            sockets?.letIn(id)
            server.opened(id, host: hosts[id] ?? "", now: UVLoop.now)
        case .message(let channel, let bytes):
            guard channel == RendezvousMessage.channel else { return }
            perform(server.receive(bytes, from: id, now: UVLoop.now))
        }
    }

    private func perform(_ effects: [RendezvousServer.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let client, let bytes):
                do {
                    try connections[client]?.send(bytes, on: RendezvousMessage.channel)
                    flush(client)
                } catch {
                    sockets?.close(client)
                    drop(client)
                }
            case .close(let client):
                sockets?.close(client)
                drop(client)
            }
        }
    }

    private func drop(_ id: UInt64) {
        connections[id] = nil
        hosts[id] = nil
        perform(server.closed(id))
    }

    private func flush(_ id: UInt64) {
        guard let bytes = connections[id]?.takeOutput(), !bytes.isEmpty else { return }
        sockets?.send(id, bytes)
    }

    private func tick() {
        for id in connections.keys.sorted() {
            let events = connections[id]?.tick(now: UVLoop.now) ?? []
            for event in events { take(event, from: id) }
            flush(id)
        }
        timer?.set(after: .seconds(1))
    }
}
