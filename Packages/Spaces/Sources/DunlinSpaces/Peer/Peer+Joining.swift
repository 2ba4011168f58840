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
    /// Members that turned the guest away, with the reason; they are not asked again.
    var refusals: [PeerAddress: InvitationError] = [:]
    var pending: JoinedSpace?
}

extension Peer {
    /// Begins to accept an invitation. Its states come as events; the code is entered when it is asked for.
    /// - Parameter keys: kept safe by the caller before this is called, and used again for the same ticket:
    ///   who was let in and crashed before it could store the answer is known by them.
    public mutating func join(
        _ ticket: InvitationTicket, keys: JoinKeys
    ) throws(SpaceError) -> JoinID {
        if ticket.kind == .space, device == nil { throw .noIdentity }
        if let guest = ticket.guest, guest != device?.identity { throw .invitation(.notForYou) }
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
                device: signing, box: box, control: try SigningKey(seed: keys.control),
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
        spaces[space.id]?.indexInvites()
        candidates[space.id] = [:]
        // The host is the first peer to talk to.
        for address in joins[id]?.dials.keys.sorted() ?? [] { addCandidate(address, for: space.id) }
        if let link = joins[id]?.link {
            if var guest = links[link]?.guest {
                let next = guest.acknowledge()
                links[link]?.guest = guest
                perform(next, id, on: link)
            } else if var guest = links[link]?.proofGuest {
                let next = guest.acknowledge()
                links[link]?.proofGuest = guest
                perform(next, id, on: link)
            }
        }
        joins[id] = nil
        return space.id
    }

    mutating func meetHost(_ remote: AgreementPublicKey, _ id: JoinID, hash: [UInt8], on link: ConnectionID) {
        guard let join = joins[id], join.link == nil, let key = join.staticKey else { return close(link) }
        do throws(InvitationError) {
            if join.ticket.usesCPace {
                links[link]?.guest = try InvitationGuest(
                    ticket: join.ticket, chain: join.ticket.kind == .space ? join.device?.chain : nil,
                    keys: join.guest, handshakeHash: hash, guestStatic: key.publicKey, hostStatic: remote)
                joins[id]?.link = link
                effects.append(.event(.join(id, .connected)))
            } else if let chain = join.device?.chain {
                var guest = try ProofGuest(
                    ticket: join.ticket, chain: chain, keys: join.guest, handshakeHash: hash,
                    hostStatic: remote)
                joins[id]?.link = link
                effects.append(.event(.join(id, .connected)))
                let next = guest.start()
                links[link]?.proofGuest = guest
                perform(next, id, on: link)
            }
        } catch { turnedAway(id, error, on: link) }
    }

    mutating func hear(
        _ bytes: [UInt8], _ id: JoinID, from link: ConnectionID, random: inout some RandomSource
    ) {
        if var guest = links[link]?.proofGuest {
            let next = guest.receive(bytes)
            links[link]?.proofGuest = guest
            return perform(next, id, on: link)
        }
        guard var guest = links[link]?.guest else { return }
        let next = guest.receive(bytes, random: &random)
        links[link]?.guest = guest
        perform(next, id, on: link)
    }

    private mutating func perform(
        _ guestEffects: [ProofGuest.Effect], _ id: JoinID, on link: ConnectionID
    ) {
        for effect in guestEffects {
            switch effect {
            case .send(let bytes): send(bytes, on: link)
            case .met(let claim, let host):
                effects.append(.event(.join(id, .claimed(claim, inviter: host))))
                effects.append(.event(.join(id, .admitting)))
            case .joined(let joined): admitted(joined, id)
            case .failed(let error): turnedAway(id, error, on: link)
            }
        }
    }

    /// A host does not let the guest in, or is none. Where any member may answer, others are asked, and the
    /// reason counts when none is left: who answered first may be nobody, or know less than others.
    private mutating func turnedAway(_ id: JoinID, _ error: InvitationError, on link: ConnectionID) {
        let address = joins[id]?.dials.first { $0.value.connection == link }?.key
        guard let join = joins[id], join.ticket.host == nil, let address, error != .notForYou else {
            joins[id] = nil
            effects.append(.event(.join(id, .failed(error))))
            return close(link)
        }
        if error != .hostNotReady { joins[id]?.refusals[address] = error }
        close(link)
        failWhenAllRefused(id)
    }

    /// Ends an attempt when everybody that could be reached has turned the guest away.
    private mutating func failWhenAllRefused(_ id: JoinID) {
        guard let join = joins[id], join.link == nil, join.pending == nil,
            let reason = join.refusals.sorted(by: { $0.key < $1.key }).first?.value,
            join.dials.allSatisfy({ join.refusals[$0.key] != nil || $0.value.failures > 0 })
        else { return }
        joins[id] = nil
        effects.append(.event(.join(id, .failed(reason))))
    }

    private mutating func perform(
        _ guestEffects: [InvitationGuest.Effect], _ id: JoinID, on link: ConnectionID
    ) {
        for effect in guestEffects {
            switch effect {
            case .send(let bytes): send(bytes, on: link)
            case .claimed(let claim):
                effects.append(.event(.join(id, .claimed(claim, inviter: nil))))
                // What was scanned is on its way already.
                if joins[id]?.ticket.needsCode == false {
                    effects.append(.event(.join(id, .authenticating)))
                }
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
            failWhenAllRefused(id)
            guard let join = joins[id], join.link == nil, join.pending == nil else { continue }
            for address in join.dials.keys.sorted() {
                guard let state = join.dials[address], state.connection == nil, now >= state.notBefore,
                    join.refusals[address] == nil
                else { continue }
                let connection = nextConnection()
                joins[id]?.dials[address]?.connection = connection
                effects.append(.dial(connection, address))
            }
        }
    }
}
