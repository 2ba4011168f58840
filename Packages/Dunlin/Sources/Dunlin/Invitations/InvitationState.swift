import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinSpaces

/// Who invites, as the guest knows it.
public struct Inviter: Hashable, Sendable {
    /// What the host calls itself and the space.
    public var claim: InvitationClaim
    /// The identity of the host's device, once the handshake has shown it. Until then the names are no more
    /// than what somebody at the other end says.
    public var identity: IdentityID?

    /// Whether the host is known to be the one that the ticket names.
    public var isVerified: Bool { identity != nil }
}

/// How an invitation fares, at its host or at its guest.
public enum InvitationState: Sendable {
    /// Host: it is open, and no guest is there.
    case waiting
    /// Guest: a host is looked for.
    case connecting
    /// Both are connected; nothing is proven yet.
    case connected(Inviter?)
    /// Guest: the six digits are needed; call ``JoinAttempt/enter(code:)``. `attemptsLeft` is known after a
    /// wrong code.
    case readyForCode(Inviter?, attemptsLeft: Int?)
    /// The code is being checked.
    case verifying
    /// The other side has proven itself; keys and credentials are exchanged.
    case admitting(Inviter?)
    /// Host: a wrong code. The invitation stands while attempts are left.
    case attemptFailed(attemptsLeft: Int)
    /// Host: a guest was turned away; the invitation stands.
    case guestRefused(InvitationError)
    /// The guest's device is a member.
    case success(SpaceID, device: DeviceID)
    case cancelled
    case timedOut
    case failed(InvitationError)

    /// A failure as a state.
    init(_ error: InvitationError) {
        switch error {
        case .cancelled: self = .cancelled
        case .expired, .timedOut: self = .timedOut
        default: self = .failed(error)
        }
    }

    /// Whether nothing follows.
    public var isFinal: Bool {
        switch self {
        case .cancelled, .timedOut, .failed: true
        case .waiting, .connecting, .connected, .readyForCode, .verifying, .admitting, .attemptFailed,
            .guestRefused, .success:
            false
        }
    }
}

/// An invitation that this device made.
public struct Invitation: Sendable {
    /// Names it; also when it is listed or cancelled later.
    public var id: InvitationID { ticket.id }
    /// What the guest is given. With a code it may travel openly; where it holds the secret of an unattended
    /// invitation, or one to be scanned, it goes to the guest alone.
    public let ticket: InvitationTicket
    /// Six digits that go another way than the ticket; nil when none are needed.
    public let code: String?
    /// How it fares from now on, as far as this device takes part; ends with the invitation, or when a guest
    /// of an invitation for one guest is in.
    public let states: AsyncStream<InvitationState>
    let client: Client

    /// Ends it; an unattended one for all members.
    /// - Throws: ``ClientError/space(_:)`` with ``SpaceError/noInvitation(_:)`` when it has ended.
    public func cancel() async throws(ClientError) { try await client.cancelInvitation(id) }
}

/// An attempt to accept an invitation.
public struct JoinAttempt: Sendable {
    /// Names the attempt in events.
    public let id: JoinID
    /// What is accepted.
    public let ticket: InvitationTicket
    /// How it fares; ends with success or failure.
    public let states: AsyncStream<InvitationState>
    let client: Client

    /// Types the code that ``InvitationState/readyForCode(_:attemptsLeft:)`` asked for.
    public func enter(code: String) async { await client.enter(code: code, for: id) }

    /// Gives it up; it can be begun again with the same ticket.
    public func cancel() async { await client.giveUp(id) }
}
