import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

@Suite struct MeetingTests {
    @Test(arguments: [0, 1])
    func `whom another than the founder has let in opens the space again alone`(host: Int) throws {
        var village = try Village(people: 2, seed: 60, role: .admin)
        let note = try village.note("one", by: 0)
        try village.run(seconds: 2)
        let eve = try village.addPeer()
        try village.invite(eve, by: host, to: village.space)
        for turn in 0..<3 {
            try village.write("turn \(turn)", to: note, by: 0)
            try village.run(seconds: 5)
        }
        let own = try #require(village.peers[eve].spaces[village.space])
        #expect(own.introductions.isEmpty)
        village.crash(eve)
        try village.restart(eve)
        #expect(try village.peers[eve].members(of: village.space).count == 3)
        #expect(try village.text(of: note, at: eve) == "turn 2")
    }

    @Test(arguments: [0, 1])
    func `who was shown a newcomer knows it after a restart`(shown: Int) throws {
        var village = try Village(people: 3, seed: 51, role: .admin)
        let note = try village.note("one", by: 0)
        for peer in 0..<3 { try village.write("by \(peer)", to: note, by: peer) }
        try village.run(seconds: 5)
        village.cut(shown)
        let eve = try village.addPeer()
        for (from, to) in [(shown, eve), (eve, shown)] { village.block(from: from, to: to) }
        try village.invite(eve, by: 2, to: village.space)
        try village.run(seconds: 2)
        village.crash(2)
        for (from, to) in [(shown, eve), (eve, shown)] { village.unblock(from: from, to: to) }
        let isKnown = try village.run(atMost: .seconds(20)) {
            try $0.peers[shown].members(of: $0.space).count == 4
        }
        #expect(isKnown)
        village.crash(eve)
        village.crash(shown)
        try village.restart(shown)
        #expect(try village.peers[shown].members(of: village.space).count == 4)
    }

    @Test func `who knows where a newcomer is meets it anew at once`() throws {
        var village = try Village(people: 3, seed: 53, role: .admin)
        _ = try village.note("one", by: 0)
        try village.run(seconds: 5)
        village.cut(0)
        let eve = try village.addPeer()
        for (from, to) in [(0, eve), (eve, 0)] { village.block(from: from, to: to) }
        try village.invite(eve, by: 1, to: village.space)
        try village.run(seconds: 2)
        village.peers[eve].candidates[village.space]?[Village.address(0)] = nil
        for (from, to) in [(0, eve), (eve, 0)] { village.unblock(from: from, to: to) }
        village.peers[0].addCandidate(Village.address(eve), for: village.space)
        village.planFlush(0)
        let start = village.now
        #expect(
            try village.run(atMost: .seconds(200)) {
                try $0.peers[0].members(of: $0.space).count == 4
                    && $0.peers[0].links(in: $0.space).count == 1
            })
        #expect(village.now - start < .seconds(10))
    }

    @Test func `whose host was taken out hears so and does not knock for ever`() throws {
        var village = try Village(people: 3, seed: 54, role: .admin)
        _ = try village.note("one", by: 0)
        try village.run(seconds: 5)
        village.cut(2)
        let eve = try village.addPeer()
        for other in 0..<2 {
            village.block(from: other, to: eve)
            village.block(from: eve, to: other)
        }
        try village.remove(2, by: 0)
        village.unblock(from: 2, to: eve)
        village.unblock(from: eve, to: 2)
        try village.invite(eve, by: 2, to: village.space)
        try village.run(seconds: 2)
        village.crash(2)
        for other in 0..<2 {
            village.unblock(from: other, to: eve)
            village.unblock(from: eve, to: other)
        }
        try village.run(seconds: 60)
        let before = village.happeningCount
        try village.run(seconds: 60)
        #expect(!village.peers[eve].isMember(of: village.space))
        #expect(village.happeningCount - before < 1_500)
    }

    @Test(arguments: [56, 57, 58, 59] as [UInt64])
    func `a newcomer is heard beside many heads`(seed: UInt64) throws {
        var village = try Village(people: 3, seed: seed, role: .reader)
        _ = try village.note("one", by: 0)
        try village.run(seconds: 2)
        let eve = try village.renegade(2)
        var random = SeededRandom(seed: 7)
        for number in 0..<250 as Range<UInt8> {
            _ = try eve.issue(.keyShare(id: Digest.blake2b([number]), sealed: []), random: &random)
        }
        village.crash(2)
        try village.restart(2)
        try village.run(seconds: 5)
        village.cut(0)
        let guest = try village.addPeer()
        for (from, to) in [(0, guest), (guest, 0)] { village.block(from: from, to: to) }
        try village.invite(guest, by: 1, to: village.space, role: .reader)
        try village.run(seconds: 2)
        village.crash(1)
        for (from, to) in [(0, guest), (guest, 0)] { village.unblock(from: from, to: to) }
        #expect(
            try village.run(atMost: .seconds(30)) {
                try $0.peers[0].members(of: $0.space).count == 4
            })
    }
}

@Suite struct SuspendedKeyTests {
    @Test func `a suspended device alone makes no keys without end`() throws {
        var village = Village(seed: 57)
        let laptop = try village.addPeer()
        let phone = try village.addPeer(withIdentity: false)
        village.shared = try village.createSpace(laptop)
        try village.invite(phone, by: laptop, to: village.space, kind: .device)
        let bob = try village.addPeer()
        try village.invite(bob, by: laptop, to: village.space)
        try village.run(seconds: 2)
        let note = try village.note("one", by: laptop)
        try village.run(seconds: 2)
        let device = try #require(village.peers[laptop].device).id
        try village.attempt(phone) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[phone].suspect(
                device, in: village.space, wallClock: clock, random: &village.nodes[phone].random)
        }
        _ = try village.run(atMost: .seconds(5)) { village in
            village.peers[laptop].spaces[village.space]?.control.view.devices.contains(where: \.isSuspended)
                == true
        }
        try village.run(seconds: 2)
        village.crash(phone)
        try village.attempt(bob) { (village) throws(SpaceError) in
            let clock = village.wallClock
            try village.peers[bob].remove(
                village.identity(bob), from: village.space, wallClock: clock,
                random: &village.nodes[bob].random)
        }
        try village.run(seconds: 5)
        village.crash(bob)
        let before = try #require(village.peers[laptop].spaces[village.space]).control.credentials.count
        try village.run(seconds: 60)
        let after = try #require(village.peers[laptop].spaces[village.space]).control.credentials.count
        #expect(after - before < 5)
        try village.write("two", to: note, by: laptop)
        village.crash(laptop)
        try village.restart(laptop)
        #expect(try village.text(of: note, at: laptop) == "two")
        #expect(try village.peers[laptop].waitingBlocks(in: village.space) == 0)
        #expect(try village.peers[laptop].verifyDerivedState(of: village.space))
    }
}

@Suite struct KeyStormTests {
    @Test func `many who write at once do not make keys again and again`() throws {
        var village = try Village(people: 12, seed: 58)
        let notes = try (0..<12).map { try village.note("one", by: $0) }
        try village.run(seconds: 3)
        for peer in 0..<12 {
            village.cut(peer)
            village.peers[peer].spaces[village.space]?.keyLifetime = KeyLifetime(age: 0, blockCount: 1 << 20)
        }
        for peer in 0..<12 { try village.write("two", to: notes[peer], by: peer) }
        for peer in 0..<12 { village.peers[peer].spaces[village.space]?.keyLifetime = .standard }
        try village.healAll()
        try village.run(seconds: 12)
        let before = try village.renegade(0).credentials.count
        for round in 0..<4 {
            for peer in 0..<12 { try village.write("\(round)", to: notes[peer], by: peer) }
            try village.run(seconds: 1)
        }
        let made = try village.renegade(0).credentials.count - before
        #expect(made < 8, "\(made) keys were made")
    }
}
