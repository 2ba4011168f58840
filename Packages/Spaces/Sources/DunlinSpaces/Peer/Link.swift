import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinReplication

/// A connection and what is done over it.
struct Link: Sendable {
    enum Purpose: Sendable {
        /// Inbound, and its preamble has not come.
        case undecided
        case space(SpaceID)
        case host(InvitationID, space: SpaceID)
        case guest(JoinID)
        case rendezvous(RendezvousAddress)
    }

    var connection: MeshConnection
    var purpose: Purpose
    /// Where it was dialled.
    var address: PeerAddress?
    var session: ReplicationSession?
    var host: InvitationHost?
    var guest: InvitationGuest?
    var proofHost: ProofHost?
    var proofGuest: ProofGuest?
    /// The Noise static at the other end, and the hash of the handshake.
    var remote: AgreementPublicKey?
    var hash: [UInt8]?
    /// The device at the other end, once it has proven itself.
    var device: DeviceID?
    /// Whether the other end has spoken: it then knows this device as a member, too.
    var wasHeard = false
    /// When the handshake of an invitation was done; a guest may not keep others waiting.
    var hostedSince: Duration?
    /// What a device that is not known here has given to show that it was let in; nil before it was asked.
    var introduction: Introduction?
    /// Credentials that the other side has yet to ask for.
    var giving: ArraySlice<ArrivalMessage> = []
    /// Credentials were asked for and have not come.
    var isAwaitingCredentials = false
    /// The credentials of the space were given once; that is enough for one link.
    var hasAnsweredArrival = false
    /// Until when a device that was taken out is told so; nothing else is said to it.
    var farewellUntil: Duration?
    /// Points for breaking rules.
    var penalty = 0

    /// Whether a guest is being given credentials.
    var isGiving: Bool { host?.isGiving == true || proofHost?.isGiving == true }

    /// Listens to invitations alone, and to no more at once than this side expects: the other has proven
    /// nothing yet.
    mutating func beCareful() {
        connection.onlyChannel = Self.channel
        connection.incomingLimit =
            guest?.messageLimit ?? proofGuest?.messageLimit ?? InvitationTicket.messageLimit
    }

    static let penaltyLimit = 100
    static let farewellTime = Duration.seconds(5)
    /// For checking all credentials of a space.
    static let checkingTime = Duration.seconds(30)
    /// For all messages of an invitation together up to the first part of what the guest is given, and then
    /// for each that it asks for.
    static let hostingTime = Duration.seconds(60)
    /// The channel of replication and of invitations.
    static let channel: UInt8 = 1
    /// The channel for devices on their way in.
    static let arrivalChannel: UInt8 = 2
}

/// When an address is to be dialled, and what became of it.
struct DialState: Sendable {
    /// Addresses that are kept of a space; the one that failed most gives way to a new one.
    static let limit = 256

    var connection: ConnectionID?
    var notBefore: Duration = .zero
    var failures = 0
    /// The device that answered there.
    var device: DeviceID?

    /// 100 ms, doubling to 5 s.
    mutating func failed(now: Duration) {
        connection = nil
        failures = min(failures + 1, 10)
        notBefore = now + min(.seconds(5), .milliseconds(50) * (1 << failures))
    }

    /// A device that was told that it is out: it knows, and comes back by itself if that ends.
    mutating func dismissed(now: Duration) {
        connection = nil
        notBefore = now + Peer.outsiderPause
    }

    mutating func closed(now: Duration) {
        connection = nil
        failures = max(failures, 1)
        notBefore = now + .milliseconds(200)
    }
}
