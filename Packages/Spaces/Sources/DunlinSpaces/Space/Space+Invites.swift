import DunlinCredentials
import DunlinInvitations
import DunlinKeys

/// The unattended invitations of a space, found among its credentials.
struct InviteIndex: Sendable {
    /// Invitations of one space that a peer looks after: topics at a rendezvous are not for free.
    static let servedLimit = 64

    /// Credentials looked at so far.
    var scanned = 0
    var invites: [InvitationID: CredentialID] = [:]
    /// Those that guests may come with until they expire, and that this device may answer; with the expiry.
    var served: [InvitationID: UInt64?] = [:]
    /// Whether the owner was told that this device's admission counts for nothing.
    var isExclusionTold = false
}

extension Space {
    /// Looks through credentials that are new.
    /// - Complexity: O(1) when there are none.
    mutating func indexInvites() {
        let all = control.credentials.all
        guard inviteIndex.scanned < all.count else { return }
        for credential in all[inviteIndex.scanned...] {
            guard case .invite(let invite) = credential.body else { continue }
            // Whoever copies another's key may not invite at all.
            if case .invalid? = control.credentials.status(of: credential.id) { continue }
            let id = InvitationID(inviteKey: invite.key)
            // Of several with one key the first is meant.
            if inviteIndex.invites[id] == nil { inviteIndex.invites[id] = credential.id }
        }
        inviteIndex.scanned = all.count
        // What came may have ended invitations, too.
        inviteIndex.served = [:]
        // Nobody lets in others above itself.
        guard let role else { return }
        let known = inviteIndex.invites.sorted { $0.key < $1.key }.compactMap { id, credential in
            invite(credential).map { (id: id, terms: $0, ending: ending(of: credential, wallClock: 0)) }
        }
        // One that is over is answered for: guests are told why, and who missed the answer comes again.
        let first = known.filter { $0.ending == nil }, then = known.filter { $0.ending != nil }
        for item in first + then
        where role >= item.terms.role && inviteIndex.served.count < InviteIndex.servedLimit {
            inviteIndex.served[item.id] = item.terms.expires
        }
    }

    /// The terms of an unattended invitation; nil for what is none.
    func invite(_ id: CredentialID) -> Invite? {
        guard case .invite(let invite)? = control.credentials[id]?.body else { return nil }
        return invite
    }

    /// Why an unattended invitation lets nobody in, by what is known here and this device's clock; nil while
    /// it does.
    func ending(of id: CredentialID, wallClock: UInt64) -> InvitationError? {
        guard let credential = control.credentials[id], case .invite(let invite) = credential.body else {
            return .cancelled
        }
        guard control.credentials.status(of: id) == .live else { return .inviterGone }
        if control.credentials.isCancelled(id) { return .cancelled }
        // An admission by it would count: the state machine judges by the past. Whom an admin that is gone
        // has invited is none that the others want.
        let issuer = control.view.members[credential.identity]
        guard issuer?.role == .admin, let device = credential.device, issuer?.devices[device] != nil else {
            return .inviterGone
        }
        if let expires = invite.expires, wallClock >= expires { return .expired }
        return usesLeft(of: id, limit: invite.limit) > 0 ? nil : .alreadyUsed
    }

    /// Devices that may still come in, by the admissions that are known here and count.
    func usesLeft(of id: CredentialID, limit: Int) -> Int {
        max(0, limit - control.credentials.devices(redeeming: id).count)
    }

    /// Whether a knock came from a device that is in already.
    func isKnown(_ knock: InvitationKnock) -> Bool {
        control.view.devices.contains { knock.isFrom(control: $0.binding.control) }
    }

    /// What shows a guest that this device is a member and the invite counts.
    func greeting(for invite: CredentialID, claim: InvitationClaim) -> InvitationGreeting? {
        guard let genesis = control.credentials.genesis, let own = control.view.device(device.id),
            let member = control.view.members[own.identity]
        else { return nil }
        let shown = control.credentials.past(of: [invite, member.rank.id, own.rank.id])
        return InvitationGreeting(
            description: HostDescription(chain: own.chain, space: id, genesis: genesis.id, claim: claim),
            invite: invite,
            credentials: control.entries(of: shown))
    }

    /// Makes an unattended invitation.
    mutating func issueInvite(
        _ invite: Invite, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> CredentialID {
        let issued: Credential
        do throws(CredentialError) { issued = try issue(.invite(invite)) } catch { throw .credential(error) }
        try append(issued, wallClock: wallClock, random: &random)
        return issued.id
    }

    /// Ends an unattended invitation.
    mutating func cancelInvite(
        _ invite: CredentialID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let issued: Credential
        do throws(CredentialError) { issued = try issue(.inviteCancel(invite)) } catch {
            throw .credential(error)
        }
        try append(issued, wallClock: wallClock, random: &random)
    }

    private mutating func append(
        _ credential: Credential, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try appendControl(
            [credential], key: writingKey(wallClock: wallClock, random: &random), random: &random)
        _ = try takeControl(secrets.control.publicKey)
        if case .invalid(let cause)? = control.credentials.status(of: credential.id) {
            throw .credential(cause)
        }
        indexInvites()
    }

    /// Why this device is no member, though it was let in through an invitation: others were before it, or
    /// the invitation was ended by somebody who did not know.
    var exclusion: InvitationError? {
        guard control.view.device(device.id) == nil else { return nil }
        switch control.credentials.admissionCause(of: device.id) {
        case .usedUp?: return .alreadyUsed
        case .cancelled?: return .cancelled
        case .restsOn?, .removed?, .revoked?, .demoted?: return .inviterGone
        case .councilBroken?, nil: return nil
        }
    }
}
