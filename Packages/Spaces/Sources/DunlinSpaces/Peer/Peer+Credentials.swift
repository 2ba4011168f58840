import DunlinCredentials

extension Peer {
    /// The credentials of a space, those that count for nothing too.
    /// - Throws: ``SpaceError/unknownSpace(_:)``.
    public func credentials(of space: SpaceID) throws(SpaceError) -> CredentialSet {
        guard let space = spaces[space] else { throw .unknownSpace(space) }
        return space.control.credentials
    }
}
