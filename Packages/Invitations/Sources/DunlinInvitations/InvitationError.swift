import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Why an invitation did not come about.
public enum InvitationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not an invitation. Copy it again, whole.
    case malformedTicket
    /// Made by a newer version. Update Dunlin.
    case newerVersion(UInt64)
    /// The code was wrong (or somebody sits in between).
    case wrongCode(attemptsLeft: Int)
    /// All attempts were used up: ask for a new invitation. The host is told that somebody tried.
    case exhausted
    case expired
    case cancelled
    /// It was redeemed by somebody else, or by as many as it was for.
    case alreadyUsed
    /// Whoever made it is no admin of the space any more, or the device that made it is gone.
    case inviterGone
    /// It is for another identity.
    case notForYou
    /// The member that answered may not let anybody in, or not yet; another may.
    case hostNotReady
    /// The guest has not shown to hold the invitation's secret.
    case wrongSecret
    /// The host's key is not the one in the ticket: somebody sits in between.
    case wrongHost
    /// The other side sent something that makes no sense here.
    case badMessage
    /// The identity belongs to the space already; add this device from one of the identity's devices.
    case alreadyMember
    /// Credentials that came in parts are not those that were announced: one was left out, sent twice, or
    /// changed. Nothing of them is kept; try again.
    case wrongPart(number: Int)
    /// The space has more bytes of credentials than an invitation gives. Invite to a new space.
    case tooLarge(limit: Int)
    case timedOut
    /// The connection was lost; the invitation can be tried again.
    case disconnected
    /// This device was let in and could not store what it was given. The keys it came with are kept: the
    /// same invitation, or another to the same space, goes on with them.
    case notStored(reason: String)
    case credential(CredentialError)
    case key(KeyError)

    /// One sentence for a person: what happened and what to do.
    public var description: String {
        switch self {
        case .malformedTicket: "This is not an invitation; copy it again, whole."
        case .newerVersion(let version): "The invitation has version \(version); update Dunlin."
        case .wrongCode(1): "The code is wrong; 1 attempt is left."
        case .wrongCode(let left): "The code is wrong; \(left) attempts are left."
        case .exhausted: "All attempts were used up; ask for a new invitation."
        case .expired: "The invitation has expired; ask for a new one."
        case .cancelled: "The invitation was cancelled."
        case .alreadyUsed: "The invitation was used already; ask for a new one."
        case .inviterGone: "Who made this invitation may invite nobody any more; ask another member for one."
        case .notForYou: "The invitation is for another identity; ask for one of your own."
        case .hostNotReady:
            "The member that answered cannot let you in now; try again when others are online."
        case .wrongSecret: "The invitation's secret is wrong; copy the invitation again, whole."
        case .wrongHost: "The other side is not the one who invited; do not go on over this connection."
        case .badMessage: "The other side sent something unexpected."
        case .alreadyMember: "This identity is a member already; add the device from one of its devices."
        case .wrongPart(let number):
            "Part \(number + 1) of the space's credentials is not the one that was announced; try again."
        case .tooLarge(let limit):
            """
            The space has more than \(limit >> 20) MiB of credentials, too many for an invitation; ask for \
            one to a new space.
            """
        case .timedOut: "The other side did not answer in time; try again."
        case .disconnected: "The connection was lost; try again."
        case .notStored(let reason):
            "The invitation was accepted, but could not be stored: \(reason) Then accept it again."
        case .credential(let cause): "\(cause)"
        case .key(let cause): "\(cause)"
        }
    }
}
