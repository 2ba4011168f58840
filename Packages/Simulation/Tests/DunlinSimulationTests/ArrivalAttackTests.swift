import DunlinCredentials
import DunlinEncoding
@testable import DunlinInvitations
import DunlinKeys
import DunlinMesh
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

/// What is tried with the messages in which credentials are given ahead of their feeds.
@Suite struct ArrivalAttackTests {
    private func link(_ peer: Int, _ village: Village) throws -> ConnectionID {
        try #require(
            village.peers[peer].links.first { _, link in
                guard case .space = link.purpose else { return false }
                return link.connection.isEstablished
            }?.key)
    }

    private func say(
        _ message: [UInt8], times: Int, by peer: Int, on link: ConnectionID, _ village: inout Village
    ) throws {
        for _ in 0..<times {
            try village.peers[peer].links[link]?.connection.send(message, on: Link.arrivalChannel)
        }
        village.planFlush(peer)
    }

    @Test func `credentials are given once on a link, however often they are asked for`() throws {
        for message in [ArrivalMessage.request(identity: nil, proof: nil), .unknown(heads: [], genesis: nil)]
        {
            var village = try Village(people: 2, seed: 210)
            for number in 0..<20 { _ = try village.note("note \(number)", by: 0) }
            try village.run(seconds: 2)
            let size = ArrivalMessage.parts(
                try #require(village.peers[0].spaces[village.space]).entries()
            ).reduce(0) { $0 + $1.encoded().count }
            let before = village.peers[0].sentByteCount
            try say(message.encoded(), times: 200, by: 1, on: link(1, village), &village)
            _ = try village.run(atMost: .milliseconds(400)) { _ in false }
            let sent = Int(village.peers[0].sentByteCount - before)
            #expect(sent < 2 * size + 10_000, "\(sent) bytes were sent where all credentials have \(size)")
        }
    }

    @Test func `whoever is not known gives nothing that was not asked for, and no more than it may`() throws {
        var village = try Village(people: 2, seed: 211)
        // Eve is let in by Bob, of which Ada does not hear.
        let eve = try village.addPeer()
        for (from, to) in [(0, 1), (1, 0), (0, eve), (eve, 0)] { village.block(from: from, to: to) }
        try village.invite(eve, by: 1, to: village.space)
        for (from, to) in [(0, eve), (eve, 0)] { village.unblock(from: from, to: to) }
        func isStranger(_ link: Link) -> Bool { link.farewellUntil != nil && link.device == nil }
        #expect(
            try village.run(atMost: .seconds(20)) { village in
                while !village.peers[0].links.values.contains(where: isStranger) { try village.step() }
                return true
            })
        let own = try #require(
            village.peers[eve].links.first { _, link in
                link.connection.isEstablished && link.device == village.peers[0].device?.id
            }?.key)
        let feed = try #require(village.nodes[eve].spaces[village.space]).control.publicKey
        let entry = AdmissionBundle.Entry(
            feed: feed, sequence: 0, credential: [UInt8](repeating: 7, count: 50_000))
        let part = ArrivalMessage.credentials([entry, entry, entry, entry], isLast: false).encoded()
        try say(part, times: 60, by: eve, on: own, &village)
        var taken = 0
        let end = village.now + .seconds(2)
        while village.now < end {
            try village.step()
            taken = max(
                taken, village.peers[0].links.values.compactMap { $0.introduction?.byteCount }.max() ?? 0)
        }
        #expect(taken <= 1 << 20, "\(taken) bytes were taken that nobody asked for")
        #expect(village.peers[eve].links[own] == nil, "12 MB were taken")
        for voucher in [nil, village.identity(1)] {
            var introduction = Introduction(voucher: voucher)
            let limit = voucher != nil ? Introduction.vouchedByteLimit : Introduction.byteLimit
            while introduction.take([entry]) {}
            #expect((limit..<limit + 51_000).contains(introduction.byteCount))
        }
    }

    @Test func `a stranger is neither kept by saying that it knows nobody, nor by giving without end`() throws
    {
        for isGiving in [false, true] {
            var village = try Village(people: 2, seed: 213)
            try village.run(seconds: 2)
            let id = try link(0, village)
            // As if Ada had met somebody on it whom she does not know.
            village.peers[0].links[id]?.device = nil
            village.peers[0].links[id]?.session = nil
            village.peers[0].links[id]?.farewellUntil = village.now + Link.farewellTime
            var introduction = Introduction()
            introduction.until = village.now + .seconds(8)
            village.peers[0].links[id]?.introduction = isGiving ? introduction : Introduction()
            village.peers[0].links[id]?.isAwaitingCredentials = isGiving
            let other = try link(1, village), start = village.now
            let message = ArrivalMessage.unknown(heads: [], genesis: nil).encoded()
            while village.now < start + .seconds(15), village.peers[0].links[id] != nil {
                try say(message, times: 1, by: 1, on: other, &village)
                let next = village.now + .seconds(1)
                while village.now < next { try village.step() }
            }
            #expect(village.peers[0].links[id] == nil, "giving: \(isGiving)")
        }
    }

    @Test func `a place in a feed that somebody lied about ends nothing`() throws {
        var village = try Village(people: 3, seed: 212)
        try village.remove(2, by: 0)
        try village.run(seconds: 3)
        let space = try #require(village.peers[0].spaces[village.space])
        let honest = space.entries()
        func lying(_ sequence: UInt64) -> [AdmissionBundle.Entry] {
            honest.map { AdmissionBundle.Entry(feed: $0.feed, sequence: sequence, credential: $0.credential) }
        }
        for sequence in [1 << 40, .max - 1, .max] as [UInt64] {
            let message = ArrivalMessage.credentials(lying(sequence), isLast: true).encoded()
            #expect(throws: CBORError.self) { try ArrivalMessage(decoding: message) }
            // What a host gives a guest is of the same entries.
            let entry = try #require(lying(sequence).first)
            #expect(throws: CBORError.self) { try AdmissionBundle.Entry(entry.encodedValue) }
        }
        let message = ArrivalMessage.credentials(lying(1 << 40 - 1), isLast: true).encoded()
        _ = try ArrivalMessage(decoding: message)
        // One that was stored by an older version.
        var control = ControlPipeline(
            space: village.space, genesis: space.control.credentials.genesis?.id,
            secret: space.secrets.secret, device: space.device.id, box: space.device.box,
            control: space.secrets.control.publicKey)
        _ = control.take(introduction: lying(.max))
        #expect(control.view.members.count == 2)
        #expect(control.farewell().isEmpty)
        control = ControlPipeline(
            space: village.space, genesis: space.control.credentials.genesis?.id,
            secret: space.secrets.secret, device: space.device.id, box: space.device.box,
            control: space.secrets.control.publicKey)
        _ = control.take(introduction: honest)
        #expect(!control.farewell().isEmpty)
    }
}
