import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinSpaces

extension Client {
    // MARK: Inviting

    /// Invites to a space while this client is open. The ticket may travel openly; the code goes another way.
    /// - Parameters:
    ///   - guest: The identity that alone is let in. Then there is no code: the guest's device shows whose it
    ///     is.
    ///   - isScanned: Whether the ticket holds a secret instead of a code. Show it as a QR code to whoever is
    ///     there, and send it nowhere.
    public func invite(
        to space: SpaceID, role: Role = .editor, for guest: IdentityID? = nil, isScanned: Bool = false,
        lifetime: Duration = .seconds(600)
    ) throws(ClientError) -> Invitation {
        try invite(
            to: space, kind: .space, role: role, for: guest, isScanned: isScanned, lifetime: lifetime)
    }

    /// Invites another device of this identity.
    /// - Parameter isScanned: Whether the ticket holds a secret instead of a code, to be scanned alone.
    public func inviteDevice(
        isScanned: Bool = false, lifetime: Duration = .seconds(600)
    ) throws(ClientError) -> Invitation {
        guard let halo = haloID else { throw .space(.noIdentity) }
        return try invite(
            to: halo, kind: .device, role: .admin, for: nil, isScanned: isScanned, lifetime: lifetime)
    }

    private func invite(
        to space: SpaceID, kind: InvitationKind, role: Role, for guest: IdentityID?, isScanned: Bool,
        lifetime: Duration
    ) throws(ClientError) -> Invitation {
        try demandOriginal()
        do throws(SpaceError) {
            let made = try peer.invite(
                to: space, kind: kind, role: role, guest: guest, isScanned: isScanned,
                lifetime: Self.milliseconds(lifetime),
                wallClock: wallClock, random: &random)
            let invitation = handle(made.ticket, code: made.invitation.code, in: space, uses: 1)
            flush()
            return invitation
        } catch { throw .space(error) }
    }

    /// Invites to a space without having to be there: any member that is online lets the guest in. The ticket
    /// holds the secret, goes to the guests alone, and is shown only here.
    /// - Parameters:
    ///   - role: What guests become; not above this identity's own. Members of a lower role do not answer.
    ///   - uses: Devices that may come in.
    ///   - guest: The identity that alone is let in; nil for whoever holds the ticket.
    public func inviteUnattended(
        to space: SpaceID, role: Role = .editor, uses: Int = 1, for guest: IdentityID? = nil,
        lifetime: Duration = .seconds(7 * 24 * 3_600)
    ) throws(ClientError) -> Invitation {
        try demandOriginal()
        do throws(SpaceError) {
            let ticket = try peer.inviteUnattended(
                to: space, role: role, uses: uses, guest: guest, lifetime: Self.milliseconds(lifetime),
                wallClock: wallClock, random: &random)
            let invitation = handle(ticket, code: nil, in: space, uses: uses)
            flush()
            return invitation
        } catch { throw .space(error) }
    }

    static func milliseconds(_ duration: Duration) -> UInt64 {
        UInt64(max(0, min(duration, .seconds(Int64(1) << 40)) / .milliseconds(1)))
    }

    func handle(
        _ ticket: InvitationTicket, code: String?, in space: SpaceID, uses: Int
    ) -> Invitation {
        let id = ticket.id
        let states = Self.states(events(), from: .waiting) { event, _ in
            guard case .invitation(id, let state) = event else { return nil }
            switch state {
            case .guestConnected: return .connected(nil)
            case .attemptFailed(let left): return .attemptFailed(attemptsLeft: left)
            case .admitted(let device): return .success(space, device: device)
            case .guestRefused(let error): return .guestRefused(error)
            case .finished: return nil
            case .failed(let error): return InvitationState(error)
            }
        } isLast: { state in
            if case .success = state { uses == 1 } else { state.isFinal }
        }
        return Invitation(ticket: ticket, code: code, states: states, client: self)
    }

    /// Ends an invitation; who comes with it later is turned away. An unattended one ends for all members.
    /// - Throws: ``SpaceError/noInvitation(_:)`` as ``ClientError/space(_:)``.
    public func cancelInvitation(_ id: InvitationID) throws(ClientError) {
        try demandOriginal()
        do throws(SpaceError) { try peer.cancelInvitation(id, wallClock: wallClock, random: &random) } catch {
            throw .space(error)
        }
        flush()
    }

    /// Invitations that this client answers alone and that still may be accepted, with their spaces.
    public var openInvitations: [(space: SpaceID, invitation: HostedInvitation)] { peer.openInvitations }

    /// What is known of all invitations, unattended ones of all members too: uses, expiry, why they are over.
    public var invitations: [InvitationSummary] { peer.invitationSummaries(wallClock: wallClock) }

    /// Why this device is no member of a space that it was let into by an invitation; nil for a member.
    public func exclusion(from space: SpaceID) -> InvitationError? { peer.exclusion(from: space) }

    // MARK: Joining

    /// Begins to accept an invitation of any kind.
    /// - Parameter timeout: After so long without success it is given up, as
    ///   ``InvitationState/timedOut``; nil for never.
    public func accept(
        _ ticket: InvitationTicket, timeout: Duration? = nil
    ) throws(ClientError) -> JoinAttempt {
        let events = events()
        let id = try join(ticket)
        let own = deviceID
        let states = Self.states(events, from: .connecting) { event, inviter in
            guard case .join(id, let state) = event else { return nil }
            switch state {
            case .searching: return .connecting
            case .connected: return .connected(inviter)
            case .claimed(let claim, let identity):
                inviter = Inviter(claim: claim, identity: identity)
                return .connected(inviter)
            case .codeNeeded(let left): return .readyForCode(inviter, attemptsLeft: left)
            case .authenticating: return .verifying
            case .admitting: return .admitting(inviter)
            case .admitted(let joined): return .success(joined.secrets.space, device: own ?? joined.device.id)
            case .failed(let error): return InvitationState(error)
            }
        } isLast: { state in
            if case .success = state { true } else { state.isFinal }
        }
        if let timeout {
            Task { [weak self] in
                try? await Task.sleep(for: timeout)
                await self?.giveUp(id, because: .timedOut)
            }
        }
        return JoinAttempt(id: id, ticket: ticket, states: states, client: self)
    }

    /// States that follow from events, until one is the last.
    private static func states(
        _ events: AsyncStream<PeerEvent>, from first: InvitationState,
        _ state: @escaping @Sendable (PeerEvent, inout Inviter?) -> InvitationState?,
        isLast: @escaping @Sendable (InvitationState) -> Bool
    ) -> AsyncStream<InvitationState> {
        AsyncStream { continuation in
            continuation.yield(first)
            let reader = Task {
                var inviter: Inviter?
                for await event in events {
                    guard let next = state(event, &inviter) else { continue }
                    continuation.yield(next)
                    if isLast(next) { break }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in reader.cancel() }
        }
    }

    /// Begins to accept an invitation; its progress comes with ``events(withStanding:)``.
    public func join(_ ticket: InvitationTicket) throws(ClientError) -> JoinID {
        try demandOriginal()
        // Keys of an attempt that came to no end are used again, also for another ticket: a host may have let
        // them in, and would take others for a second device of the same name.
        let unfinished = try keyNames(below: "join/").filter { !joining.values.contains($0) }
        let name = unfinished.min() ?? "join/\(ticket.id)"
        let keys: JoinKeys
        if let record = try key(name) {
            do { keys = try JoinKeys(record: record) } catch { throw .space(.key(error)) }
        } else {
            keys = JoinKeys.make(random: &random)
            try keep([.set(name, keys.record)])
        }
        do throws(SpaceError) {
            let id = try peer.join(ticket, keys: keys)
            joining[id] = name
            scheduleFlush()
            return id
        } catch { throw .space(error) }
    }

    /// Types the code of an invitation that asked for it; does nothing when none is asked for.
    public func enter(code: String, for join: JoinID) {
        peer.enter(code: code, for: join, random: &random)
        flush()
    }

    /// Gives an attempt up. Its keys are kept and used again when the invitation is accepted later.
    public func cancelJoin(_ join: JoinID) {
        joining[join] = nil
        acceptedLetters[join] = nil
        peer.cancelJoin(join)
        flush()
    }

    /// Gives an attempt up that is still going on, and tells who watches it.
    public func giveUp(_ join: JoinID, because error: InvitationError = .cancelled) {
        guard joining[join] != nil else { return }
        cancelJoin(join)
        for subscriber in subscribers.values { subscriber.yield(.join(join, .failed(error))) }
    }

    /// Stores what a join has brought and opens the space.
    /// - Returns: Whether it is kept; if not, the join's failure comes as an event.
    func finish(_ join: JoinID, _ joined: JoinedSpace) -> Bool {
        let space = joined.secrets.space
        var changes = [KeyChange.set("space/\(space)", joined.secrets.record)]
        if peer.device == nil {
            changes.append(.set("device", joined.device.record))
            changes.append(.set("halo", SecretBytes(copying: space.bytes)))
        }
        acceptedLetters[join] = nil
        if let name = joining.removeValue(forKey: join) { changes.append(.remove(name)) }
        changes.append(.remove("skipped/\(space)"))
        isHaloDue = true
        do throws(SpaceError) {
            _ = try peer.finishJoin(
                join, opening: { () throws(SpaceError) in try store(space) },
                keeping: { () throws(SpaceError) in try keepSpaceErrors(changes) })
            return true
        } catch {
            // Whoever waits for the join is told by the event of its failure.
            return false
        }
    }
}
