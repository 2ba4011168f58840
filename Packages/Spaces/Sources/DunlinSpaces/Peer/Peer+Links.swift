import DunlinCredentials
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinReplication

extension Peer {
    // MARK: Beginning and end of a link

    /// A dialled connection stands: begin the handshake.
    mutating func startLink(_ id: ConnectionID, now: Duration, random: inout some RandomSource) {
        guard let pending = pendingDial(id) else {
            effects.append(.close(id))
            return
        }
        do {
            switch pending {
            case .space(let space, let address):
                guard let secrets = spaces[space]?.secrets ?? arrivals[space]?.arrival.secrets else { return }
                let connection = try MeshConnection(
                    dialling: .space(secret: secrets.secret, random: &random), prologue: secrets.prologue,
                    staticKey: secrets.noise, expecting: nil, random: &random, now: now)
                links[id] = Link(connection: connection, purpose: .space(space), address: address)
            case .rendezvous(let address):
                let connection = try MeshConnection(
                    dialling: .rendezvous, prologue: RendezvousMessage.prologue,
                    staticKey: AgreementKey.make(random: &random), expecting: address.key, random: &random,
                    now: now)
                links[id] = Link(
                    connection: connection, purpose: .rendezvous(address), address: address.address)
            case .join(let join):
                guard let ticket = joins[join]?.ticket else { return }
                let key = try AgreementKey.make(random: &random)
                joins[join]?.staticKey = key
                let connection = try MeshConnection(
                    dialling: .invitation(selector: ticket.id.selector), prologue: ticket.prologue,
                    staticKey: key, expecting: ticket.host, random: &random, now: now)
                links[id] = Link(connection: connection, purpose: .guest(join))
                links[id]?.beCareful()
            }
        } catch { effects.append(.close(id)) }
    }

    private enum Pending {
        case space(SpaceID, PeerAddress)
        case rendezvous(RendezvousAddress)
        case join(JoinID)
    }

    /// What a connection that is being dialled is for.
    private func pendingDial(_ id: ConnectionID) -> Pending? {
        // At most one of all these has dialled it, so the order does not matter.
        for (space, states) in candidates {
            if let state = states.first(where: { $0.value.connection == id }) {
                return .space(space, state.key)
            }
        }
        if let state = rendezvous.first(where: { $0.value.connection == id }) {
            return .rendezvous(state.key)
        }
        if let join = joins.first(where: { $0.value.dials.values.contains { $0.connection == id } }) {
            return .join(join.key)
        }
        return nil
    }

    /// Closes a connection from this side.
    mutating func close(_ id: ConnectionID, now: Duration? = nil) {
        effects.append(.close(id))
        dropped(id, now: now ?? lastUpkeep)
    }

    /// A connection is gone.
    mutating func dropped(_ id: ConnectionID, now: Duration) {
        for (space, states) in candidates {
            for (address, state) in states where state.connection == id {
                if links[id]?.wasHeard == true {
                    if links[id]?.farewellUntil == nil {
                        candidates[space]?[address]?.closed(now: now)
                    } else {
                        candidates[space]?[address]?.dismissed(now: now)
                    }
                } else {
                    candidates[space]?[address]?.failed(now: now)
                }
            }
        }
        for (address, state) in rendezvous where state.connection == id {
            rendezvous[address]?.failed(now: now)
            // Said once, not at every attempt.
            if links[id]?.connection.isEstablished != true, state.failures == 0 {
                effects.append(.event(.rendezvous(address, isConnected: false)))
            }
        }
        for (join, item) in joins {
            for (address, state) in item.dials where state.connection == id {
                joins[join]?.dials[address]?.failed(now: now)
            }
        }
        joined[id] = nil
        guard let link = links.removeValue(forKey: id) else { return }
        switch link.purpose {
        case .space(let space):
            arrivalLinkLost(space, id)
            introductionLinkLost(space, id, link.remote, now: now)
            guard let device = link.device else { return }
            effects.append(.event(.disconnected(space, device)))
        case .rendezvous(let address):
            if link.connection.isEstablished {
                effects.append(.event(.rendezvous(address, isConnected: false)))
            }
        case .guest(let join): guestLinkLost(join, id)
        case .host(let invitation, let space): guestLeft(invitation, space)
        case .undecided: break
        }
    }

    // MARK: Events of a connection

    mutating func take(
        _ event: MeshConnection.Event, from id: ConnectionID, now: Duration, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        switch event {
        case .preamble(let preamble):
            accept(preamble, on: id, now: now, wallClock: wallClock, random: &random)
        case .established(let remote, let hash):
            established(id, remote: remote, hash: hash, now: now)
        case .message(let channel, let bytes):
            if channel == Link.arrivalChannel, case .space(let space)? = links[id]?.purpose {
                return hearArrival(bytes, in: space, from: id, now: now, random: &random)
            }
            guard channel == Link.channel else { return }
            message(bytes, from: id, now: now, wallClock: wallClock, random: &random)
        case .failed: close(id, now: now)
        }
    }

    /// Finds what an inbound connection is for.
    private mutating func accept(
        _ preamble: Preamble, on id: ConnectionID, now: Duration, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        let prologue: [UInt8]
        let key: AgreementKey
        switch preamble {
        case .space:
            let all = spaces.values.map(\.secrets) + arrivals.values.map(\.arrival.secrets)
            guard let secrets = all.first(where: { preamble.means(secret: $0.secret) }) else {
                return close(id, now: now)
            }
            prologue = secrets.prologue
            key = secrets.noise
            links[id]?.purpose = .space(secrets.space)
        case .invitation(let selector):
            guard let found = meeting(selector: selector, random: &random) else { return close(id, now: now) }
            prologue = found.prologue
            key = found.key
            links[id]?.purpose = .host(found.id, space: found.space)
            links[id]?.beCareful()
        case .rendezvous: return close(id, now: now)
        }
        guard var link = links.removeValue(forKey: id) else { return }
        let events = link.connection.accept(prologue: prologue, staticKey: key, random: &random)
        links[id] = link
        for event in events { take(event, from: id, now: now, wallClock: wallClock, random: &random) }
    }

    private mutating func established(
        _ id: ConnectionID, remote: AgreementPublicKey, hash: [UInt8], now: Duration
    ) {
        if !id.isDialled { effects.append(.letIn(id)) }
        links[id]?.remote = remote
        links[id]?.hash = hash
        switch links[id]?.purpose {
        case .space(let space): meet(remote, in: space, on: id, now: now)
        case .host(let invitation, let space):
            links[id]?.hostedSince = now
            meetGuest(remote, invitation, space, hash: hash, on: id)
        case .guest(let join): meetHost(remote, join, hash: hash, on: id)
        case .rendezvous(let address):
            rendezvous[address]?.failures = 0
            joined[id] = []
            effects.append(.event(.rendezvous(address, isConnected: true)))
        case .undecided, nil: close(id, now: now)
        }
    }

    /// The other end of a link within a space has shown its key.
    private mutating func meet(
        _ remote: AgreementPublicKey, in space: SpaceID, on id: ConnectionID, now: Duration
    ) {
        guard let secrets = spaces[space]?.secrets ?? arrivals[space]?.arrival.secrets else {
            return close(id, now: now)
        }
        if remote == secrets.noise.publicKey {
            // It is this very peer.
            if let address = links[id]?.address {
                ownAddresses.insert(address)
                candidates[space]?[address] = nil
            }
            return close(id, now: now)
        }
        guard let own = spaces[space] else { return beginArrival(in: space, on: id) }
        guard let device = own.control.view.devices.first(where: { $0.binding.noise == remote }) else {
            return receiveStranger(remote, in: own, on: id, now: now)
        }
        if let address = links[id]?.address {
            candidates[space]?[address]?.device = device.id
        }
        let twin = links.first { other, link in
            guard case .space(space) = link.purpose else { return false }
            return other != id && link.device == device.id
        }
        if let twin {
            // Both ends keep the one that the smaller key dialled; of two alike, the newer.
            let keepsDialled = own.secrets.noise.publicKey < remote
            let loser = twin.key.isDialled == id.isDialled || id.isDialled == keepsDialled ? twin.key : id
            close(loser, now: now)
            if loser == id { return }
        }
        beginSession(with: device.id, in: space, on: id)
    }

    /// Begins to exchange what is written with a present device.
    mutating func beginSession(with device: DeviceID, in space: SpaceID, on id: ConnectionID) {
        guard let own = spaces[space] else { return }
        links[id]?.device = device
        var session = ReplicationSession()
        let first = session.start(lengths: own.lengths)
        links[id]?.session = session
        effects.append(.event(.connected(space, device)))
        perform(first, on: id)
    }

    /// A device that was taken out while it was away is given the credentials that say so. One that was never
    /// let in has a moment to show that its identity vouches for it.
    private mutating func receiveStranger(
        _ remote: AgreementPublicKey, in space: Space, on id: ConnectionID, now: Duration
    ) {
        guard space.role != nil else { return close(id, now: now) }
        links[id]?.farewellUntil = now + Link.farewellTime
        // Before it is told that it is out, so that it answers as somebody who does not know that.
        askStranger(in: space, on: id)
        guard
            space.control.credentials.admissions.contains(where: { $0.binding.noise == remote })
                || toldOut[space.id]?.statics.contains(remote) == true
        else { return }
        var session = ReplicationSession(isServingOnly: true)
        let first = session.start(lengths: space.control.farewell())
        links[id]?.session = session
        perform(first, on: id)
    }

    private mutating func message(
        _ bytes: [UInt8], from id: ConnectionID, now: Duration, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        switch links[id]?.purpose {
        case .space(let space): replicate(bytes, in: space, from: id)
        case .host(let invitation, let space):
            hear(bytes, invitation, space, from: id, wallClock: wallClock, random: &random)
            if links[id]?.isGiving == true { links[id]?.hostedSince = now }
        case .guest(let join):
            hear(bytes, join, from: id, random: &random)
            links[id]?.beCareful()
        case .rendezvous: hearRendezvous(bytes)
        case .undecided, nil: close(id, now: now)
        }
    }

    private mutating func replicate(_ bytes: [UInt8], in space: SpaceID, from id: ConnectionID) {
        guard var session = links[id]?.session, let store = spaces[space]?.store else { return }
        if links[id]?.wasHeard == false {
            links[id]?.wasHeard = true
            if let address = links[id]?.address { candidates[space]?[address]?.failures = 0 }
        }
        links[id]?.session = nil
        var next: [ReplicationSession.Effect]
        do {
            // Sessions read what is durable; blocks staged in this batch are told of when they are.
            next = try session.receive(bytes, store: store)
        } catch {
            // The other side asks again over its next link; the owner is told why there has to be one.
            failure = .store(error)
            return close(id)
        }
        links[id]?.session = session
        while !next.isEmpty {
            if case .accept(let feed, let slice) = next[0] {
                next.removeFirst()
                do throws(FeedError) { try spaces[space]?.accept(slice, feed: feed) } catch {
                    next += links[id]?.session?.refused(feed, error) ?? []
                }
            } else {
                perform([next.removeFirst()], on: id)
            }
        }
    }

    // MARK: Upkeep

    /// Dials, gives up, and joins topics as time goes on.
    mutating func upkeep(now: Duration, wallClock: UInt64, random: inout some RandomSource) {
        lastUpkeep = now
        for id in links.keys.sorted() {
            let events = links[id]?.connection.tick(now: now) ?? []
            for event in events { take(event, from: id, now: now, wallClock: wallClock, random: &random) }
            if let since = links[id]?.hostedSince, now > since + Link.hostingTime { close(id, now: now) }
            if let link = links[id], let end = link.farewellUntil,
                now > end || link.introduction?.until.map({ now > $0 }) == true
                    || link.session?.isServed == true && !link.isAwaitingCredentials
            {
                close(id, now: now)
            }
        }
        for space in candidates.keys.sorted() where spaces[space] != nil || arrivals[space] != nil {
            dialCandidates(space, now: now)
        }
        for address in rendezvousAddresses {
            guard let state = rendezvous[address], state.connection == nil, now >= state.notBefore,
                !wantedTopics.isEmpty
            else { continue }
            let id = nextConnection()
            rendezvous[address]?.connection = id
            effects.append(.dial(id, address.address))
        }
        dialHosts(now: now)
        expireInvitations(wallClock: wallClock)
        joinTopics()
    }

    static let outsiderPause = Duration.seconds(60)

    private mutating func dialCandidates(_ space: SpaceID, now: Duration) {
        let connected = Set(
            links.values.compactMap { link -> DeviceID? in
                guard case .space(space) = link.purpose else { return nil }
                return link.device
            })
        // Whoever was taken out looks now and then whether that still holds.
        let isOutsider = spaces[space].map { $0.role == nil } ?? false
        let pause = isOutsider ? Self.outsiderPause : .zero
        if let state = arrivals[space], state.link != nil || state.isReady { return }
        for address in (candidates[space] ?? [:]).keys.sorted() {
            guard let state = candidates[space]?[address], state.connection == nil,
                now >= state.notBefore + pause,
                state.device.map({ !connected.contains($0) }) ?? true
            else { continue }
            let id = nextConnection()
            candidates[space]?[address]?.connection = id
            effects.append(.dial(id, address))
        }
    }

    func nextDeadline(now: Duration) -> Duration {
        var deadline = min(now + .seconds(5), keyDuty ?? now + .seconds(5))
        for link in links.values {
            if let due = link.connection.nextDeadline { deadline = min(deadline, due) }
        }
        let dials =
            candidates.values.flatMap(\.values) + Array(rendezvous.values)
            + joins.values.flatMap(\.dials.values)
        for state in dials where state.connection == nil && state.notBefore > now {
            deadline = min(deadline, state.notBefore)
        }
        return max(deadline, now + .milliseconds(1))
    }
}
