import DunlinCredentials
import DunlinSpaces

extension Client {
    /// Whether a device of this identity was met, since the client was opened, that is apart from this one:
    /// the identity's own space was begun anew on one of the two, from the phrase alone. They do not join.
    public var isIdentityApart: Bool { haloID.map(peer.otherFoundings.contains) ?? false }

    /// The credentials of a space, which explain who belongs to it (``CredentialSet/explanation(of:)``) and
    /// can be drawn (``CredentialGraph``).
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func credentials(of space: SpaceID) throws(ClientError) -> CredentialSet {
        do { return try peer.credentials(of: space) } catch { throw .space(error) }
    }
}
