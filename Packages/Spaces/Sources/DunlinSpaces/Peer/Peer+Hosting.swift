import DunlinCredentials
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh

extension Peer {
    // MARK: Making and ending

    /// Opens an invitation that this device answers alone: to a space, or for a device to the identity's own.
    /// - Parameters:
    ///   - guest: The identity that alone is let in, to a space; then no code is needed.
    ///   - isScanned: Whether the ticket holds a secret instead of a code: it is shown as a QR code alone.
    /// - Returns: the invitation (with its code) and the ticket to give away.
    public mutating func invite(
        to space: SpaceID, kind: InvitationKind, role: Role, guest: IdentityID? = nil,
        isScanned: Bool = false, lifetime: UInt64, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> (invitation: HostedInvitation, ticket: InvitationTicket) {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        if kind == .space { try own.demand(.admin) }
        try demandSettled(space)
        if let guest, own.control.view.members[guest] != nil { throw .invitation(.alreadyMember) }
        let invitation: HostedInvitation
        do {
            invitation = try HostedInvitation.make(
                kind: kind, role: role, guest: kind == .space ? guest : nil, isScanned: isScanned,
                lifetime: lifetime,
                wallClock: wallClock, random: &random)
        } catch { throw .invitation(error) }
        invitations[invitation.id] = (space, invitation)
        store(invitation, in: space, random: &random)
        let ticket = invitation.ticket(
            rendezvous: rendezvousAddresses.map(\.description), addresses: addresses.map(\.description))
        return (invitation, ticket)
    }

    /// Open invitations that this device answers alone, with their spaces.
    public var openInvitations: [(space: SpaceID, invitation: HostedInvitation)] {
        invitations.values.sorted { $0.invitation.id < $1.invitation.id }
    }

    /// Ends an invitation. An unattended one is ended for all members, which takes an admin who is its issuer
    /// or senior to it.
    /// - Throws: ``SpaceError/noInvitation(_:)``, ``SpaceError/notAllowed(needs:has:)``.
    public mutating func cancelInvitation(
        _ id: InvitationID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        if invitations[id] == nil {
            try cancelUnattended(id, wallClock: wallClock, random: &random)
            turnGuestsAway(id)
        } else {
            try cancelHosted(id)
        }
    }

    /// Ends an invitation that this device answers alone.
    /// - Throws: ``SpaceError/noInvitation(_:)``.
    mutating func cancelHosted(_ id: InvitationID) throws(SpaceError) {
        guard let space = invitations[id]?.space else { throw .noInvitation(id) }
        putAway(id, space, because: .cancelled)
        turnGuestsAway(id)
    }

    /// Tells guests that the invitation was cancelled.
    private mutating func turnGuestsAway(_ id: InvitationID) {
        for link in links.keys.sorted() {
            guard case .host(id, _)? = links[link]?.purpose else { continue }
            var told: [[UInt8]] = []
            for effect in links[link]?.host?.refuse(.cancelled) ?? [] {
                if case .send(let bytes) = effect { told.append(bytes) }
            }
            for effect in links[link]?.proofHost?.refuse(.cancelled) ?? [] {
                if case .send(let bytes) = effect { told.append(bytes) }
            }
            for bytes in told { send(bytes, on: link) }
            // The guest is told before the connection goes.
            if let bytes = links[link]?.connection.takeOutput(), !bytes.isEmpty {
                effects.append(.send(link, bytes))
            }
            close(link)
        }
        effects.append(.event(.invitation(id, .failed(.cancelled))))
    }

    mutating func store(
        _ invitation: HostedInvitation, in space: SpaceID, random: inout some RandomSource
    ) {
        guard let box = device?.box.publicKey else { return }
        do throws(InvitationError) {
            spaces[space]?.setMetadata(
                "invitation/\(invitation.id)", try invitation.encoded(sealingTo: box, random: &random))
        } catch { failure = .invitation(error) }
    }

    /// Takes up the invitations that were open when the space was last closed.
    mutating func loadInvitations(of space: SpaceID) throws(SpaceError) {
        do throws(StoreError) {
            for (_, value) in try spaces[space]?.store.metadata(prefix: "invitation/") ?? [] {
                guard let box = device?.box,
                    let invitation = try? HostedInvitation(decoding: value, openingWith: box)
                else { continue }
                invitations[invitation.id] = (space, invitation)
            }
        } catch { throw .store(error) }
        spaces[space]?.indexInvites()
    }

    mutating func expireInvitations(wallClock: UInt64) {
        for id in invitations.keys.sorted() {
            guard let item = invitations[id], item.invitation.isExpired(wallClock) else { continue }
            invitations[id] = nil
            spaces[item.space]?.setMetadata("invitation/\(id)", nil)
            effects.append(.event(.invitation(id, .failed(.expired))))
        }
        endedInvitations = endedInvitations.filter { wallClock < $0.value.expires }
        expireUnattended(wallClock: wallClock)
    }

    // MARK: A guest

    /// What a guest that names an invitation in clear has to be met with; nil for one that is unknown here.
    mutating func meeting(
        selector: [UInt8], random: inout some RandomSource
    ) -> (id: InvitationID, space: SpaceID, prologue: [UInt8], key: AgreementKey)? {
        if let found = invitations.values.first(where: { $0.invitation.id.selector == selector }) {
            let invitation = found.invitation
            return (invitation.id, found.space, invitation.id.prologue, invitation.staticKey)
        }
        if let (id, ended) = endedInvitations.first(where: { $0.key.selector == selector }) {
            return (id, ended.space, id.prologue, ended.key)
        }
        return unattendedMeeting(selector: selector, random: &random)
    }

    mutating func meetGuest(
        _ remote: AgreementPublicKey, _ id: InvitationID, _ space: SpaceID, hash: [UInt8],
        on link: ConnectionID
    ) {
        if let ended = endedInvitations[id] {
            return send(InvitationHost.refusal(ended.cause), on: link)
        }
        guard let item = invitations[id] else { return meetUnattended(id, space, hash: hash, on: link) }
        let isBusy = links.contains { other, item in
            guard case .host(id, _) = item.purpose else { return false }
            return other != link && (item.host != nil || item.proofHost != nil)
        }
        guard let description = hostDescription(space), let device, !isBusy else { return close(link) }
        effects.append(.event(.invitation(id, .guestConnected)))
        if let guest = item.invitation.guest {
            links[link]?.proofHost = ProofHost(
                terms: ProofHost.Terms(space: space, role: item.invitation.role, guest: guest),
                device: device.signing, handshakeHash: hash)
            return
        }
        let host = InvitationHost(
            invitation: item.invitation, description: description, device: device.signing,
            handshakeHash: hash, guestStatic: remote)
        links[link]?.host = host
        for effect in host.greet() { if case .send(let bytes) = effect { send(bytes, on: link) } }
    }

    /// Who this is and what it invites to.
    private func hostDescription(_ space: SpaceID) -> HostDescription? {
        guard let device, let genesis = spaces[space]?.control.credentials.genesis else { return nil }
        return HostDescription(
            chain: device.chain, space: space, genesis: genesis.id, claim: claim(of: space))
    }

    /// How this device presents itself and a space to guests.
    func claim(of space: SpaceID) -> InvitationClaim {
        InvitationClaim(inviter: displayName, space: spaces[space]?.name ?? "")
    }

    mutating func hear(
        _ bytes: [UInt8], _ id: InvitationID, _ space: SpaceID, from link: ConnectionID, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        if links[link]?.proofHost != nil {
            return hearProof(bytes, id, space, from: link, wallClock: wallClock, random: &random)
        }
        guard var host = links[link]?.host else { return }
        let former = invitations[id]?.invitation.redeemedBy
        var next = host.receive(bytes, wallClock: wallClock, random: &random)
        while !next.isEmpty {
            switch next.removeFirst() {
            case .send(let bytes): send(bytes, on: link)
            case .persist(let invitation):
                invitations[id]?.invitation = invitation
                store(invitation, in: space, random: &random)
            case .attemptFailed(let left):
                effects.append(.event(.invitation(id, .attemptFailed(attemptsLeft: left))))
                if left <= 0 { end(id, space, .failed(.exhausted)) }
            case .admit(let request):
                // It may fetch its answer again, and not come back with it once it was taken out.
                guard former != request.guest.device || !wasTakenOut(request.guest.device, of: space) else {
                    next += host.refuse(.alreadyUsed)
                    continue
                }
                switch admit(request, id, space, wallClock: wallClock, random: &random) {
                case .success(let bundle): next += host.admitted(bundle, random: &random)
                case .failure(let error): next += host.refuse(error)
                }
            case .finished:
                end(id, space, .finished)
            case .failed(let error):
                // One guest turned away is no end of the invitation.
                effects.append(.event(.invitation(id, .guestRefused(error))))
            }
        }
        links[link]?.host = host
    }

    private func wasTakenOut(_ device: DeviceID, of space: SpaceID) -> Bool {
        hasAdmitted(device, to: space) && spaces[space]?.control.view.device(device) == nil
    }

    /// Issues what a guest that has proven itself needs.
    mutating func admit(
        _ request: AdmissionRequest, _ id: InvitationID, _ space: SpaceID, wallClock: UInt64,
        random: inout some RandomSource
    ) -> Result<AdmissionBundle, InvitationError> {
        do throws(SpaceError) {
            guard let own = spaces[space] else { return .failure(.hostNotReady) }
            // Nobody is let in who cannot be given what it needs.
            if own.control.view.device(request.guest.device) == nil,
                AdmissionBundle.isTooLarge(own.entries())
            {
                return .failure(.tooLarge(limit: AdmissionBundle.byteLimit))
            }
            let chain = try spaces[space]?.admit(request, wallClock: wallClock, random: &random)
            effects.append(.event(.invitation(id, .admitted(request.guest.device))))
            guard let bundle = spaces[space]?.bundle(for: request.guest.device, chain: chain ?? nil) else {
                return .failure(.hostNotReady)
            }
            return .success(bundle)
        } catch {
            if case .invitation(let cause) = error { return .failure(cause) }
            return .failure(.hostNotReady)
        }
    }

    /// A guest's connection is gone. Who leaves with the last attempt has used it.
    mutating func guestLeft(_ id: InvitationID, _ space: SpaceID) {
        guard let invitation = invitations[id]?.invitation, invitation.attemptsLeft <= 0,
            invitation.redeemedBy == nil
        else { return }
        end(id, space, .failed(.exhausted))
    }

    mutating func end(_ id: InvitationID, _ space: SpaceID, _ state: HostedInvitationState) {
        switch state {
        case .finished: putAway(id, space, because: .alreadyUsed)
        case .failed(let cause): putAway(id, space, because: cause)
        case .guestConnected, .attemptFailed, .admitted, .guestRefused: break
        }
        effects.append(.event(.invitation(id, state)))
    }

    /// Forgets an invitation that this device answers alone, but for what tells later guests why.
    private mutating func putAway(_ id: InvitationID, _ space: SpaceID, because cause: InvitationError) {
        guard let invitation = invitations.removeValue(forKey: id)?.invitation else { return }
        spaces[space]?.setMetadata("invitation/\(id)", nil)
        if endedInvitations.count >= EndedInvitation.limit {
            // Of those that end together the one with the smallest id: the same in every run.
            let first = endedInvitations.min { ($0.value.expires, $0.key) < ($1.value.expires, $1.key) }
            if let first { endedInvitations[first.key] = nil }
        }
        endedInvitations[id] = EndedInvitation(
            space: space, key: invitation.staticKey, expires: invitation.expires, cause: cause)
    }
}
