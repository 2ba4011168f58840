import DunlinCredentials
import DunlinIdentity
import DunlinInvitations
import DunlinKeys
import DunlinSpaces

/// Somebody who is in a space with this identity.
public struct Contact: Hashable, Sendable {
    /// Who it is.
    public var identity: IdentityID
    /// How it calls itself; a claim. nil before it has said.
    public var name: String?
    /// The spaces that both are in.
    public var spaces: [SpaceID]
}

/// People whom one knows from common spaces, and invitations from one to the other through these.
extension Client {
    // MARK: Contacts

    /// Everybody of the spaces that this identity is in, but itself, in the order of identities.
    /// - Complexity: O(*n*) in the members of all spaces.
    public func contacts() throws(ClientError) -> [Contact] {
        guard let own = peer.device?.identity else { return [] }
        let names = try names()
        var spaces: [IdentityID: [SpaceID]] = [:]
        for space in self.spaces where space.role != nil {
            for member in try members(of: space.id) where member.identity != own {
                spaces[member.identity, default: []].append(space.id)
            }
        }
        return spaces.sorted { $0.key < $1.key }
            .map { Contact(identity: $0.key, name: names[$0.key], spaces: $0.value) }
    }

    /// Finds a contact by its key, in the forms of ``isNamed(_:by:)``, or by its name.
    /// - Throws: ``ClientError/unknownContact(_:)``, ``ClientError/ambiguousContact(_:count:)``.
    public func contact(named text: String) throws(ClientError) -> Contact {
        let all = try contacts()
        let byKey = all.filter { Self.isNamed($0.identity, by: text) }
        // Nobody takes another's place by a name like another's key, or by a key like another's name.
        let matches =
            byKey.filter { DIDKey.encode($0.identity) == text }.isEmpty
            ? all.filter { $0.name == text || byKey.contains($0) } : byKey
        guard let first = matches.first else { throw .unknownContact(text) }
        guard matches.count == 1 else { throw .ambiguousContact(text, count: matches.count) }
        return first
    }

    /// Invites a contact to a space, without a code, a ticket to hand over, or having to be there: the
    /// invitation is left for it in a common space, sealed to its devices, and any member of the new space
    /// lets it in. Nothing is joined before it says so.
    /// - Parameters:
    ///   - common: The space that it is left in; nil for one where this device may write.
    ///   - role: What the contact becomes.
    /// - Throws: ``ClientError/noWayTo(_:)`` where this device may write in no common space;
    ///   ``ClientError/unknownContact(_:)`` where there is none; ``SpaceError/tooManyLetters(limit:)`` and
    ///   what ``inviteUnattended(to:role:uses:for:lifetime:)`` throws as ``ClientError/space(_:)``.
    @discardableResult
    public func invite(
        _ contact: IdentityID, to space: SpaceID, role: Role = .editor, through common: SpaceID? = nil,
        lifetime: Duration = .seconds(7 * 24 * 3_600)
    ) throws(ClientError) -> Invitation {
        try demandOriginal()
        let through = if let common { common } else { try commonSpace(with: contact, besides: space) }
        guard peer.mayWrite(in: through) else { throw .noWayTo(contact) }
        do { try Letters.demandRoom(for: contact, in: through, &peer) } catch { throw .space(error) }
        let invitation = try inviteUnattended(to: space, role: role, for: contact, lifetime: lifetime)
        do throws(SpaceError) {
            let name = peer.spaceSummaries.first { $0.id == space }?.name ?? ""
            try Letters.send(
                invitation.ticket, named: name, to: contact, in: through, &peer, wallClock: wallClock,
                random: &random)
            flush()
        } catch {
            // Nobody else has the secret.
            try? cancelInvitation(invitation.id)
            throw .space(error)
        }
        return invitation
    }

    /// A space where something can be left for a contact: best one in which others are linked now.
    private func commonSpace(
        with contact: IdentityID, besides target: SpaceID
    ) throws(ClientError) -> SpaceID {
        let common = try contacts().first { $0.identity == contact }?.spaces ?? []
        guard !common.contains(target) else { throw .space(.invitation(.alreadyMember)) }
        guard !common.isEmpty else { throw .unknownContact(DIDKey.encode(contact)) }
        var best: (links: Int, space: SpaceID)?
        for space in common where peer.mayWrite(in: space) {
            let links = try links(in: space).count
            if best == nil || links > best?.links ?? 0 { best = (links, space) }
        }
        guard let best else { throw .noWayTo(contact) }
        return best.space
    }

    // MARK: Letters

    /// Invitations that contacts have left for this identity and that can still be accepted, at most
    /// ``Letters/senderLimit`` of each. What they say of a space is the sender's word until it was joined.
    public func letters() throws(ClientError) -> [Letter] {
        guard let halo = try halo() else { return [] }
        do throws(SpaceError) {
            return try Letters.received(
                &peer, besides: halo.declinedLetters(&peer), knowing: &openedLetters, wallClock: wallClock)
        } catch { throw .space(error) }
    }

    /// Finds a letter by its id, or by its sender (see ``contact(named:)``): of several to one space, the one
    /// that expires last.
    /// - Throws: ``ClientError/unknownLetter(_:)``, ``ClientError/ambiguousLetter(_:count:)``.
    public func letter(named text: String) throws(ClientError) -> Letter {
        let all = try letters()
        if let letter = all.first(where: { $0.id.description == text }) { return letter }
        let sender = try contact(named: text).identity
        let matches = all.filter { $0.sender == sender }
        guard let first = matches.first else { throw .unknownLetter(text) }
        let spaces = Set(matches.map(\.space))
        guard spaces.count == 1 else { throw .ambiguousLetter(text, count: spaces.count) }
        return first
    }

    /// Begins to accept an invitation that a contact has left. One that turns out to be over is in no list
    /// any more.
    /// - Throws: ``ClientError/unknownLetter(_:)``.
    public func accept(_ letter: LetterID, timeout: Duration? = nil) throws(ClientError) -> JoinAttempt {
        guard let found = try letters().first(where: { $0.id == letter }) else {
            throw .unknownLetter(letter.description)
        }
        let attempt = try accept(found.ticket, timeout: timeout)
        acceptedLetters[attempt.id] = letter
        return attempt
    }

    /// Takes an invitation off the list, on all devices of this identity. The sender is not told.
    /// - Throws: ``ClientError/unknownLetter(_:)``.
    public func decline(_ letter: LetterID) throws(ClientError) {
        guard try letters().contains(where: { $0.id == letter }), let halo = try halo() else {
            throw .unknownLetter(letter.description)
        }
        try onPeer { (client) throws(SpaceError) in
            try halo.decline(
                letter, &client.peer, wallClock: client.wallClock, random: &client.random)
        }
    }

    /// An invitation that was accepted has failed: one that lets nobody in any more is put away.
    func noteFailure(of join: JoinID, _ error: InvitationError) {
        guard let letter = acceptedLetters.removeValue(forKey: join) else { return }
        switch error {
        case .alreadyUsed, .cancelled, .expired, .inviterGone:
            // Later: this is amid the effects of a turn.
            Task { try? self.decline(letter) }
        default: break
        }
    }

    /// Tells those who watch of letters that are new.
    func lookForLetters() {
        guard isPostDue, !isCopy, founding == nil else { return }
        isPostDue = false
        do throws(ClientError) {
            let current = try letters()
            for letter in current where toldLetters.insert(letter.id).inserted {
                for subscriber in subscribers.values { subscriber.yield(.letter(letter.through)) }
            }
        } catch {
            logger.notice("letters cannot be read: \(error)")
        }
    }
}
