import DunlinKeys

extension CredentialSet {
    /// How much of each feed stays of those who were taken out or made readers: the largest of the cuts in
    /// live credentials against the feed's owner, of those that no later such credential has seen. What
    /// somebody has cut of itself when it left so ends with what takes it out later.
    /// - Complexity: O(*n*) in the credentials, and in the square of those that are against one owner.
    public func cuts() -> [PublicSigningKey: UInt64] {
        var against: [PublicSigningKey: [Int]] = [:]
        for number in credentials.indices where membership.current.live.contains(number) {
            for feed in feeds(against: number) { against[feed, default: []].append(number) }
        }
        var largest: [PublicSigningKey: UInt64] = [:]
        for (feed, numbers) in against {
            for number in membership.maximal(numbers) {
                for cut in credentials[number].body.cuts where cut.feed == feed {
                    largest[feed] = max(largest[feed] ?? 0, cut.length)
                }
            }
        }
        return largest
    }

    /// Live credentials that take somebody out or the right to let others in, and all in their past: what
    /// shows anybody that it is out.
    public func dismissals() -> [CredentialID] {
        var past = AncestorSet()
        for number in credentials.indices where membership.current.live.contains(number) {
            switch credentials[number].body {
            // Whom somebody let in who lost the right to at the same time is out, too.
            case .remove, .deviceRevoke, .role(_, .editor, _), .role(_, .reader, _):
                past.formUnion(membership.entries[number].past)
                past.insert(number)
            case .genesis, .admit, .deviceAdmit, .role, .invite, .inviteCancel, .councilSet, .keyRotate,
                .keyShare, .deviceSuspect, .deviceLift:
                break
            }
        }
        for number in inviteEndings {
            past.formUnion(membership.entries[number].past)
            past.insert(number)
        }
        return past.subtracting(AncestorSet()).map { credentials[$0].id }
    }

    /// Data feeds of whom a credential is against.
    private func feeds(against number: Int) -> Set<PublicSigningKey> {
        let numbers: [Int]
        switch credentials[number].body {
        case .remove(let identity, _, _, _), .role(let identity, .reader, _):
            numbers = membership.related.devices[identity, default: []]
        case .deviceRevoke(let device, _, _):
            numbers = membership.related.claims[device, default: []].filter {
                membership.affectedIdentity($0) == credentials[number].identity
            }
        case .genesis, .admit, .deviceAdmit, .role, .invite, .inviteCancel, .councilSet, .keyRotate,
            .keyShare,
            .deviceSuspect, .deviceLift:
            numbers = []
        }
        return Set(numbers.compactMap { credentials[$0].body.admission?.binding.data })
    }
}
