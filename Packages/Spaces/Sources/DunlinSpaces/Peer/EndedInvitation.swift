import DunlinCredentials
import DunlinInvitations
import DunlinKeys

/// What is left of an invitation that this device answered alone: whoever comes with its ticket is told why
/// nobody is let in, until the ticket itself says that it is over. Its code and its secret are gone.
struct EndedInvitation: Sendable {
    /// So many are remembered, those that expire last.
    static let limit = 64

    let space: SpaceID
    /// The key by which guests know the host.
    let key: AgreementKey
    /// Milliseconds since 1970.
    let expires: UInt64
    let cause: InvitationError
}
