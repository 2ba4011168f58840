import DunlinEncoding
import DunlinKeys
import DunlinMesh
import Testing

/// Two ends joined by buffers.
struct Wire {
    var a: MeshConnection
    var b: MeshConnection
    var random: SeededRandom
    var received: [(end: String, channel: UInt8, bytes: [UInt8])] = []
    var failures: [ConnectionError] = []
    let keyB: AgreementKey

    init(seed: UInt64, expecting other: AgreementPublicKey? = nil) throws {
        random = SeededRandom(seed: seed)
        keyB = try .make(random: &random)
        a = try MeshConnection(
            dialling: .rendezvous, prologue: [1], staticKey: .make(random: &random),
            expecting: other ?? keyB.publicKey, random: &random, now: .zero)
        b = MeshConnection(accepting: .zero)
    }

    /// Carries bytes both ways, cut at random places, until nothing moves.
    mutating func run(now: Duration = .zero, piece: Int = .max) {
        while true {
            let toB = a.takeOutput(), toA = b.takeOutput()
            if toA.isEmpty, toB.isEmpty { return }
            deliver(toB, piece: piece, toB: true, now: now)
            deliver(toA, piece: piece, toB: false, now: now)
        }
    }

    mutating func deliver(_ bytes: [UInt8], piece: Int, toB: Bool, now: Duration) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = piece == .max ? rest.count : 1 + Int(random.uniform(below: UInt64(piece)))
            let part = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            take(toB ? b.receive(part, now: now) : a.receive(part, now: now), end: toB ? "b" : "a")
        }
    }

    mutating func take(_ events: [MeshConnection.Event], end: String) {
        for event in events {
            switch event {
            case .preamble: take(b.accept(prologue: [1], staticKey: keyB, random: &random), end: end)
            case .established: break
            case .message(let channel, let bytes): received.append((end, channel, bytes))
            case .failed(let error): failures.append(error)
            }
        }
    }
}

@Suite struct MeshConnectionTests {
    @Test(arguments: [1, 3, 100, 5_000]) func `messages arrive whole however the bytes are cut`(piece: Int)
        throws
    {
        var wire = try Wire(seed: UInt64(piece))
        wire.run(piece: piece)
        #expect(wire.a.isEstablished && wire.b.isEstablished)
        let sizes = piece < 100 ? [0, 1, 5_000] : [0, 1, 70_000, 900_000]
        let messages = sizes.map { wire.random.bytes($0) }
        for message in messages { try wire.a.send(message, on: 3) }
        wire.run(piece: piece)
        #expect(wire.received.map(\.bytes) == messages)
        #expect(wire.failures.isEmpty)
    }

    @Test func `all that one end said, said again, opens no other connection`() throws {
        // The other end has the same key; only its randomness is its own.
        func replay(isSameRandom: Bool) throws -> (isEstablished: Bool, messages: Int) {
            var wire = try Wire(seed: 30)
            var twin = wire, said: [[UInt8]] = []
            if !isSameRandom { twin.random = SeededRandom(seed: 31) }
            for turn in 0..<10 {
                if turn == 5 { try wire.a.send(Array("pay 5".utf8), on: 3) }
                said.append(wire.a.takeOutput())
                wire.deliver(said[turn], piece: .max, toB: true, now: .zero)
                wire.deliver(wire.b.takeOutput(), piece: .max, toB: false, now: .zero)
            }
            #expect(wire.received.count == 1)
            for bytes in said {
                twin.deliver(bytes, piece: .max, toB: true, now: .zero)
                _ = twin.b.takeOutput()
            }
            return (twin.b.isEstablished, twin.received.count)
        }
        #expect(try replay(isSameRandom: false) == (false, 0))
        // It would, were it not for that.
        #expect(try replay(isSameRandom: true) == (true, 1))
    }

    @Test func `a channel that is full does not hold up another`() throws {
        var wire = try Wire(seed: 5)
        wire.run()
        // The other end takes nothing in: only the credit leaves.
        for _ in 0..<5 { try wire.a.send([UInt8](repeating: 1, count: 1 << 20), on: 1) }
        try wire.a.send([7], on: 2)
        let bytes = wire.a.takeOutput()
        #expect(bytes.count < 300 << 10)
        #expect(wire.a.queuedByteCount > 4 << 20)
        wire.deliver(bytes, piece: .max, toB: true, now: .zero)
        #expect(wire.received.contains { $0.channel == 2 && $0.bytes == [7] })
        wire.run()
        #expect(wire.received.count == 6)
    }

    @Test func `a side that has proven nothing is held to a small message and to one channel`() throws {
        for (message, channel, error) in [
            ([UInt8](repeating: 1, count: 1_001), 1, ConnectionError.messageTooLarge(limit: 1_000)),
            ([1], 2, .badFrame),
        ] as [([UInt8], UInt8, ConnectionError)] {
            var wire = try Wire(seed: 8)
            wire.b.incomingLimit = 1_000
            wire.b.onlyChannel = 1
            wire.run()
            try wire.a.send([UInt8](repeating: 2, count: 1_000), on: 1)
            wire.run()
            #expect(wire.received.count == 1 && wire.failures.isEmpty)
            try wire.a.send(message, on: channel)
            wire.run()
            #expect(wire.received.count == 1 && wire.failures == [error])
        }
        // Once it has, it is not.
        var wire = try Wire(seed: 9)
        wire.b.incomingLimit = 1_000
        wire.run()
        wire.b.incomingLimit = MeshConnection.messageLimit
        try wire.a.send([UInt8](repeating: 2, count: 1 << 20), on: 1)
        wire.run()
        #expect(wire.received.count == 1 && wire.failures.isEmpty)
    }

    @Test func `another key than expected is refused`() throws {
        var random = SeededRandom(seed: 77)
        var wire = try Wire(seed: 6, expecting: AgreementKey.make(random: &random).publicKey)
        wire.run()
        #expect(wire.failures == [.unexpectedKey])
        // The own key was not shown to it.
        #expect(wire.b.receivedByteCount == 1 + 2 + 32)
        #expect(!wire.b.isEstablished)
    }

    @Test func `garbage is a typed failure at every step, never a trap`() throws {
        for seed in 0..<200 as Range<UInt64> {
            var wire = try Wire(seed: seed)
            if seed % 3 > 0 { wire.run() }
            let garbage = wire.random.bytes(1 + Int(wire.random.uniform(below: 3_000)))
            let events = wire.b.receive(garbage, now: .zero)
            for event in events {
                switch event {
                case .message, .established: Issue.record("garbage was taken for a message, seed \(seed)")
                case .preamble, .failed: break
                }
            }
        }
    }

    @Test func `a handshake message that is too long is refused before it is held`() throws {
        var wire = try Wire(seed: 12)
        let first = wire.a.takeOutput()
        wire.deliver(Array(first.prefix(1)), piece: .max, toB: true, now: .zero)
        wire.deliver([0xff, 0xff], piece: .max, toB: true, now: .zero)
        #expect(wire.failures == [.badFrame])
    }

    @Test func `a bit changed on the way ends the connection`() throws {
        for position in stride(from: 0, to: 400, by: 13) {
            var wire = try Wire(seed: 9)
            wire.run()
            try wire.a.send([UInt8](repeating: 3, count: 350), on: 1)
            var bytes = wire.a.takeOutput()
            guard position < bytes.count else { continue }
            bytes[position] ^= 1
            wire.deliver(bytes + [UInt8](repeating: 0, count: 70_000), piece: .max, toB: true, now: .zero)
            #expect(wire.received.isEmpty)
            #expect(!wire.failures.isEmpty)
        }
    }

    @Test func `a handshake that hangs and a side that is silent are given up`() throws {
        var wire = try Wire(seed: 10)
        #expect(wire.b.tick(now: .seconds(4)).isEmpty)
        #expect(wire.b.tick(now: .seconds(5)) == [.failed(.handshakeTimedOut)])
        wire = try Wire(seed: 11)
        wire.run()
        #expect(wire.a.tick(now: .seconds(10)).isEmpty)
        wire.run(now: .seconds(11))
        #expect(wire.a.tick(now: .seconds(12)).isEmpty)
        #expect(wire.a.tick(now: .seconds(50)) == [.failed(.silent)])
    }
}
