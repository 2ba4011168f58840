import DunlinEncoding
import DunlinKeys

/// The rendezvous' side as a value: who is in which topic, and whom to tell.
/// - Source: `Docs/Spec/Rendezvous.md`.
public struct RendezvousServer: Sendable {
    /// What is to be done.
    public enum Effect: Hashable, Sendable {
        case send(client: UInt64, [UInt8])
        /// The client broke a rule: close its connection.
        case close(client: UInt64)
    }

    static let topicsPerClient = 1_024
    static let peersPerTopic = 1_024
    static let messagesPerSecond = 200.0

    private struct Entry: Sendable {
        var client: UInt64
        var addresses: [PeerAddress]
    }

    private struct Client: Sendable {
        var host: String
        var topics: Set<Digest> = []
        var tokens: [Digest: [UInt8]] = [:]
        var allowance = RendezvousServer.messagesPerSecond
        var lastMessage: Duration
    }

    private var clients: [UInt64: Client] = [:]
    private var topics: [Digest: [[UInt8]: Entry]] = [:]

    /// A rendezvous that nobody has joined.
    public init() {}

    /// Clients whose handshake is done.
    public var clientCount: Int { clients.count }
    /// Topics with at least one peer.
    public var topicCount: Int { topics.count }

    /// A client's handshake is done.
    /// - Parameter host: where it is seen from.
    public mutating func opened(_ client: UInt64, host: String, now: Duration) {
        clients[client] = Client(host: host, lastMessage: now)
    }

    /// A client is gone, and with it its peers.
    /// - Complexity: O(*n*) in the peers of its topics.
    public mutating func closed(_ client: UInt64) -> [Effect] {
        guard let gone = clients.removeValue(forKey: client) else { return [] }
        return gone.topics.sorted().flatMap { leave(client, $0, token: gone.tokens[$0] ?? []) }
    }

    /// Takes a message of a client.
    /// - Complexity: O(*n* log *n*) in the peers of the topic.
    public mutating func receive(_ bytes: [UInt8], from client: UInt64, now: Duration) -> [Effect] {
        guard admit(client, now: now), let message = try? RendezvousMessage(decoding: bytes) else {
            return [.close(client: client)]
        }
        switch message {
        case .join(let topic, let token, let port, let addresses):
            return join(client, topic, token: token, port: port, addresses: addresses)
        case .leave(let topic):
            guard let token = clients[client]?.tokens[topic] else { return [] }
            clients[client]?.topics.remove(topic)
            clients[client]?.tokens[topic] = nil
            return leave(client, topic, token: token)
        case .available, .left: return [.close(client: client)]
        }
    }

    /// A token bucket: bursts are fine, a flood is not.
    private mutating func admit(_ client: UInt64, now: Duration) -> Bool {
        guard var entry = clients[client] else { return false }
        let seconds = (now - entry.lastMessage) / .seconds(1)
        entry.allowance =
            min(Self.messagesPerSecond * 2, entry.allowance + seconds * Self.messagesPerSecond) - 1
        entry.lastMessage = now
        clients[client] = entry
        return entry.allowance >= 0
    }

    private mutating func join(
        _ client: UInt64, _ topic: Digest, token: [UInt8], port: UInt16, addresses: [PeerAddress]
    ) -> [Effect] {
        guard let entry = clients[client] else { return [] }
        guard entry.topics.contains(topic) || entry.topics.count < Self.topicsPerClient else {
            return [.close(client: client)]
        }
        if let taken = topics[topic]?[token], taken.client != client { return [.close(client: client)] }
        // A client is one peer of a topic: with a new token it is no longer there under the former.
        var effects: [Effect] = []
        if let former = entry.tokens[topic], former != token {
            effects += leave(client, topic, token: former)
        }
        var peers = topics[topic] ?? [:]
        guard peers[token] != nil || peers.count < Self.peersPerTopic else { return effects }
        let seen = port > 0 ? [PeerAddress(host: entry.host, port: port)] : []
        let all = seen + addresses.filter { !seen.contains($0) }
        let isNew = peers[token] == nil
        peers[token] = Entry(client: client, addresses: all)
        topics[topic] = peers
        clients[client]?.topics.insert(topic)
        clients[client]?.tokens[topic] = token
        let others = peers.filter { $0.value.client != client }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let news = RendezvousMessage.available(topic: topic, token: token, addresses: all).encoded()
        effects += others.map { Effect.send(client: $0.value.client, news) }
        if isNew {
            for (token, peer) in others {
                let message = RendezvousMessage.available(
                    topic: topic, token: token, addresses: peer.addresses)
                effects.append(.send(client: client, message.encoded()))
            }
        }
        return effects
    }

    private mutating func leave(_ client: UInt64, _ topic: Digest, token: [UInt8]) -> [Effect] {
        guard topics[topic]?[token]?.client == client else { return [] }
        topics[topic]?[token] = nil
        let others = (topics[topic] ?? [:]).values.map(\.client).sorted()
        if others.isEmpty { topics[topic] = nil }
        let news = RendezvousMessage.left(topic: topic, token: token).encoded()
        return others.map { .send(client: $0, news) }
    }
}
