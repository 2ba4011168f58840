import DunlinKeys
import DunlinMesh
import DunlinUV

/// A rendezvous over real sockets: a ``RendezvousHost`` with a loop of its own.
public actor RendezvousNode {
    private let loop: UVLoop
    /// The loop's thread; all of the node happens there.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let publicKey: AgreementPublicKey
    private var host: RendezvousHost
    private var sockets: MeshSockets?
    private var timer: UVTimer?
    private var random = SystemRandom()
    private var flushIsPlanned = false

    /// - Parameter staticKey: The key in the node's address; keep it, and clients find the node again.
    public init(loop: UVLoop, staticKey: AgreementKey) {
        self.loop = loop
        publicKey = staticKey.publicKey
        host = RendezvousHost(staticKey: staticKey)
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
        return RendezvousAddress(key: publicKey, address: PeerAddress(host: host, port: port))
    }

    /// Clients whose handshake is done.
    public var clientCount: Int { host.clientCount }

    /// Closes everything.
    public func stop() {
        timer?.close()
        timer = nil
        sockets?.closeAll()
        sockets = nil
    }

    private func handle(_ event: MeshSockets.Event) {
        switch event {
        case .accepted(let id, let address): host.accepted(id, host: address, now: UVLoop.now)
        case .received(let id, let bytes): host.received(id, bytes, now: UVLoop.now, random: &random)
        case .closed(let id, _): host.closed(id)
        case .dialled, .dialFailed: break
        }
        // What arrives in one turn of the loop is answered together: each flush looks at every connection.
        guard !flushIsPlanned else { return }
        flushIsPlanned = true
        Task { self.flush() }
    }

    private func flush() {
        flushIsPlanned = false
        for effect in host.takeEffects() {
            switch effect {
            case .send(let id, let bytes): sockets?.send(id, bytes)
            case .letIn(let id): sockets?.letIn(id)
            case .close(let id): sockets?.close(id)
            }
        }
    }

    private func tick() {
        host.tick(now: UVLoop.now, random: &random)
        flush()
        timer?.set(after: .seconds(1))
    }
}
