import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects

/// A connection as driver and peer name it. The driver numbers inbound ones, the peer those it dials; the
/// peer's have the top bit set.
public struct ConnectionID: Hashable, Comparable, Sendable {
    /// The number; its top bit says who numbered it.
    public let rawValue: UInt64
    /// A connection of that number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// By number.
    public static func < (a: ConnectionID, b: ConnectionID) -> Bool { a.rawValue < b.rawValue }

    static func dialled(_ number: UInt64) -> ConnectionID { ConnectionID(rawValue: number | 1 << 63) }
    /// Whether this peer dialled it.
    public var isDialled: Bool { rawValue >> 63 == 1 }
}

/// Names an attempt to accept an invitation.
public struct JoinID: Hashable, Comparable, Sendable {
    /// The number; it means nothing after a restart.
    public let rawValue: UInt64
    /// The attempt of that number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// By number.
    public static func < (a: JoinID, b: JoinID) -> Bool { a.rawValue < b.rawValue }
}

/// What the driver tells a ``Peer`` about the outside.
public enum PeerInput: Sendable {
    /// Somebody connected to a listening port.
    case accepted(ConnectionID)
    /// A connection that the peer asked for stands.
    case dialled(ConnectionID)
    case dialFailed(ConnectionID)
    case received(ConnectionID, [UInt8])
    /// The connection is gone, by whichever side.
    case closed(ConnectionID)
    /// A deadline asked for with ``PeerEffect/wake(at:)`` has passed, or simply time went on.
    case tick
}

/// What a ``Peer`` asks of its driver. All that the peer wrote is durable before an effect is handed out.
public enum PeerEffect: Sendable {
    case dial(ConnectionID, PeerAddress)
    case send(ConnectionID, [UInt8])
    /// The other end of an inbound connection has proven itself.
    case letIn(ConnectionID)
    case close(ConnectionID)
    /// Call again with ``PeerInput/tick`` at this time, or earlier; replaces the deadline before.
    case wake(at: Duration)
    case event(PeerEvent)
}

/// What happened inside a ``Peer`` that an app may want to show.
public enum PeerEvent: Sendable {
    case objectsChanged(SpaceID, Set<ObjectID>)
    /// What others say of themselves, or have sent, has changed; no object of an app has.
    case ownedObjectsChanged(SpaceID, Set<ObjectID>)
    case membersChanged(SpaceID)
    case connected(SpaceID, DeviceID)
    case disconnected(SpaceID, DeviceID)
    /// What is known of other peers' progress changed.
    case progress(SpaceID)
    case rendezvous(RendezvousAddress, isConnected: Bool)
    case invitation(InvitationID, HostedInvitationState)
    /// This device was let in through an invitation, and by what is known now that counts for nothing.
    case excluded(SpaceID, InvitationError)
    case join(JoinID, JoinState)
    /// An invitation was left for this identity in a space. The client says so, not the peer.
    case letter(SpaceID)
    /// A space of this identity gave this device its credentials: call `finishArrival`, which stores them.
    case arrived(SpaceID)
}

/// How an invitation fares at its host.
public enum HostedInvitationState: Hashable, Sendable {
    case guestConnected
    case attemptFailed(attemptsLeft: Int)
    case admitted(DeviceID)
    /// A guest was turned away, or made no sense; the invitation stands.
    case guestRefused(InvitationError)
    /// The guest has everything.
    case finished
    case failed(InvitationError)
}

/// How an invitation fares at its guest.
public enum JoinState: Sendable {
    case searching
    case connected
    /// Who invites to which space, as the host says. `inviter` is nil as long as nothing was verified, and
    /// then the identity whose device the host is.
    case claimed(InvitationClaim, inviter: IdentityID?)
    case codeNeeded(attemptsLeft: Int?)
    case authenticating
    /// The host is known to be the right one, and what it asked for was sent.
    case admitting
    /// Let in: call `finishJoin`, which stores what was given.
    case admitted(JoinedSpace)
    case failed(InvitationError)
}

/// What a newcomer has to keep.
public struct JoinedSpace: Sendable {
    /// The keys of this device in the space.
    public var secrets: SpaceSecrets
    /// What the host gave.
    public var bundle: AdmissionBundle
    /// Whether this device entered a space or became a device of an identity.
    public var kind: InvitationKind
    /// The device, with its certificates.
    public var device: LocalDevice
}
