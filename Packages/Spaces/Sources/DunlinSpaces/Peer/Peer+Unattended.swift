import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinMesh

extension Peer {
    /// Milliseconds that an unattended invitation may last: 366 days.
    public static let longestUnattendedLifetime: UInt64 = 366 * 24 * 60 * 60 * 1_000
    /// Guests of one unattended invitation that are met at the same time.
    static let guestLimit = 8

    // MARK: Making and ending

    /// Makes an invitation that any member answers, so that this device need not be there. It lasts until it
    /// was used by so many devices, has expired by the clock of the member that answers, or is cancelled; all
    /// of it is in the space's credentials. The secret is in the ticket alone and is not kept.
    ///
    /// - Parameters:
    ///   - role: Not above this identity's own.
    ///   - uses: Devices that may come in; 1 to 65,536.
    ///   - guest: The identity that alone may come in; nil for whoever holds the ticket.
    ///   - lifetime: Milliseconds, at most ``longestUnattendedLifetime``.
    public mutating func inviteUnattended(
        to space: SpaceID, role: Role, uses: Int = 1, guest: IdentityID? = nil, lifetime: UInt64,
        wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> InvitationTicket {
        guard let own = spaces[space] else { throw .unknownSpace(space) }
        try own.demand(.admin)
        try demandSettled(space)
        guard (1...Invite.countLimit).contains(uses) else { throw .badUseCount(limit: Invite.countLimit) }
        guard let genesis = own.control.credentials.genesis?.id else { throw .unfinished(space) }
        if let guest, own.control.view.members[guest] != nil { throw .invitation(.alreadyMember) }
        let secret: InvitationSecret
        do throws(InvitationError) { secret = try .make(random: &random) } catch { throw .invitation(error) }
        let expires = wallClock + min(lifetime, Self.longestUnattendedLifetime)
        _ = try spaces[space]?.issueInvite(
            Invite(key: secret.key.publicKey, role: role, limit: uses, expires: expires, guest: guest),
            wallClock: wallClock, random: &random)
        return InvitationTicket(
            id: secret.id, access: .secret(secret, space: space, genesis: genesis, guest: guest),
            kind: .space, expires: expires, rendezvous: rendezvousAddresses.map(\.description),
            addresses: addresses.map(\.description))
    }

    mutating func cancelUnattended(
        _ id: InvitationID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        guard let (space, invite) = unattended(id), let own = spaces[space],
            !own.control.credentials.isCancelled(invite)
        else { throw .noInvitation(id) }
        try own.demand(.admin)
        try demandSettled(space)
        do throws(SpaceError) {
            try spaces[space]?.cancelInvite(invite, wallClock: wallClock, random: &random)
        } catch {
            guard case .credential(.notAllowed) = error else { throw error }
            throw .juniorToInviter(id)
        }
    }

    /// The space and the credential of an unattended invitation.
    func unattended(_ id: InvitationID) -> (space: SpaceID, invite: CredentialID)? {
        for space in spaces.keys.sorted() {
            if let invite = spaces[space]?.inviteIndex.invites[id] { return (space, invite) }
        }
        return nil
    }

    /// What is known of all invitations: those that this device answers alone, and those of any member.
    /// - Parameter wallClock: Milliseconds since 1970.
    public func invitationSummaries(wallClock: UInt64) -> [InvitationSummary] {
        let own = openInvitations.map { item in
            InvitationSummary(
                id: item.invitation.id, space: item.space, kind: item.invitation.kind,
                role: item.invitation.role, isUnattended: false,
                isScanned: item.invitation.scan != nil, guest: item.invitation.guest,
                inviter: device?.identity, expires: item.invitation.expires,
                uses: item.invitation.redeemedBy == nil ? 0 : 1, useLimit: 1,
                attemptsLeft: item.invitation.guest == nil ? max(0, item.invitation.attemptsLeft) : nil,
                ending: item.invitation.isExpired(wallClock)
                    ? .expired : item.invitation.redeemedBy == nil ? nil : .alreadyUsed)
        }
        var unattended: [InvitationSummary] = []
        for space in spaces.values.sorted(by: { $0.id < $1.id }) {
            for (id, credential) in space.inviteIndex.invites.sorted(by: { $0.key < $1.key }) {
                guard let invite = space.invite(credential) else { continue }
                if case .invalid? = space.control.credentials.status(of: credential) { continue }
                unattended.append(
                    InvitationSummary(
                        id: id, space: space.id, kind: .space, role: invite.role, isUnattended: true,
                        isScanned: false,
                        guest: invite.guest, inviter: space.control.credentials[credential]?.identity,
                        expires: invite.expires,
                        uses: space.control.credentials.devices(redeeming: credential).count,
                        useLimit: invite.limit, attemptsLeft: nil,
                        ending: space.ending(of: credential, wallClock: wallClock)))
            }
        }
        return own + unattended
    }

    /// Why this device is no member of a space that it was let into through an invitation: it was used up by
    /// others, or ended, and whoever let this device in did not know. nil for a member.
    public func exclusion(from space: SpaceID) -> InvitationError? { spaces[space]?.exclusion }

    mutating func expireUnattended(wallClock: UInt64) {
        for space in spaces.keys.sorted() {
            for (id, expires) in spaces[space]?.inviteIndex.served ?? [:] {
                if let expires, wallClock >= expires { spaces[space]?.inviteIndex.served[id] = nil }
            }
        }
    }

    /// Tells the owner once that the admission of this device counts for nothing.
    mutating func tellExclusion(from id: SpaceID) {
        guard let space = spaces[id], !space.inviteIndex.isExclusionTold, let cause = space.exclusion else {
            return
        }
        spaces[id]?.inviteIndex.isExclusionTold = true
        effects.append(.event(.excluded(id, cause)))
    }

    // MARK: A guest

    func unattendedMeeting(
        selector: [UInt8], random: inout some RandomSource
    ) -> (id: InvitationID, space: SpaceID, prologue: [UInt8], key: AgreementKey)? {
        for space in spaces.values.sorted(by: { $0.id < $1.id }) {
            // One that is over is answered, too: the guest is told why.
            guard let found = space.inviteIndex.invites.first(where: { $0.key.selector == selector }),
                let invite = space.invite(found.value), let key = try? AgreementKey.make(random: &random)
            else { continue }
            return (found.key, space.id, InvitationID.prologue(inviteKey: invite.key), key)
        }
        return nil
    }

    mutating func meetUnattended(
        _ id: InvitationID, _ space: SpaceID, hash: [UInt8], on link: ConnectionID
    ) {
        let others = links.filter { other, item in
            guard case .host(id, _) = item.purpose else { return false }
            return other != link && item.proofHost != nil
        }
        guard let (_, credential) = unattended(id), let invite = spaces[space]?.invite(credential),
            let device,
            others.count < Self.guestLimit
        else { return close(link) }
        links[link]?.proofHost = ProofHost(
            terms: ProofHost.Terms(space: space, invite: credential, terms: invite), device: device.signing,
            handshakeHash: hash)
        effects.append(.event(.invitation(id, .guestConnected)))
    }

    mutating func hearProof(
        _ bytes: [UInt8], _ id: InvitationID, _ space: SpaceID, from link: ConnectionID, wallClock: UInt64,
        random: inout some RandomSource
    ) {
        guard var host = links[link]?.proofHost else { return }
        var next = host.receive(bytes)
        while !next.isEmpty {
            switch next.removeFirst() {
            case .send(let bytes): send(bytes, on: link)
            case .knocked(let knock):
                let ending = ending(of: id, space, wallClock: wallClock)
                if let ending, spaces[space]?.isKnown(knock) != true {
                    next += host.refuse(ending)
                } else if let greeting = greeting(id, space) {
                    next += host.greet(greeting)
                } else {
                    next += host.refuse(.hostNotReady)
                }
            case .admit(let request):
                switch admitProven(request, id, space, wallClock: wallClock, random: &random) {
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
        links[link]?.proofHost = host
    }

    /// Why an invitation without a code lets nobody in that it has not let in before.
    private func ending(of id: InvitationID, _ space: SpaceID, wallClock: UInt64) -> InvitationError? {
        if let invitation = invitations[id]?.invitation {
            if invitation.isExpired(wallClock) { return .expired }
            return invitation.redeemedBy == nil ? nil : .alreadyUsed
        }
        guard let own = spaces[space], let invite = own.inviteIndex.invites[id] else { return .cancelled }
        return own.ending(of: invite, wallClock: wallClock)
    }

    private func greeting(_ id: InvitationID, _ space: SpaceID) -> InvitationGreeting? {
        guard let own = spaces[space], let device, let genesis = own.control.credentials.genesis else {
            return nil
        }
        if invitations[id] != nil {
            return InvitationGreeting(
                description: HostDescription(
                    chain: device.chain, space: space, genesis: genesis.id, claim: claim(of: space)))
        }
        guard let invite = own.inviteIndex.invites[id], let terms = own.invite(invite),
            let role = own.role, role >= terms.role
        else { return nil }
        return own.greeting(for: invite, claim: claim(of: space))
    }

    /// Lets in whoever has proven what the invitation asks for; a device that is in already gets its answer
    /// again, from whichever member knows of it.
    private mutating func admitProven(
        _ request: AdmissionRequest, _ id: InvitationID, _ space: SpaceID, wallClock: UInt64,
        random: inout some RandomSource
    ) -> Result<AdmissionBundle, InvitationError> {
        let isIn = spaces[space]?.control.view.device(request.guest.device) != nil
        if !isIn {
            // It may have been cancelled or used up since the knock.
            if let ending = ending(of: id, space, wallClock: wallClock) { return .failure(ending) }
            do throws(SpaceError) { try demandSettled(space) } catch { return .failure(.hostNotReady) }
        }
        let outcome = admit(request, id, space, wallClock: wallClock, random: &random)
        // Used by whoever is in, and by nobody else.
        if !isIn, case .success = outcome, var invitation = invitations[id]?.invitation {
            invitation.redeem(request.guest.device)
            invitations[id]?.invitation = invitation
            store(invitation, in: space, random: &random)
        }
        return outcome
    }
}

/// An invitation as it is listed.
public struct InvitationSummary: Hashable, Sendable {
    /// Names it; the guest's ticket has the same.
    public var id: InvitationID
    /// Where it leads.
    public var space: SpaceID
    /// Whether it leads into a space or makes a device.
    public var kind: InvitationKind
    /// What the guest becomes.
    public var role: Role
    /// Whether any member answers it.
    public var isUnattended: Bool
    /// Whether its ticket holds a secret instead of a code.
    public var isScanned: Bool
    /// The identity that alone is let in; nil for anybody.
    public var guest: IdentityID?
    /// Who made it.
    public var inviter: IdentityID?
    /// Milliseconds since 1970; nil when it lasts until it is used up or cancelled.
    public var expires: UInt64?
    /// Devices that came in, as far as this device knows.
    public var uses: Int
    /// Devices that may come in.
    public var useLimit: Int
    /// Wrong codes that are still borne; nil where there is no code, typed or scanned.
    public var attemptsLeft: Int?
    /// Why it lets nobody in any more; nil while it does.
    public var ending: InvitationError?

    /// Devices that may still come in, as far as this device knows.
    public var usesLeft: Int { max(0, useLimit - uses) }
}
