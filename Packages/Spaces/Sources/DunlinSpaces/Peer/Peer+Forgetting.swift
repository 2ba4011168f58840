import DunlinCredentials

extension Peer {
    /// Lets go of a space: ends its invitations, closes its links and leaves its topic. Its store is closed
    /// with it when nobody else holds it; what was staged and not written is lost. Others are told nothing:
    /// this device is a member as before.
    /// - Throws: ``SpaceError/unknownSpace(_:)``.
    public mutating func forget(_ id: SpaceID) throws(SpaceError) {
        guard spaces[id] != nil else { throw .unknownSpace(id) }
        for (space, invitation) in openInvitations where space == id {
            try cancelHosted(invitation.id)
        }
        for link in links.keys.sorted() {
            switch links[link]?.purpose {
            case .space(id), .host(_, space: id): close(link)
            default: break
            }
        }
        // A connection that is still being dialled belongs to nobody any more, and is closed when it stands.
        candidates[id] = nil
        spaces[id] = nil
    }
}
