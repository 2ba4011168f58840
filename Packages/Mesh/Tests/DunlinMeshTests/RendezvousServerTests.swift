import DunlinKeys
import DunlinMesh
import Testing

@Suite struct RendezvousServerTests {
    static let topic = Digest.blake2b([1])

    static func join(_ token: UInt8, port: UInt16) -> [UInt8] {
        RendezvousMessage.join(
            topic: topic, token: [UInt8](repeating: token, count: 16), port: port, addresses: []
        ).encoded()
    }

    static func available(_ token: UInt8, _ address: String) -> [UInt8] {
        RendezvousMessage.available(
            topic: topic, token: [UInt8](repeating: token, count: 16),
            addresses: PeerAddress(address).map { [$0] } ?? []
        ).encoded()
    }

    @Test func `peers of a topic hear of each other and of leaving`() {
        var server = RendezvousServer()
        server.opened(1, host: "10.0.0.1", now: .zero)
        server.opened(2, host: "10.0.0.2", now: .zero)
        #expect(server.receive(Self.join(1, port: 11), from: 1, now: .zero).isEmpty)
        #expect(
            server.receive(Self.join(2, port: 22), from: 2, now: .zero) == [
                .send(client: 1, Self.available(2, "10.0.0.2:22")),
                .send(client: 2, Self.available(1, "10.0.0.1:11")),
            ])
        let left = RendezvousMessage.left(topic: Self.topic, token: [UInt8](repeating: 1, count: 16))
            .encoded()
        #expect(server.closed(1) == [.send(client: 2, left)])
        #expect(server.closed(2).isEmpty)
        #expect(server.topicCount == 0)
    }

    @Test(arguments: [
        "10.0.0.1:05", "10.0.0.1:+5", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1", ":5", "[10.0.0.1]:5",
        "::1:5", "[::1:5",
    ])
    func `an address has one form`(text: String) {
        #expect(PeerAddress(text) == nil)
        #expect(PeerAddress("10.0.0.1:5")?.description == "10.0.0.1:5")
        #expect(PeerAddress("[::1]:5")?.description == "[::1]:5")
    }

    @Test func `a new token takes the place of the former one`() {
        var server = RendezvousServer()
        server.opened(1, host: "10.0.0.1", now: .zero)
        server.opened(2, host: "10.0.0.2", now: .zero)
        _ = server.receive(Self.join(9, port: 22), from: 2, now: .zero)
        let left = RendezvousMessage.left(topic: Self.topic, token: [UInt8](repeating: 1, count: 16))
            .encoded()
        _ = server.receive(Self.join(1, port: 11), from: 1, now: .zero)
        let effects = server.receive(Self.join(3, port: 11), from: 1, now: .zero)
        #expect(effects.first == .send(client: 2, left))
        #expect(effects.contains(.send(client: 2, Self.available(3, "10.0.0.1:11"))))
        _ = server.closed(1)
        _ = server.closed(2)
        #expect(server.topicCount == 0)
    }

    @Test func `a flood, garbage and a stolen token end the connection`() {
        var server = RendezvousServer()
        server.opened(1, host: "h", now: .zero)
        server.opened(2, host: "h", now: .zero)
        #expect(server.receive([0xff], from: 1, now: .zero) == [.close(client: 1)])
        _ = server.receive(Self.join(1, port: 1), from: 1, now: .zero)
        #expect(server.receive(Self.join(1, port: 2), from: 2, now: .zero) == [.close(client: 2)])
        var closed = false
        for _ in 0..<1_000
        where server.receive(Self.join(1, port: 1), from: 1, now: .zero) == [.close(client: 1)] {
            closed = true
        }
        #expect(closed)
    }
}
