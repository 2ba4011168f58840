import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinSpaces

extension Village {
    /// Invites `guest` into a space of `host`, lets it type the code, and waits until it is in.
    public mutating func invite(
        _ guest: Int, by host: Int, to space: SpaceID, kind: InvitationKind = .space, role: Role = .editor
    ) throws {
        try hand(guest, by: host, to: space, kind: kind, role: role)
        let isIn = try run(atMost: .seconds(30)) { village in
            village.peers[guest].spaceSummaries.contains { $0.id == space && $0.role != nil }
        }
        guard isIn else { throw VillageError.notAdmitted(guest: guest) }
    }

    /// Gives a guest the ticket and the code of a new invitation, and lets it begin.
    /// - Parameter identity: The identity that alone is let in; then there is no code.
    public mutating func hand(
        _ guest: Int, by host: Int, to space: SpaceID, kind: InvitationKind = .space, role: Role = .editor,
        identity: IdentityID? = nil, mistakes: Int = 0
    ) throws {
        var made: (invitation: HostedInvitation, ticket: InvitationTicket)?
        let clock = wallClock(of: host)
        try attempt(host) { (village) throws(SpaceError) in
            made = try village.peers[host].invite(
                to: space, kind: kind, role: role, guest: identity, lifetime: 600_000, wallClock: clock,
                random: &village.nodes[host].random)
        }
        guard let made else { return }
        try give(made.ticket, to: guest, code: made.invitation.code ?? "", mistakes: mistakes)
    }

    /// Makes an invitation that any member answers; the ticket leads to every peer of the village.
    public mutating func inviteUnattended(
        by host: Int, to space: SpaceID, role: Role = .editor, uses: Int = 1, identity: IdentityID? = nil,
        lifetime: UInt64 = 600_000
    ) throws -> InvitationTicket {
        var made: InvitationTicket?
        let clock = wallClock(of: host)
        try attempt(host) { (village) throws(SpaceError) in
            made = try village.peers[host].inviteUnattended(
                to: space, role: role, uses: uses, guest: identity, lifetime: lifetime, wallClock: clock,
                random: &village.nodes[host].random)
        }
        guard var ticket = made else { throw VillageError.isOff(peer: host) }
        ticket.addresses = peers.indices.map { Self.address($0).description }
        return ticket
    }

    /// Ends an invitation as a peer.
    public mutating func cancel(_ id: InvitationID, by host: Int) throws {
        let clock = wallClock(of: host)
        try attempt(host) { (village) throws(SpaceError) in
            try village.peers[host].cancelInvitation(
                id, wallClock: clock, random: &village.nodes[host].random)
        }
    }

    /// Gives a guest a ticket and lets it begin.
    public mutating func give(
        _ ticket: InvitationTicket, to guest: Int, code: String = "", mistakes: Int = 0
    ) throws {
        // Whoever is given a new ticket gives up on the old ones.
        for join in nodes[guest].joins.keys.sorted() { peers[guest].cancelJoin(join) }
        nodes[guest].joins = [:]
        nodes[guest].tickets = [:]
        let held = HeldTicket(ticket: ticket, code: code, mistakes: mistakes)
        nodes[guest].tickets[ticket.id] = held
        if nodes[guest].isRunning { try begin(held, guest) }
    }

    /// Begins to use a ticket, with keys that are kept first.
    mutating func begin(_ held: HeldTicket, _ guest: Int) throws(SpaceError) {
        let id = held.ticket.id
        // As a client does: keys of an attempt that came to no end are used again.
        let unfinished = nodes[guest].joinKeys.keys.filter { !nodes[guest].joins.values.contains($0) }
        let former = unfinished.contains(id) ? id : unfinished.min()
        let joinKeys =
            former.flatMap { nodes[guest].joinKeys.removeValue(forKey: $0) }
            ?? JoinKeys.make(random: &nodes[guest].random)
        nodes[guest].joinKeys[id] = joinKeys
        let join = try peers[guest].join(held.ticket, keys: joinKeys)
        nodes[guest].joins[join] = id
        planFlush(guest)
    }

    /// What the person at the guest does when an invitation goes on.
    mutating func follow(_ join: JoinID, _ state: JoinState, peer: Int) throws(SpaceError) {
        guard let id = nodes[peer].joins[join] else { return }
        switch state {
        case .codeNeeded:
            guard let held = nodes[peer].tickets[id] else { return }
            let isMistake = held.mistakes > 0
            if isMistake { nodes[peer].tickets[id]?.mistakes -= 1 }
            let wrong = held.code == "000000" ? "000001" : "000000"
            schedule.add(
                .typed(
                    code: isMistake ? wrong : held.code, join, peer: peer,
                    incarnation: nodes[peer].incarnation),
                at: now + .milliseconds(chance.number(in: 50...300)))
        case .admitted(let joined):
            let space = joined.secrets.space
            do throws(SpaceError) {
                let store = try store(space, of: peer)
                _ = try peers[peer].finishJoin(join, opening: { store }, keeping: {})
                if nodes[peer].device == nil { nodes[peer].device = joined.device }
                nodes[peer].spaces[space] = joined.secrets
            } catch {
                guard case .store(.full) = error else { throw error }
                // The person makes space and tries again.
                peers[peer].cancelJoin(join)
                nodes[peer].joins[join] = nil
                schedule.add(
                    .retry(id, peer: peer, incarnation: nodes[peer].incarnation), at: now + .seconds(5))
                return
            }
            nodes[peer].joins[join] = nil
            nodes[peer].tickets[id] = nil
            nodes[peer].joinKeys[id] = nil
            meetAll(peer, in: space)
            planFlush(peer)
        case .failed:
            nodes[peer].tickets[id] = nil
            nodes[peer].joins[join] = nil
        case .searching, .connected, .claimed, .authenticating, .admitting: break
        }
    }
}
