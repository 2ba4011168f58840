import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinMesh
import DunlinNoise
import DunlinReplication

enum WireTargets {
    private static let writer = made { () throws(KeyError) in
        try SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    }
    private static let descriptor = FeedDescriptor(space: KeyTargets.space, feed: writer.publicKey)

    /// A feed of ten blocks, in a store that holds the first `count` of them.
    private static func feed(_ count: Int) -> (FeedState, MemoryFeedStore) {
        var state = FeedState(descriptor)
        let store = MemoryFeedStore()
        if count > 0 {
            let blocks = (0..<count).map { [UInt8](repeating: UInt8($0), count: 10 + $0) }
            made { try store.commit([state.append(blocks, signingWith: writer)]) }
        }
        return (state, store)
    }

    /// Slices for a feed of which three blocks are here: what is accepted must serve others.
    static func slice(_ input: [UInt8]) {
        var (state, store) = feed(3)
        for bytes in messages(input) {
            guard case .blocks(let feed, let slice)? = try? ReplicationMessage(decoding: bytes),
                feed == descriptor.feed
            else { continue }
            let before = state
            guard let write = try? state.accept(slice) else {
                precondition(state == before, "a refused slice left a trace")
                continue
            }
            made { try store.commit([write]) }
            precondition(made { try store.state(of: feed) } == state, "the store has another feed")
            precondition(
                made { try store.slice(of: feed, 0..<state.length, byteLimit: 1 << 20) } != nil,
                "what was accepted cannot be served")
        }
    }

    static var sliceSeeds: [[UInt8]] {
        let (_, store) = feed(10)
        let ranges: [Range<UInt64>] = [3..<10, 0..<10, 3..<5]
        return ranges.map { range in
            let slice = made { try store.slice(of: descriptor.feed, range, byteLimit: 1 << 20) }
            return joined([slice.map { ReplicationMessage.blocks(feed: descriptor.feed, $0).encoded() } ?? []]
            )
        }
    }

    static func replication(_ input: [UInt8]) {
        let (state, store) = feed(10)
        var session = ReplicationSession()
        _ = session.start(lengths: [descriptor.feed: state.length])
        var answered = 0
        for bytes in messages(input) {
            if let message = try? ReplicationMessage(decoding: bytes) {
                precondition(
                    (try? ReplicationMessage(decoding: message.encoded())) == message,
                    "a message does not read what it wrote")
            }
            for effect in (try? session.receive(bytes, store: store)) ?? [] {
                if case .send(let bytes) = effect { answered += bytes.count }
            }
            _ = session.isInSync
            _ = session.missingBlocks
            _ = session.unconfirmedBlocks
            _ = session.flush()
        }
        precondition(answered < 64 << 20, "small messages are answered without a bound")
    }

    static var replicationSeeds: [[UInt8]] {
        let (_, store) = feed(10)
        let other = KeyTargets.guest.chain.device
        let slice = made { try store.slice(of: descriptor.feed, 0..<10, byteLimit: 1 << 20) }
        return [
            joined([
                ReplicationMessage.hello(version: 1, digest: Digest.blake2b([0])).encoded(),
                ReplicationMessage.vector([descriptor.feed: 3, other: 1 << 39]).encoded(),
                ReplicationMessage.want(feed: descriptor.feed, start: 0, count: 64).encoded(),
                slice.map { ReplicationMessage.blocks(feed: descriptor.feed, $0).encoded() } ?? [],
            ]),
            joined([ReplicationMessage.hello(version: 9, digest: Digest.blake2b([0])).encoded()]),
        ]
    }

    /// Bytes from a stranger, in pieces as the input says.
    static func connection(_ input: [UInt8]) {
        var random = SeededRandom(seed: 1)
        var connection = MeshConnection(accepting: .zero)
        for piece in messages(input) {
            for event in connection.receive(piece, now: .zero) {
                if case .preamble = event {
                    _ = connection.accept(prologue: [1], staticKey: KeyTargets.founder.box, random: &random)
                }
            }
            _ = connection.takeOutput()
        }
        _ = connection.tick(now: .seconds(60))
    }

    static var connectionSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 2)
        var dialling = made {
            try MeshConnection(
                dialling: .rendezvous, prologue: [1], staticKey: KeyTargets.guest.box, expecting: nil,
                random: &random,
                now: .zero)
        }
        let first = dialling.takeOutput()
        return [
            joined([first]), joined([Array(first.prefix(1)), Array(first.dropFirst())]), joined([[0x11]]),
        ]
    }

    /// A connection whose handshake is done with a program that then sends what it likes.
    private static func opened() -> (MeshConnection, NoiseTransport) {
        var random = SeededRandom(seed: 3)
        var connection = MeshConnection(accepting: .zero)
        var handshake = made {
            try NoiseHandshake(
                role: .initiator, prologue: [1], staticKey: KeyTargets.guest.box,
                ephemeralSeed: random.secret(32))
        }
        func framed(_ bytes: [UInt8]) -> [UInt8] {
            [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
        }
        _ = connection.receive([0x13] + framed(made { try handshake.write() }), now: .zero)
        _ = connection.accept(prologue: [1], staticKey: KeyTargets.founder.box, random: &random)
        _ = made { try handshake.read(Array(connection.takeOutput().dropFirst(2))) }
        _ = connection.receive(framed(made { try handshake.write() }), now: .zero)
        precondition(connection.isEstablished, "the handshake of the target does not end")
        return (connection, made { try handshake.finish() }.transport)
    }

    static func frames(_ input: [UInt8]) {
        var (connection, transport) = opened()
        var received = 0
        for plaintext in messages(input) {
            guard let sealed = try? transport.seal(plaintext) else { continue }
            for event in connection.receive(
                [UInt8(sealed.count >> 8), UInt8(sealed.count & 0xff)] + sealed, now: .zero)
            {
                if case .message(_, let bytes) = event { received += bytes.count }
            }
            _ = try? connection.send([1, 2, 3], on: 1)
            _ = connection.takeOutput()
        }
        precondition(received <= input.count, "more arrives than was sent")
    }

    static var frameSeeds: [[UInt8]] {
        [
            joined([[1, 1, 3, 7, 8, 9], [3], [4], [2, 1, 0x80, 0x80, 4]]),
            joined([[0, 1, 2, 7, 8], [1, 1, 1, 9]]),
            joined([[2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]), joined([[9]]),
            joined([[1, 99, 0]]),
        ]
    }

    static func rendezvous(_ input: [UInt8]) {
        var server = RendezvousServer()
        for client in 0..<3 as Range<UInt64> { server.opened(client, host: "127.0.0.1", now: .zero) }
        for (number, bytes) in messages(input).enumerated() {
            if let message = try? RendezvousMessage(decoding: bytes) {
                precondition(message.encoded() == bytes, "accepted bytes are not the canonical ones")
            }
            _ = server.receive(bytes, from: UInt64(number % 3), now: .milliseconds(number))
        }
        for client in 0..<3 as Range<UInt64> { _ = server.closed(client) }
        precondition(server.topicCount == 0, "topics stay behind")
        let text = String(decoding: input, as: UTF8.self)
        if let address = PeerAddress(text) { precondition(PeerAddress(address.description) == address) }
        if let address = RendezvousAddress(text) {
            precondition(RendezvousAddress(address.description) == address)
        }
    }

    static var rendezvousSeeds: [[UInt8]] {
        let topic = Digest.blake2b([1])
        let token = [UInt8](repeating: 1, count: 16)
        return [
            joined([
                RendezvousMessage.join(
                    topic: topic, token: token, port: 9, addresses: [PeerAddress(host: "10.0.0.1", port: 5)]
                ).encoded(),
                RendezvousMessage.join(
                    topic: topic, token: [UInt8](repeating: 2, count: 16), port: 0, addresses: []
                )
                .encoded(),
                RendezvousMessage.leave(topic: topic).encoded(),
            ]),
            Array("[::1]:80".utf8), Array("127.0.0.1:7000".utf8),
            Array(
                RendezvousAddress(
                    key: KeyTargets.guest.box.publicKey, address: PeerAddress(host: "127.0.0.1", port: 1)
                )
                .description.utf8),
        ]
    }
}
