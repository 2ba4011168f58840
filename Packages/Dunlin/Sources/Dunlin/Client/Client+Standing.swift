import DunlinCredentials
import DunlinIdentity
import DunlinKeys
import DunlinSpaces

/// What a device is to its own identity.
public enum DeviceStanding: Hashable, Sendable {
    /// It speaks for the identity.
    case present
    /// Another device holds it for stolen: it gets no new keys until it is confirmed.
    case suspended
    /// It was taken out, and what others write it cannot read.
    case removed
}

/// Whether this device still speaks for its identity.
extension Client {
    /// What this device is to its identity, as far as has come here; nil before the identity's own space has.
    public var standing: DeviceStanding? { haloID.flatMap { standing(in: $0) } }

    /// What this device is to its identity in one space, while the identity is a member; else nil. Ranks
    /// differ from space to space, and so may this.
    public func standing(in space: SpaceID) -> DeviceStanding? {
        guard let own = peer.device, let members = try? peer.members(of: space) else { return nil }
        guard let member = members.first(where: { $0.identity == own.identity }) else { return nil }
        guard let device = member.devices[own.id] else { return .removed }
        return device.isSuspended ? .suspended : .present
    }

    /// - Throws: ``ClientError/deviceRemoved``, ``ClientError/deviceSuspended``.
    func demandStanding() throws(ClientError) {
        switch standing {
        case .removed?: throw .deviceRemoved
        case .suspended?: throw .deviceSuspended
        case .present?, nil: break
        }
    }

    /// Trusts a device again that was held for stolen, in all spaces of the identity; it is given the keys
    /// that were made meanwhile.
    /// - Parameter phrase: The identity's, for a device that is senior to this one, or is this one.
    /// - Throws: ``SpaceError/noSuchDevice(_:)`` and ``SpaceError/notSenior`` as ``ClientError/space(_:)``,
    ///   or ``ClientError/otherPhrase``.
    public func confirmDevice(_ id: DeviceID, phrase: SeedPhrase? = nil) throws(ClientError) {
        guard let own = peer.device else { throw .space(.noIdentity) }
        let root = try rootKey(phrase, of: own.identity)
        var isThere = false
        for space in peer.spaceSummaries.map(\.id) where peer.isMember(of: space) {
            let member = try members(of: space).first { $0.identity == own.identity }
            guard member?.devices[id] != nil else { continue }
            isThere = true
            try onPeer { (client) throws(SpaceError) in
                try client.peer.lift(
                    id, in: space, root: root, wallClock: client.wallClock, random: &client.random)
            }
        }
        guard isThere else { throw .space(.noSuchDevice(id)) }
    }
}
