import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

@Suite struct InvitationTests {
    private func isIn(_ guest: Int, _ space: SpaceID, _ village: Village) -> Bool {
        village.peers[guest].spaceSummaries.contains { $0.id == space && $0.role != nil }
    }

    /// What the guest's last failed attempt was told.
    private func refusal(_ guest: Int, _ village: Village) -> InvitationError? {
        for (peer, event) in village.events.reversed() where peer == guest {
            if case .join(_, .failed(let error)) = event { return error }
        }
        return nil
    }

    private func usesLeft(_ peer: Int, _ ticket: InvitationTicket, _ village: Village) -> Int? {
        village.peers[peer].invitationSummaries(wallClock: village.wallClock)
            .first { $0.id == ticket.id }?.usesLeft
    }

    /// The founder and an editor who share a space.
    private func pair(
        _ village: inout Village, role: Role = .editor
    ) throws -> (ada: Int, bob: Int, space: SpaceID) {
        let ada = try village.addPeer(), bob = try village.addPeer()
        let space = try village.createSpace(ada)
        try village.invite(bob, by: ada, to: space, role: role)
        return (ada, bob, space)
    }

    @Test func `members let guests in while who invited is off, and no more than allowed`() throws {
        var village = Village(seed: 50)
        let (ada, bob, space) = try pair(&village)
        let guests = try (0..<3).map { _ in try village.addPeer() }
        let ticket = try village.inviteUnattended(by: ada, to: space, uses: 2)
        try village.run(seconds: 2)
        #expect(usesLeft(bob, ticket, village) == 2)
        village.crash(ada)
        for guest in guests.prefix(2) {
            try village.give(ticket, to: guest)
            #expect(try village.run(atMost: .seconds(20)) { isIn(guest, space, $0) })
            let met = village.events.contains { peer, event in
                guard peer == guest, case .join(_, .claimed(let claim, let inviter)) = event else {
                    return false
                }
                // The second guest may have met the first.
                let members = [bob, guests[0]].map { village.nodes[$0].device?.identity }
                return claim.space == "Trip" && members.contains(inviter)
            }
            #expect(met)
        }
        try village.give(ticket, to: guests[2])
        try village.run(seconds: 20)
        #expect(!isIn(guests[2], space, village) && refusal(guests[2], village) == .alreadyUsed)
        try village.restart(ada)
        try village.run(seconds: 10)
        for peer in [ada, bob] + guests.prefix(2) {
            #expect(try village.peers[peer].members(of: space).count == 4)
            #expect(usesLeft(peer, ticket, village) == 0)
        }
        // What was written before they came is theirs to read, and the other way round.
        let note = try village.object()
        try village.edit(guests[1], space, note) { e throws(ObjectError) in try e.put(.bool(true), at: "x") }
        try village.run(seconds: 3)
        #expect(try village.peers[ada].read(note, in: space) { $0.value(at: "x") } == .bool(true))
    }

    @Test func `a cancelled, an expired and a demoted inviter's invitation let nobody in`() throws {
        var village = Village(seed: 51)
        let (ada, bob, space) = try pair(&village, role: .admin)
        let guest = try village.addPeer()
        let cancelled = try village.inviteUnattended(by: ada, to: space, uses: 5)
        let expired = try village.inviteUnattended(by: ada, to: space, lifetime: 5_000)
        let demoted = try village.inviteUnattended(by: bob, to: space, uses: 5)
        try village.run(seconds: 2)
        // A junior admin cannot end what its senior made.
        #expect(throws: SpaceError.self) { try village.cancel(cancelled.id, by: bob) }
        try village.cancel(cancelled.id, by: ada)
        #expect(throws: SpaceError.self) { try village.cancel(cancelled.id, by: ada) }
        let identity = try #require(village.nodes[bob].device?.identity)
        try issue(.role(identity, .reader, cuts: []), by: ada, in: space, &village)
        try village.run(seconds: 8)
        for (ticket, reason) in [
            (cancelled, InvitationError.cancelled), (expired, .expired), (demoted, .inviterGone),
        ] {
            try village.give(ticket, to: guest)
            try village.run(seconds: 15)
            #expect(!isIn(guest, space, village) && refusal(guest, village) == reason)
        }
        // Ada is the only one who could answer, and an editor's invitation is above a reader.
        let open = try village.inviteUnattended(by: ada, to: space)
        try village.run(seconds: 2)
        village.crash(ada)
        try village.give(open, to: guest)
        try village.run(seconds: 15)
        #expect(!isIn(guest, space, village))
        try village.restart(ada)
        #expect(try village.run(atMost: .seconds(30)) { isIn(guest, space, $0) })
    }

    /// Issues a credential as a peer.
    private func issue(
        _ body: CredentialBody, by peer: Int, in id: SpaceID, _ village: inout Village
    ) throws {
        let clock = village.wallClock(of: peer)
        try village.attempt(peer) { (village) throws(SpaceError) in
            guard var space = village.peers[peer].spaces[id] else { throw .unknownSpace(id) }
            do {
                let credential = try space.issue(body)
                try space.appendControl(
                    [credential],
                    key: space.writingKey(wallClock: clock, random: &village.nodes[peer].random),
                    random: &village.nodes[peer].random)
                _ = try space.takeControl(space.secrets.control.publicKey)
            } catch { throw .unknownSpace(id) }
            village.peers[peer].spaces[id] = space
        }
    }

    @Test func `a removed member's invitation lets nobody in`() throws {
        var village = Village(seed: 52)
        let (ada, bob, space) = try pair(&village, role: .admin)
        let guest = try village.addPeer()
        let ticket = try village.inviteUnattended(by: bob, to: space, uses: 5)
        try village.run(seconds: 2)
        village.crash(bob)
        let identity = try #require(village.nodes[bob].device?.identity)
        try issue(.remove(identity, cuts: [], rotation: nil), by: ada, in: space, &village)
        try village.run(seconds: 2)
        try village.give(ticket, to: guest)
        try village.run(seconds: 15)
        #expect(!isIn(guest, space, village) && refusal(guest, village) == .inviterGone)
    }

    @Test func `one use taken at two members who are apart counts once, and the other guest is told`() throws
    {
        for seed in 60..<64 as Range<UInt64> {
            var village = Village(seed: seed)
            let (ada, bob, space) = try pair(&village)
            let eve = try village.addPeer(), may = try village.addPeer()
            let ticket = try village.inviteUnattended(by: ada, to: space)
            try village.run(seconds: 2)
            for (near, far) in [(ada, bob), (ada, may), (bob, eve), (eve, may)] {
                village.block(from: near, to: far)
                village.block(from: far, to: near)
            }
            try village.give(ticket, to: eve)
            try village.give(ticket, to: may)
            #expect(
                try village.run(atMost: .seconds(30)) { isIn(eve, space, $0) && isIn(may, space, $0) })
            // In half of the runs the guests are away when the members hear of each other.
            let areAway = !seed.isMultiple(of: 2)
            for guest in areAway ? [eve, may] : [] { village.crash(guest) }
            try village.healAll()
            try village.run(seconds: 20)
            for guest in areAway ? [eve, may] : [] { try village.restart(guest) }
            try village.run(seconds: 20)
            let standing = try [eve, may].filter { guest in
                let identity = try #require(village.nodes[guest].device?.identity)
                return try village.peers[ada].members(of: space).contains { $0.identity == identity }
            }
            #expect(standing.count == 1, "seed \(seed)")
            #expect(
                try village.peers[ada].members(of: space).map(\.identity)
                    == village.peers[bob].members(of: space).map(\.identity))
            #expect(usesLeft(ada, ticket, village) == 0 && usesLeft(bob, ticket, village) == 0)
            let loser = standing == [eve] ? may : eve
            let isTold = village.events.contains { peer, event in
                guard peer == loser, case .excluded(space, .alreadyUsed) = event else { return false }
                return true
            }
            #expect(isTold, "seed \(seed)")
            #expect(village.peers[loser].exclusion(from: space) == .alreadyUsed)
        }
    }

    @Test func `an invitation for one identity lets in that one, with somebody there and without`() throws {
        var village = Village(seed: 53)
        let (ada, bob, space) = try pair(&village)
        let eve = try village.addPeer(), may = try village.addPeer(), sue = try village.addPeer()
        let identity = try #require(village.nodes[eve].device?.identity)
        let ticket = try village.inviteUnattended(by: ada, to: space, uses: 2, identity: identity)
        try village.run(seconds: 2)
        #expect(throws: SpaceError.self) { try village.give(ticket, to: may) }
        village.crash(ada)
        try village.give(ticket, to: eve)
        #expect(try village.run(atMost: .seconds(20)) { isIn(eve, space, $0) })
        try village.restart(ada)
        try village.run(seconds: 5)
        let other = try #require(village.nodes[sue].device?.identity)
        try village.hand(sue, by: ada, to: space, identity: other)
        #expect(try village.run(atMost: .seconds(20)) { isIn(sue, space, $0) })
        #expect(village.peers[ada].openInvitations.isEmpty)
        #expect(try village.peers[bob].members(of: space).count == 4)
    }

    @Test(arguments: [false, true])
    func `a refused guest leaves the invitation to another, and whoever comes after that is told`(
        isForOne: Bool
    ) throws {
        var village = Village(seed: 57)
        let (ada, bob, space) = try pair(&village)
        let eve = try village.addPeer(), may = try village.addPeer()
        if isForOne {
            let identity = village.nodes[eve].device?.identity
            try village.hand(eve, by: ada, to: space, identity: identity)
        } else {
            // With other keys he would be a second device of the same name.
            try village.hand(bob, by: ada, to: space)
            #expect(try village.run(atMost: .seconds(20)) { refusal(bob, $0) == .alreadyMember })
        }
        let open = try #require(village.peers[ada].openInvitations.first?.invitation)
        #expect(open.redeemedBy == nil && open.attemptsLeft == HostedInvitation.attemptLimit)
        let ticket = open.ticket(rendezvous: [], addresses: [Village.address(ada).description])
        if !isForOne { try village.give(ticket, to: eve, code: open.code ?? "") }
        #expect(try village.run(atMost: .seconds(20)) { isIn(eve, space, $0) })
        try village.run(seconds: 2)
        #expect(village.peers[ada].openInvitations.isEmpty)
        let late = isForOne ? eve : may
        if isForOne {
            try village.give(ticket, to: eve)
        } else {
            try village.give(ticket, to: may, code: open.code ?? "")
        }
        #expect(try village.run(atMost: .seconds(20)) { refusal(late, $0) == .alreadyUsed })
        // Not for ever.
        try village.run(seconds: 700)
        #expect(village.peers[ada].endedInvitations.isEmpty)
    }

    @Test func `who comes with a cancelled invitation is told`() throws {
        var village = Village(seed: 58)
        let (ada, _, space) = try pair(&village)
        let eve = try village.addPeer()
        village.crash(eve)
        try village.hand(eve, by: ada, to: space)
        let open = try #require(village.peers[ada].openInvitations.first?.invitation)
        try village.cancel(open.id, by: ada)
        try village.restart(eve)
        #expect(try village.run(atMost: .seconds(20)) { refusal(eve, $0) == .cancelled })
    }

    enum Way: CaseIterable { case code, secret, identity }

    @Test(arguments: Way.allCases, [true, false])
    func `whoever loses power at any moment, the guest gets in once`(way: Way, isGuest: Bool) throws {
        func begin(_ village: inout Village) throws -> (host: Int, guest: Int, space: SpaceID) {
            let host = try village.addPeer(), guest = try village.addPeer()
            let space = try village.createSpace(host)
            try village.run(seconds: 1)
            switch way {
            case .code: try village.hand(guest, by: host, to: space)
            case .secret:
                try village.give(village.inviteUnattended(by: host, to: space), to: guest)
            case .identity:
                try village.hand(
                    guest, by: host, to: space, identity: village.nodes[guest].device?.identity)
            }
            // A ticket is shown when the invitation is stored.
            while village.nodes[host].isFlushPlanned { try village.step() }
            return (host, guest, space)
        }
        var calm = Village(seed: 54)
        let (_, guest, space) = try begin(&calm)
        let start = calm.happeningCount
        while !isIn(guest, space, calm) { try calm.step() }
        for _ in 0..<10 { try calm.step() }
        let count = calm.happeningCount - start
        for moment in 0..<count {
            var village = Village(seed: 54)
            let (host, guest, space) = try begin(&village)
            for _ in 0..<moment { try village.step() }
            let victim = isGuest ? guest : host
            village.crash(victim)
            try village.run(seconds: 1)
            try village.restart(victim)
            #expect(
                try village.run(atMost: .seconds(120)) { isIn(guest, space, $0) },
                "after \(moment) of \(count) steps: \(String(describing: refusal(guest, village)))")
            try village.run(seconds: 5)
            let members = try village.peers[host].members(of: space)
            #expect(members.count == 2 && members.allSatisfy { $0.devices.count == 1 }, "step \(moment)")
            #expect(try village.peers[guest].members(of: space) == members)
        }
    }

    @Test(arguments: [Way.code, .secret], [true, false])
    func `whoever loses power between two parts of a long past, the guest gets in once`(
        way: Way, isGuest: Bool
    ) throws {
        var village = Village(seed: 56)
        let host = try village.addPeer(), guest = try village.addPeer()
        let space = try village.createSpace(host)
        var random = SeededRandom(seed: 57)
        for _ in 0..<1_500 {
            let key = try SigningKey.make(random: &random).publicKey
            try issue(
                .invite(Invite(key: key, role: .reader, limit: 1, expires: 1)), by: host, in: space, &village)
        }
        try village.run(seconds: 1)
        let ticket = try village.inviteUnattended(by: host, to: space)
        if way == .code {
            try village.hand(guest, by: host, to: space)
        } else {
            try village.give(ticket, to: guest)
        }
        func isAdmitted(_ village: Village) throws -> Bool {
            try village.peers[host].members(of: space).count == 2
        }
        while try !isAdmitted(village) { try village.step() }
        let before = village.peers[guest].receivedByteCount
        // A part has 256 KiB.
        while village.peers[guest].receivedByteCount < before + (300 << 10) {
            #expect(!isIn(guest, space, village))
            try village.step()
        }
        #expect(!isIn(guest, space, village))
        let victim = isGuest ? guest : host
        village.crash(victim)
        try village.run(seconds: 1)
        try village.restart(victim)
        #expect(try village.run(atMost: .seconds(120)) { isIn(guest, space, $0) })
        try village.run(seconds: 5)
        let members = try village.peers[host].members(of: space)
        #expect(members.count == 2 && members.allSatisfy { $0.devices.count == 1 })
        #expect(try village.peers[guest].members(of: space) == members)
    }

    @Test func `a guest whose host died is given its answer by a member that knows of it`() throws {
        var village = Village(seed: 55)
        let (ada, bob, space) = try pair(&village)
        let guest = try village.addPeer()
        let ticket = try village.inviteUnattended(by: ada, to: space)
        try village.run(seconds: 2)
        // Ada lets the guest in, which hears nothing of it.
        for other in [bob] { village.block(from: guest, to: other) }
        try village.give(ticket, to: guest)
        let identity = try #require(village.nodes[guest].device?.identity)
        while try !village.peers[ada].members(of: space).contains(where: { $0.identity == identity }) {
            try village.step()
        }
        village.block(from: ada, to: guest)
        try village.run(seconds: 2)
        #expect(try village.peers[bob].members(of: space).count == 3)
        #expect(!isIn(guest, space, village))
        village.crash(ada)
        village.unblock(from: guest, to: bob)
        #expect(try village.run(atMost: .seconds(120)) { isIn(guest, space, $0) })
        #expect(usesLeft(bob, ticket, village) == 0)
    }
}
