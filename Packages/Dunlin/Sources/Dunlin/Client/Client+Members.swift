import DunlinCredentials
import DunlinKeys
import DunlinSpaces

extension Client {
    // MARK: Members

    /// Finds a member by its `did:key:…`, or by the end or the beginning of what follows `did:key:`.
    /// - Throws: ``ClientError/unknownMember(_:)`` unless exactly one member is meant.
    public func member(named text: String, in space: SpaceID) throws(ClientError) -> IdentityID {
        let name = text.hasPrefix("did:key:") ? String(text.dropFirst(8)) : text
        let matches = try members(of: space).map(\.identity).filter { identity in
            let full = DIDKey.encode(identity).dropFirst(8)
            return full == name || name.count >= 4 && (full.hasPrefix(name) || full.hasSuffix(name))
        }
        guard matches.count == 1 else { throw .unknownMember(text) }
        return matches[0]
    }

    /// Takes a member out of a space, with all its devices.
    ///
    /// What it has written stays. Its connections are closed, here at once and elsewhere as soon as it is
    /// known there, and what is written afterwards is encrypted under a key that it does not get.
    /// - Throws: ``SpaceError/notMember(_:)``, ``SpaceError/notAllowed(needs:has:)`` or
    ///   ``SpaceError/notSenior`` as ``ClientError/space(_:)``.
    public func remove(_ identity: IdentityID, from space: SpaceID) throws(ClientError) {
        try onPeer { (client) throws(SpaceError) in
            try client.peer.remove(identity, from: space, wallClock: client.wallClock, random: &client.random)
        }
    }

    /// Takes one's own identity out of a space. What is here can still be read; ``SpaceError/notAllowed``
    /// answers whoever writes.
    public func leave(_ space: SpaceID) throws(ClientError) {
        guard space != haloID else { throw .haloStays }
        guard let own = peer.device?.identity else { throw .space(.noIdentity) }
        try remove(own, from: space)
    }

    /// Changes what a member may do; one's own role can only be lowered.
    /// - Throws: as ``remove(_:from:)``.
    public func setRole(
        of identity: IdentityID, to role: Role, in space: SpaceID
    ) throws(ClientError) {
        try onPeer { (client) throws(SpaceError) in
            try client.peer.setRole(
                of: identity, to: role, in: space, wallClock: client.wallClock, random: &client.random)
        }
    }

    /// Does something with the peer that others are then told of.
    func onPeer<R>(
        _ body: (isolated Client) throws(SpaceError) -> R
    ) throws(ClientError) -> R {
        try demandOriginal()
        do throws(SpaceError) {
            let result = try body(self)
            flush()
            return result
        } catch { throw .space(error) }
    }
}
