import DunlinCredentials

extension Peer {
    /// The credentials of a space, those that count for nothing too.
    /// - Throws: ``SpaceError/unknownSpace(_:)``.
    public func credentials(of space: SpaceID) throws(SpaceError) -> CredentialSet {
        guard let space = spaces[space] else { throw .unknownSpace(space) }
        return space.control.credentials
    }

    /// Whether another founding of a space is by this identity itself. Any other anybody can make who has the
    /// space's secret, a device that was taken out, too.
    /// - Parameter bytes: The genesis that was given, if one was.
    func isOwnFounding(_ bytes: [UInt8]?, named id: CredentialID, of space: SpaceID) -> Bool {
        guard let bytes, let genesis = try? Credential(decoding: bytes), genesis.id == id,
            case .genesis(let admission, _) = genesis.body, genesis.space == space, genesis.parents.isEmpty,
            let identity = device?.identity, genesis.device == nil, genesis.identity == identity
        else { return false }
        return admission.identity == identity
    }
}
