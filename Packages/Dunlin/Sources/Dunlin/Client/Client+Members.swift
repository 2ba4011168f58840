import DunlinCredentials
import DunlinKeys
import DunlinSpaces

extension Client {
    // MARK: Members

    /// So many characters of a key name somebody, from its end as ``shortKey(of:)`` shows it or from its
    /// beginning.
    public static let keyPartLength = 8

    /// Whether a text is the `did:key:…` of an identity, or the end or the beginning of what follows
    /// `did:key:`, ``keyPartLength`` characters or more.
    public static func isNamed(_ identity: IdentityID, by text: String) -> Bool {
        let scheme = "did:key:"
        let part = text.hasPrefix(scheme) ? text.dropFirst(scheme.count) : text[...]
        let full = DIDKey.encode(identity).dropFirst(scheme.count)
        return part.count >= keyPartLength && (full.hasPrefix(part) || full.hasSuffix(part))
    }

    /// Finds one of some identities by its key, in the forms of ``isNamed(_:by:)``.
    /// - Throws: ``ClientError/unknownMember(_:)``, ``ClientError/ambiguousMember(_:count:)``.
    public static func member(
        named text: String, among identities: [IdentityID]
    ) throws(ClientError) -> IdentityID {
        let matches = identities.filter { isNamed($0, by: text) }
        guard let first = matches.first else { throw .unknownMember(text) }
        guard matches.count == 1 else { throw .ambiguousMember(text, count: matches.count) }
        return first
    }

    /// Finds a member by its key, in the forms of ``isNamed(_:by:)``; never by its name, which is a claim.
    /// - Throws: ``ClientError/unknownMember(_:)``, ``ClientError/ambiguousMember(_:count:)``.
    public func member(named text: String, in space: SpaceID) throws(ClientError) -> IdentityID {
        try Self.member(named: text, among: members(of: space).map(\.identity))
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
