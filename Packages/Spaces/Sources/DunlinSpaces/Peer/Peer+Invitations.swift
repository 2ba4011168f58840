import DunlinCredentials
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh

/// An invitation that this peer is about to accept.
struct Join: Sendable {
    var ticket: InvitationTicket
    var device: LocalDevice?
    var keys: JoinKeys
    /// The device's, or for a device invitation those of the new device, not yet certified.
    var guest: GuestKeys
    var box: AgreementKey
    var staticKey: AgreementKey?
    var dials: [PeerAddress: DialState] = [:]
    var link: ConnectionID?
    var pending: JoinedSpace?
}

extension Peer {
    // MARK: Hosting

    /// Opens an invitation to a space; for a device, to the identity's own space.
    /// - Returns: the invitation (with its code) and the ticket to give away.
    public mutating func invite(
        to space: SpaceID, kind: InvitationKind, role: Role, lifetime: UInt64, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) -> (invitation: HostedInvitation, ticket: InvitationTicket) {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        if kind == .space { try own.demand(.admin) }
        try demandSettled(space)
        let invitation: HostedInvitation
        do {
            invitation = try HostedInvitation.make(
                kind: kind, role: role, lifetime: lifetime, wallClock: wallClock, random: &random)
        } catch { throw .invitation(error) }
        invitations[invitation.id] = (space, invitation)
        store(invitation, in: space)
        return (invitation, ticket(invitation))
    }

    private func ticket(_ invitation: HostedInvitation) -> InvitationTicket {
        invitation.ticket(
            rendezvous: rendezvousAddresses.map(\.description), addresses: addresses.map(\.description))
    }

    /// Open invitations, with their spaces.
    public var openInvitations: [(space: SpaceID, invitation: HostedInvitation)] {
        invitations.values.sorted { $0.invitation.id < $1.invitation.id }
    }

    /// Ends an invitation.
    /// - Throws: ``SpaceError/noInvitation(_:)``.
    public mutating func cancelInvitation(_ id: InvitationID) throws(SpaceError) {
        guard let space = invitations.removeValue(forKey: id)?.space else { throw .noInvitation(id) }
        spaces[space]?.setMetadata("invitation/\(id)", nil)
        for link in links.keys.sorted() {
            guard case .host(id, _)? = links[link]?.purpose else { continue }
            for effect in links[link]?.host?.refuse(.cancelled) ?? [] {
                if case .send(let bytes) = effect { send(bytes, on: link) }
            }
            // The guest is told before the connection goes.
            if let bytes = links[link]?.connection.takeOutput(), !bytes.isEmpty {
                effects.append(.send(link, bytes))
            }
            close(link)
        }
        effects.append(.event(.invitation(id, .failed(.cancelled))))
    }

    private mutating func store(_ invitation: HostedInvitation, in space: SpaceID) {
        spaces[space]?.setMetadata("invitation/\(invitation.id)", invitation.encoded())
    }

    /// Takes up the invitations that were open when the space was last closed.
    mutating func loadInvitations(of space: SpaceID) throws(SpaceError) {
        do throws(StoreError) {
            for (_, value) in try spaces[space]?.store.metadata(prefix: "invitation/") ?? [] {
                guard let invitation = try? HostedInvitation(decoding: value) else { continue }
                invitations[invitation.id] = (space, invitation)
            }
        } catch { throw .store(error) }
    }

    mutating func expireInvitations(wallClock: UInt64) {
        for id in invitations.keys.sorted() {
            guard let item = invitations[id], item.invitation.isExpired(wallClock) else { continue }
            invitations[id] = nil
            spaces[item.space]?.setMetadata("invitation/\(id)", nil)
            effects.append(.event(.invitation(id, .failed(.expired))))
        }
    }

    mutating func meetGuest(
        _ remote: AgreementPublicKey, _ id: InvitationID, _ space: SpaceID, hash: [UInt8],
        on link: ConnectionID
    ) {
        let isBusy = links.contains { other, item in
            guard case .host(id, _) = item.purpose else { return false }
            return other != link && item.host != nil
        }
        guard let item = invitations[id], let own = spaces[space], let device,
            let genesis = own.control.credentials.genesis,
            !isBusy
        else { return close(link) }
        links[link]?.host = InvitationHost(
            invitation: item.invitation,
            description: HostDescription(chain: device.chain, space: space, genesis: genesis.id),
            device: device.signing, handshakeHash: hash, guestStatic: remote)
        effects.append(.event(.invitation(id, .guestConnected)))
    }

    mutating func hear(
        _ bytes: [UInt8], _ id: InvitationID, _ space: SpaceID, from link: ConnectionID, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        guard var host = links[link]?.host else { return }
        var next = host.receive(bytes, wallClock: wallClock, random: &random)
        while !next.isEmpty {
            switch next.removeFirst() {
            case .send(let bytes): send(bytes, on: link)
            case .persist(let invitation):
                invitations[id]?.invitation = invitation
                store(invitation, in: space)
            case .attemptFailed(let left):
                effects.append(.event(.invitation(id, .attemptFailed(attemptsLeft: left))))
                if left <= 0 { end(id, space, .failed(.exhausted)) }
            case .admit(let request):
                do throws(SpaceError) {
                    let chain = try spaces[space]?.admit(request, wallClock: wallClock, random: &random)
                    effects.append(.event(.invitation(id, .admitted(request.guest.device))))
                    if let bundle = spaces[space]?.bundle(chain: chain ?? nil) {
                        next += host.admitted(bundle)
                    }
                } catch {
                    if case .invitation(let cause) = error {
                        next += host.refuse(cause)
                    } else {
                        next += host.refuse(.badMessage)
                    }
                }
            case .finished:
                end(id, space, .finished)
            case .failed(let error): effects.append(.event(.invitation(id, .failed(error))))
            }
        }
        links[link]?.host = host
    }

    /// A guest's connection is gone. Who leaves with the last attempt has used it.
    mutating func guestLeft(_ id: InvitationID, _ space: SpaceID) {
        guard let invitation = invitations[id]?.invitation, invitation.attemptsLeft <= 0,
            invitation.redeemedBy == nil
        else { return }
        end(id, space, .failed(.exhausted))
    }

    private mutating func end(_ id: InvitationID, _ space: SpaceID, _ state: HostedInvitationState) {
        invitations[id] = nil
        spaces[space]?.setMetadata("invitation/\(id)", nil)
        effects.append(.event(.invitation(id, state)))
    }

    // MARK: Joining

    /// Begins to accept an invitation. Its states come as events; the code is entered when it is asked for.
    /// - Parameter keys: kept safe by the caller before this is called, and used again for the same ticket:
    ///   who was let in and crashed before it could store the answer is known by them.
    public mutating func join(
        _ ticket: InvitationTicket, keys: JoinKeys
    ) throws(SpaceError) -> JoinID {
        if ticket.kind == .space, device == nil { throw .noIdentity }
        if ticket.kind == .device, device != nil { throw .identityExists }
        let id = nextJoin()
        do throws(KeyError) {
            let signing: SigningKey, box: AgreementKey
            if let device {
                (signing, box) = (device.signing, device.box)
            } else {
                (signing, box) = (try SigningKey(seed: keys.signing), try AgreementKey(seed: keys.box))
            }
            let guest = GuestKeys(
                device: signing, box: box.publicKey, control: try SigningKey(seed: keys.control),
                data: try SigningKey(seed: keys.data), noise: try AgreementKey(seed: keys.noise).publicKey)
            var join = Join(ticket: ticket, device: device, keys: keys, guest: guest, box: box)
            for text in ticket.addresses {
                if let address = PeerAddress(text) { join.dials[address] = DialState() }
            }
            joins[id] = join
        } catch { throw .key(error) }
        for text in ticket.rendezvous { if let address = RendezvousAddress(text) { addRendezvous(address) } }
        effects.append(.event(.join(id, .searching)))
        return id
    }

    /// Types the code of an invitation that asked for it; does nothing when none is asked for.
    public mutating func enter(code: String, for id: JoinID, random: inout some RandomSource) {
        guard let link = joins[id]?.link, var guest = links[link]?.guest else { return }
        let next = guest.enter(code: code, random: &random)
        links[link]?.guest = guest
        effects.append(.event(.join(id, .authenticating)))
        perform(next, id, on: link)
    }

    /// Gives an attempt up; no event follows.
    public mutating func cancelJoin(_ id: JoinID) {
        guard let join = joins.removeValue(forKey: id) else { return }
        if let link = join.link { close(link) }
    }

    /// Stores what the newcomer was given, opens the space and tells the host.
    ///
    /// First the space's store is filled, then the keys are kept: whoever crashes in between has no keys of a
    /// space that is not there, and is let in again with the same ``JoinKeys``; forget them only
    /// together with keeping the others. When either fails, the join has failed with
    /// ``InvitationError/notStored(reason:)``.
    ///
    /// - Parameters:
    ///   - open: Opens the store of the space; it may hold what an attempt before left there.
    ///   - keep: Keeps the secrets, and of a device invitation the device, in one step.
    /// - Throws: What `open` and `keep` throw, and ``SpaceError/store(_:)``.
    public mutating func finishJoin(
        _ id: JoinID, opening open: () throws(SpaceError) -> any SpaceStore,
        keeping keep: () throws(SpaceError) -> Void
    ) throws(SpaceError) -> SpaceID {
        guard let joined = joins[id]?.pending else { throw .invitation(.badMessage) }
        let space: Space
        do throws(SpaceError) {
            space = try Space.join(
                joined.bundle, secrets: joined.secrets, store: open(), device: joined.device)
            try keep()
            if device == nil { try setDevice(joined.device) }
        } catch {
            cancelJoin(id)
            effects.append(.event(.join(id, .failed(.notStored(reason: "\(error)")))))
            throw error
        }
        spaces[space.id] = space
        candidates[space.id] = [:]
        // The host is the first peer to talk to.
        for address in joins[id]?.dials.keys.sorted() ?? [] { addCandidate(address, for: space.id) }
        if let link = joins[id]?.link, var guest = links[link]?.guest {
            let next = guest.acknowledge()
            links[link]?.guest = guest
            perform(next, id, on: link)
        }
        joins[id] = nil
        return space.id
    }

    mutating func meetHost(_ remote: AgreementPublicKey, _ id: JoinID, hash: [UInt8], on link: ConnectionID) {
        guard let join = joins[id], join.link == nil, let key = join.staticKey else { return close(link) }
        do throws(InvitationError) {
            links[link]?.guest = try InvitationGuest(
                ticket: join.ticket, chain: join.ticket.kind == .space ? join.device?.chain : nil,
                keys: join.guest, handshakeHash: hash,
                guestStatic: key.publicKey, hostStatic: remote)
            joins[id]?.link = link
            effects.append(.event(.join(id, .connected)))
            effects.append(.event(.join(id, .codeNeeded(attemptsLeft: nil))))
        } catch {
            effects.append(.event(.join(id, .failed(error))))
            close(link)
        }
    }

    mutating func hear(
        _ bytes: [UInt8], _ id: JoinID, from link: ConnectionID, random: inout some RandomSource
    ) {
        guard var guest = links[link]?.guest else { return }
        let next = guest.receive(bytes)
        links[link]?.guest = guest
        perform(next, id, on: link)
    }

    private mutating func perform(
        _ guestEffects: [InvitationGuest.Effect], _ id: JoinID, on link: ConnectionID
    ) {
        for effect in guestEffects {
            switch effect {
            case .send(let bytes): send(bytes, on: link)
            case .codeNeeded(let left): effects.append(.event(.join(id, .codeNeeded(attemptsLeft: left))))
            case .joined(let joined): admitted(joined, id)
            case .failed(let error):
                joins[id] = nil
                effects.append(.event(.join(id, .failed(error))))
                close(link)
            }
        }
    }

    private mutating func admitted(_ joined: InvitationGuest.Joined, _ id: JoinID) {
        guard let join = joins[id] else { return }
        do {
            let secrets = try SpaceSecrets(
                space: joined.host.space, secret: joined.bundle.secret, controlSeed: join.keys.control,
                dataSeed: join.keys.data, noiseSeed: join.keys.noise)
            guard let chain = join.device?.chain ?? joined.bundle.chain else { return }
            let device = LocalDevice(signing: join.guest.device, box: join.box, chain: chain)
            let space = JoinedSpace(
                secrets: secrets, bundle: joined.bundle, kind: join.ticket.kind, device: device)
            joins[id]?.pending = space
            effects.append(.event(.join(id, .admitted(space))))
        } catch {
            joins[id] = nil
            effects.append(.event(.join(id, .failed(.key(error)))))
        }
    }

    /// The connection to the host is gone before the end: it is dialled again.
    mutating func guestLinkLost(_ id: JoinID, _ link: ConnectionID) {
        guard joins[id]?.link == link else { return }
        joins[id]?.link = nil
        if joins[id]?.pending == nil { effects.append(.event(.join(id, .searching))) }
    }

    mutating func dialHosts(now: Duration) {
        for id in joins.keys.sorted() {
            guard let join = joins[id], join.link == nil, join.pending == nil else { continue }
            for address in join.dials.keys.sorted() {
                guard let state = join.dials[address], state.connection == nil, now >= state.notBefore else {
                    continue
                }
                let connection = nextConnection()
                joins[id]?.dials[address]?.connection = connection
                effects.append(.dial(connection, address))
            }
        }
    }
}
