import DunlinCredentials
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// What the bystander knows of members who are taken out or made something else.
struct MemberChanges {
    /// Whom somebody took out or gave another role, whether or not that counted: what they wrote may not
    /// last.
    var touched: Set<IdentityID> = []
    /// By peer: who was a member in its eyes, and no longer is.
    var gone: [Int: Set<IdentityID>] = [:]
    private var known: [Int: Set<IdentityID>] = [:]
    /// Those whom some peer saw come back: they have keys from the time between.
    var returned: Set<IdentityID> = []
    /// Blocks that were written by somebody who knew who was out.
    var secrets: [(feed: PublicSigningKey, sequence: UInt64, gone: Set<IdentityID>)] = []
    /// Peers that are members in the end; nil before it, and where nobody was touched.
    var left: [Int]?

    /// Those who were out in anybody's eyes.
    var everGone: Set<IdentityID> { gone.values.reduce(returned) { $0.union($1) } }

    mutating func look(at members: Set<IdentityID>, by peer: Int) {
        returned.formUnion(gone[peer, default: []].intersection(members))
        known[peer, default: []].formUnion(members)
        gone[peer] = known[peer, default: []].subtracting(members)
    }

    mutating func noteBlock(_ length: UInt64, of feed: PublicSigningKey, by peer: Int) {
        guard length > 0, let gone = gone[peer], !gone.isEmpty else { return }
        secrets.append((feed, length - 1, gone))
    }
}

extension PlanRun {
    /// Peers that are to agree in the end.
    var standing: [Int] { memory.changes.left ?? Array(0..<plan.peerCount) }

    private func identity(_ peer: Int) -> IdentityID? { village.nodes[peer].device?.identity }

    mutating func lookAtMembers(by peer: Int) throws {
        guard !memory.changes.touched.isEmpty, village.isRunning(peer) else { return }
        let members = try village.peers[peer].members(of: space).map(\.identity)
        memory.changes.look(at: Set(members), by: peer)
    }

    // MARK: Steps

    mutating func remove(_ member: Int, by peer: Int) throws {
        let space = self.space
        try change(member, by: peer) { (village, identity) throws(SpaceError) in
            let clock = village.wallClock(of: peer)
            try village.peers[peer].remove(
                identity, from: space, wallClock: clock, random: &village.nodes[peer].random)
        }
    }

    mutating func setRole(of member: Int, to role: Role, by peer: Int) throws {
        let space = self.space
        try change(member, by: peer) { (village, identity) throws(SpaceError) in
            let clock = village.wallClock(of: peer)
            try village.peers[peer].setRole(
                of: identity, to: role, in: space, wallClock: clock, random: &village.nodes[peer].random)
        }
    }

    private mutating func change(
        _ member: Int, by peer: Int, _ body: (inout Village, IdentityID) throws(SpaceError) -> Void
    ) throws {
        guard isMember(peer, atLeast: .admin), let identity = identity(member), identity != self.identity(0)
        else { return skip() }
        if memory.changes.touched.isEmpty {
            for peer in 0..<plan.peerCount where isMember(peer) {
                let members = try village.peers[peer].members(of: space).map(\.identity)
                memory.changes.look(at: Set(members), by: peer)
            }
        }
        // Also when the power fails: it may have been written.
        memory.changes.touched.insert(identity)
        do {
            try attempt(peer) { run in
                try run.village.attempt(peer) { (village) throws(SpaceError) in try body(&village, identity) }
            }
            counts.memberChanges += 1
        } catch let error as SpaceError {
            switch error {
            case .notAllowed, .notSenior, .notMember, .noContentKey: skip()
            default: throw error
            }
        }
    }

    // MARK: The end

    /// Whether what a peer was acknowledged is there in the end: nobody did anything to it.
    func lasts(_ peer: Int, _ roles: [IdentityID: Role]) -> Bool {
        guard let left = memory.changes.left else { return true }
        guard let identity = identity(peer), left.contains(peer), let role = roles[identity] else {
            return false
        }
        return role >= .editor && !memory.changes.touched.contains(identity)
            && !memory.changes.everGone.contains(identity)
    }

    /// Those who are left agree before long, and nobody else reads what they write.
    mutating func settleAfterChanges() throws {
        try pass(until: village.now + .seconds(20))
        for guest in 1..<plan.peerCount where village.nodes[guest].spaces[space] == nil {
            guard identity(guest).map({ !memory.changes.touched.contains($0) }) ?? true else { continue }
            if plan.furtherDevices.contains(guest) {
                let host = firstHost(of: guest)
                guard isMember(host) else { continue }
                try village.hand(guest, by: host, to: space, kind: .device)
            } else {
                try village.hand(guest, by: 0, to: space)
            }
            guard try wait(.seconds(60), until: { $0.isMember(guest) }) else {
                throw failure(.liveness, "peer \(guest) is invited and does not get in")
            }
        }
        try pass(until: village.now + .seconds(20))
        try checkAgreement()
        for peer in 0..<plan.peerCount {
            village.crash(peer)
            try village.restart(peer)
        }
        try checkAgreement()
    }

    private mutating func checkAgreement() throws {
        guard try wait(.seconds(120), until: { try $0.isAgreed() }) else {
            throw failure(.liveness, "those who are left do not agree: " + (try unsettledReport()))
        }
        try checkEnd()
        try checkKey()
        // What is written now is read by all who are left, and by nobody else.
        let object = try village.object()
        let isWritten = try commit(0) { transaction throws(SpaceError) in
            try transaction.edit(object) { editor throws(ObjectError) in try editor.put(.bool(true), at: "x")
            }
        }
        guard isWritten,
            try wait(.seconds(60), until: { run in run.standing.allSatisfy { run.sees(object, $0) } })
        else { throw failure(.liveness, "not all who are left read what the founder writes") }
        try checkSecrecy()
    }

    private mutating func isAgreed() throws -> Bool {
        let members = try village.peers[0].members(of: space)
        let devices = Set(members.flatMap(\.devices.keys))
        let peers = (0..<plan.peerCount).filter { peer in
            village.nodes[peer].device.map { devices.contains($0.id) } ?? false
        }
        memory.changes.left = peers
        let hash = try village.peers[0].stateHash(of: space)
        let lengths = try village.peers[0].storedLengths(in: space)
        for peer in peers {
            guard village.nodes[peer].spaces[space] != nil,
                try village.peers[peer].members(of: space) == members,
                try village.peers[peer].stateHash(of: space) == hash,
                try village.peers[peer].storedLengths(in: space) == lengths
            else { return false }
        }
        // Whoever is out knows it.
        for peer in 0..<plan.peerCount where !peers.contains(peer) && isMember(peer) { return false }
        return true
    }

    /// Everything that a peer has.
    private func renegade(_ peer: Int) throws -> Renegade? {
        guard let device = village.nodes[peer].device, let secrets = village.nodes[peer].spaces[space],
            let store = village.nodes[peer].stores[space]
        else { return nil }
        return try Renegade(device, secrets, store, mayBeStranger: true)
    }

    /// All who are left write with one key, and have it.
    private func checkKey() throws {
        guard let current = try renegade(0)?.credentials.cleanKey() else {
            throw failure(.liveness, "there is no key that only those have who are left")
        }
        for peer in standing {
            guard let own = try renegade(peer), own.credentials.cleanKey() == current,
                own.keys[current] != nil
            else { throw failure(.convergence, "peers 0 and \(peer) write with different keys") }
        }
    }

    /// Nobody who is out opens what was written by somebody who knew that.
    private func checkSecrecy() throws {
        guard let own = try renegade(0), let store = village.nodes[0].stores[space] else { return }
        for peer in 0..<plan.peerCount where !standing.contains(peer) {
            guard let identity = identity(peer), let thief = try renegade(peer) else { continue }
            // Taken out once and for good: who came back in between has keys from then.
            let removals = own.credentials.all.filter { credential in
                if case .remove(identity, _, _, _) = credential.body { true } else { false }
            }
            guard removals.count == 1, !memory.changes.returned.contains(identity) else { continue }
            for secret in memory.changes.secrets where secret.gone.contains(identity) {
                guard try store.end(of: secret.feed)?.length ?? 0 > secret.sequence else { continue }
                let block = try store.blocks(of: secret.feed, secret.sequence..<secret.sequence + 1)[0]
                let place = BlockEnvelope.Place(space: space, feed: secret.feed, sequence: secret.sequence)
                let text = try? BlockEnvelope.open(
                    block, at: place, keys: thief.keys, secret: thief.secrets.secret)
                guard text == nil else {
                    throw failure(.secrecy, "peer \(peer) opens what was written when it was known to be out")
                }
            }
        }
    }
}
