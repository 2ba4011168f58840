import DunlinEncoding
import DunlinKeys

/// What clients and a rendezvous say.
/// - Source: `Docs/Spec/Rendezvous.md`.
public enum RendezvousMessage: Hashable, Sendable {
    case join(topic: Digest, token: [UInt8], port: UInt16, addresses: [PeerAddress])
    case leave(topic: Digest)
    case available(topic: Digest, token: [UInt8], addresses: [PeerAddress])
    case left(topic: Digest, token: [UInt8])

    /// Bound into the handshake with a rendezvous.
    public static let prologue = Array("rendezvous/1".utf8)
    /// The channel on which the messages travel.
    public static let channel: UInt8 = 1

    /// The message as CBOR.
    public func encoded() -> [UInt8] {
        func texts(_ addresses: [PeerAddress]) -> CBORValue {
            .array(addresses.map { .text(UTF8String($0.description)) })
        }
        switch self {
        case .join(let topic, let token, let port, let addresses):
            return CBORValue.array([
                .unsigned(0), topic.encodedValue, .bytes(token), .unsigned(UInt64(port)), texts(addresses),
            ]).encoded()
        case .leave(let topic): return CBORValue.array([.unsigned(1), topic.encodedValue]).encoded()
        case .available(let topic, let token, let addresses):
            return CBORValue.array([.unsigned(2), topic.encodedValue, .bytes(token), texts(addresses)])
                .encoded()
        case .left(let topic, let token):
            return CBORValue.array([.unsigned(3), topic.encodedValue, .bytes(token)]).encoded()
        }
    }

    /// Reads ``encoded()``.
    /// - Throws: ``CBORError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(CBORError) {
        let items = try CBORValue(decoding: bytes).asArray()
        guard items.count >= 2 else { throw .notCanonical }
        let topic = try Digest(items[1])
        switch (try items[0].asUnsigned(), items.count) {
        case (0, 5):
            let port = try items[3].asUnsigned()
            guard port <= 0xffff else { throw .notCanonical }
            self = .join(
                topic: topic, token: try items[2].asBytes(count: 16), port: UInt16(port),
                addresses: try Self.addresses(items[4], limit: 3))
        case (1, 2): self = .leave(topic: topic)
        case (2, 4):
            self = .available(
                topic: topic, token: try items[2].asBytes(count: 16),
                addresses: try Self.addresses(items[3], limit: 4))
        case (3, 3): self = .left(topic: topic, token: try items[2].asBytes(count: 16))
        default: throw .notCanonical
        }
    }

    private static func addresses(_ value: CBORValue, limit: Int) throws(CBORError) -> [PeerAddress] {
        let items = try value.asArray()
        guard items.count <= limit else { throw .tooManyItems(count: UInt64(items.count), limit: limit) }
        var addresses: [PeerAddress] = []
        for item in items {
            guard let address = PeerAddress(try item.asText().string) else { throw .notCanonical }
            addresses.append(address)
        }
        return addresses
    }
}
