import DunlinInvitations
import DunlinSpaces

/// What the schedule of a village holds.
enum Happening {
    case arrival(VirtualNetwork.Arrival, from: End, to: End)
    case dialled(End)
    case dialFailed(End)
    /// A peer looks at what it took in since the last time.
    case flush(peer: Int, incarnation: Int)
    case wake(peer: Int, incarnation: Int)
    /// A person has typed the code of an invitation.
    case typed(code: String, JoinID, peer: Int, incarnation: Int)
    /// A person tries a ticket again.
    case retry(InvitationID, peer: Int, incarnation: Int)
    case restart(peer: Int)
    case unblock(Route)
    case emptyDisk(peer: Int)
}
