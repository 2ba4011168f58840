import DunlinKeys

extension CredentialSet {
    /// The council that can take members out, and the credential that named it, in the past of `heads`: what
    /// a ``CouncilDecision`` names. nil when none was named, or one of the heads is not known.
    /// - Complexity: O(*n*) in the councils ever named, and what has changed since the nearest place that was
    ///   asked for.
    public mutating func council(at heads: [CredentialID]) -> (id: CredentialID, council: Council)? {
        let numbers = heads.compactMap { membership.index[$0] }
        guard numbers.count == heads.count else { return nil }
        let judgement = membership.judgement(at: numbers)
        return membership.council(in: judgement).map { council in
            (council.id, Council(members: council.members, threshold: council.threshold))
        }
    }
}
