extension CredentialSet {
    /// Live invites that nobody has ended.
    /// - Complexity: O(*n*) in the credentials.
    public func openInvites(of identity: IdentityID? = nil) -> [Credential] {
        credentials.indices.filter { number in
            guard case .invite = credentials[number].body, membership.current.live.contains(number),
                identity.map({ $0 == credentials[number].identity }) ?? true
            else { return false }
            let endings = membership.related.cancellations[credentials[number].id, default: []]
            return !endings.contains(where: membership.current.live.contains)
        }.map { credentials[$0] }
    }

    /// Devices that have come in through an invite, by all that is known.
    public func redemptions(of invite: CredentialID) -> Int {
        guard let number = membership.index[invite] else { return 0 }
        let redemptions = membership.related.redemptions[number, default: []]
        return redemptions.count(where: membership.current.live.contains)
    }
}
