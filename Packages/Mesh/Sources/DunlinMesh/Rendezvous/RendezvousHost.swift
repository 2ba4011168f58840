import DunlinKeys

/// A rendezvous with its connections as a value: what comes in from sockets, what is to be done with them.
///
/// It does the handshakes and hands messages to a ``RendezvousServer``; it knows no socket and no clock.
/// - Source: `Docs/Spec/Rendezvous.md`.
public struct RendezvousHost: Sendable {
    /// What the owner of the sockets is to do.
    public enum Effect: Hashable, Sendable {
        case send(client: UInt64, [UInt8])
        /// The client has finished its handshake, and counts no longer as half open.
        case letIn(client: UInt64)
        case close(client: UInt64)
    }

    private let staticKey: AgreementKey
    private var server = RendezvousServer()
    private var connections: [UInt64: MeshConnection] = [:]
    private var hosts: [UInt64: String] = [:]
    private var effects: [Effect] = []
    /// Connections that may have something to send.
    private var stirred: Set<UInt64> = []

    /// - Parameter staticKey: The key in the rendezvous' address.
    public init(staticKey: AgreementKey) { self.staticKey = staticKey }

    /// Clients whose handshake is done.
    public var clientCount: Int { server.clientCount }

    /// Somebody connected.
    /// - Parameters:
    ///   - id: Names the connection; never used for another.
    ///   - host: Where it comes from, as others can dial it.
    public mutating func accepted(_ id: UInt64, host: String, now: Duration) {
        connections[id] = MeshConnection(accepting: now)
        hosts[id] = host
    }

    /// Takes bytes of a connection.
    public mutating func received(
        _ id: UInt64, _ bytes: [UInt8], now: Duration, random: inout some RandomSource
    ) {
        // Moved out while it changes, so that no copy is made.
        guard var connection = connections.removeValue(forKey: id) else { return }
        let events = connection.receive(bytes, now: now)
        connections[id] = connection
        stirred.insert(id)
        for event in events { take(event, from: id, now: now, random: &random) }
    }

    /// A connection is gone.
    public mutating func closed(_ id: UInt64) { drop(id) }

    /// Time went on; call it once a second.
    public mutating func tick(now: Duration, random: inout some RandomSource) {
        for id in connections.keys.sorted() {
            let events = connections[id]?.tick(now: now) ?? []
            for event in events { take(event, from: id, now: now, random: &random) }
        }
        stirred.formUnion(connections.keys)
    }

    /// What is to be done since the last call.
    /// - Complexity: O(*n* log *n*) in the connections to which something happened.
    public mutating func takeEffects() -> [Effect] {
        for id in stirred.sorted() {
            guard let bytes = connections[id]?.takeOutput(), !bytes.isEmpty else { continue }
            effects.append(.send(client: id, bytes))
        }
        stirred = []
        defer { effects = [] }
        return effects
    }

    private mutating func take(
        _ event: MeshConnection.Event, from id: UInt64, now: Duration, random: inout some RandomSource
    ) {
        switch event {
        case .preamble(.rendezvous):
            let events =
                connections[id]?.accept(
                    prologue: RendezvousMessage.prologue, staticKey: staticKey, random: &random) ?? []
            for event in events { take(event, from: id, now: now, random: &random) }
        case .preamble, .failed: close(id)
        case .established:
            effects.append(.letIn(client: id))
            server.opened(id, host: hosts[id] ?? "", now: now)
        case .message(let channel, let bytes):
            guard channel == RendezvousMessage.channel else { return }
            perform(server.receive(bytes, from: id, now: now))
        }
    }

    private mutating func perform(_ serverEffects: [RendezvousServer.Effect]) {
        for effect in serverEffects {
            switch effect {
            case .send(let client, let bytes):
                // One that takes nothing in is closed when its queue is full.
                do {
                    try connections[client]?.send(bytes, on: RendezvousMessage.channel)
                    stirred.insert(client)
                } catch { close(client) }
            case .close(let client): close(client)
            }
        }
    }

    private mutating func close(_ id: UInt64) {
        effects.append(.close(client: id))
        drop(id)
    }

    private mutating func drop(_ id: UInt64) {
        connections[id] = nil
        hosts[id] = nil
        perform(server.closed(id))
    }
}
