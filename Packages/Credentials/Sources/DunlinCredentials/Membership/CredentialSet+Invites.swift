import DunlinKeys

extension CredentialSet {
    /// Some credentials and all that lies in their past, parents first: enough to judge them by.
    ///
    /// - Complexity: O(*n*) in the credentials of the space.
    public func past(of ids: [CredentialID]) -> [Credential] {
        var past = AncestorSet()
        for id in ids {
            guard let number = membership.index[id] else { continue }
            past.formUnion(membership.entries[number].past)
            past.insert(number)
        }
        return credentials.indices.filter { past.contains($0) }.map { credentials[$0] }
    }

    /// Devices that came in through an invite, by the admissions that count.
    public func devices(redeeming invite: CredentialID) -> Set<DeviceID> {
        guard let place = membership.index[invite] else { return [] }
        let live = membership.related.redemptions[place, default: []].filter {
            membership.current.live.contains($0)
        }
        return Set(live.compactMap { credentials[$0].body.admission?.device })
    }

    /// Whether an invite was ended, by a cancellation that counts.
    public func isCancelled(_ invite: CredentialID) -> Bool {
        membership.related.cancellations[invite, default: []].contains {
            membership.current.live.contains($0)
        }
    }

    /// Why the last admission of a device counts for nothing; nil when one counts, or none is known.
    ///
    /// - Complexity: O(*n*) in the admissions of the device.
    public func admissionCause(of device: DeviceID) -> VoidCause? {
        let claims = membership.related.claims[device, default: []]
        guard !claims.contains(where: { membership.current.live.contains($0) }) else { return nil }
        return claims.last.flatMap { membership.cause(of: $0, in: membership.current) }
    }

    /// What has made admissions through invites void: others that count, and cancellations.
    var inviteEndings: Set<Int> {
        var endings: Set<Int> = []
        for number in credentials.indices {
            guard case .admit(_, _, let redemption?) = credentials[number].body,
                let invite = membership.index[redemption.invite], !membership.current.live.contains(number)
            else { continue }
            let others =
                membership.related.redemptions[invite, default: []]
                + membership.related.cancellations[redemption.invite, default: []]
            endings.formUnion(others.filter(membership.current.live.contains))
        }
        return endings
    }
}
