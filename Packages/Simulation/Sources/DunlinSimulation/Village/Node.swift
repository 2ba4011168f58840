import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinSpaces

/// What a peer of a village keeps beside its memory: a disk, a keyring, a clock, and tickets in its person's
/// hands.
struct Node {
    let disk: VirtualDisk
    /// The key of a node that is no peer but a rendezvous.
    var rendezvousKey: AgreementKey?
    /// Lives in memory alone.
    var rendezvous: RendezvousHost?
    var random: SeededRandom
    var isRunning = true
    /// Counts beginnings: connections and timers of an earlier one are nobody's.
    var incarnation = 0
    /// How far the wall clock is off.
    var clockError: Duration = .zero
    var isFlushPlanned = false
    /// The latest deadline the peer asked for.
    var wake: Duration?

    // The keyring. Like the file, it is written whole before what is in it is used.
    var device: LocalDevice?
    var spaces: [SpaceID: SpaceSecrets] = [:]
    /// The stores of spaces that are open.
    var stores: [SpaceID: VirtualSpaceStore] = [:]
    var joinKeys: [InvitationID: JoinKeys] = [:]

    var tickets: [InvitationID: HeldTicket] = [:]
    var joins: [JoinID: InvitationID] = [:]
}

/// A ticket and its code, as a person has them.
struct HeldTicket {
    var ticket: InvitationTicket
    var code: String
    /// How often the person will mistype it first.
    var mistakes: Int
}
