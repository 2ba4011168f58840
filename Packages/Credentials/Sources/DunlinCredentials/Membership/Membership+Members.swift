import DunlinKeys
import HashTreeCollections

extension Membership {
    /// A member by a judgement of which some acts were judged anew.
    /// - Parameter changes: Acts about the identity that have become live or void.
    func member(_ identity: IdentityID, after changes: [Int], in judgement: Judgement) -> JudgedMember? {
        let before = judgement.members[identity]
        guard let inForce = admissionInForce(identity, before?.admission, after: changes, judgement),
            let admitted = role(admittedBy: inForce)
        else { return nil }
        let isSame = inForce == before?.admission
        var member = JudgedMember(role: admitted, admission: inForce)
        if isSame, let before {
            member.roles = before.roles
            member.devices = before.devices
        }
        setRole(of: identity, &member, admitted, after: isSame ? changes : nil, judgement)
        // One that is gone, or has another place in the order, makes room for one that was left out; and one
        // that was left out may have been let in before.
        let makesRoom = before?.hasMoreDevices == true && changes.contains(where: movesDevices)
        if isSame, areLive(changes, judgement), !makesRoom {
            member.hasMoreDevices = before?.hasMoreDevices ?? false
            for device in Set(changes.compactMap { self.device(concernedBy: $0) }) {
                let first = firstAdmission(
                    of: device, identity, member, member.devices[device], after: changes, judgement)
                if first != member.devices[device] { member.devices[device] = first }
            }
        } else {
            member.devices = [:]
            for device in Set(related.devices[identity, default: []].compactMap({ device(admittedBy: $0) })) {
                member.devices[device] = firstAdmission(
                    of: device, identity, member, nil, after: nil, judgement)
            }
        }
        limitDevices(of: &member)
        return member
    }

    /// Devices that do not know of each other can let in more than there may be. The first stay, in the order
    /// in which acts are taken: nobody fills the place of a device that somebody senior has let in.
    private func limitDevices(of member: inout JudgedMember) {
        guard member.devices.count > Self.ownKeyDeviceLimit else { return }
        let order = member.devices.sorted { a, b in
            guard a.value != member.admission, b.value != member.admission else {
                return a.value == member.admission
            }
            guard let a = entries[a.value].standing?.turn, let b = entries[b.value].standing?.turn else {
                return false
            }
            return a < b
        }
        for (device, _) in order[Self.ownKeyDeviceLimit...] { member.devices[device] = nil }
        member.hasMoreDevices = true
    }

    /// Whether an act decides about a device of which something else was known already.
    private func movesDevices(_ number: Int) -> Bool {
        if case .revokeDevice = entries[number].act.deed { return true }
        return device(admittedBy: number).map { related.claims[$0, default: []].count > 1 } ?? false
    }

    private func areLive(_ changes: [Int], _ judgement: Judgement) -> Bool {
        changes.allSatisfy(judgement.live.contains)
    }

    /// The live admission of the smallest rank that no live removal covers.
    private func admissionInForce(
        _ identity: IdentityID, _ before: Int?, after changes: [Int], _ judgement: Judgement
    ) -> Int? {
        first(
            of: related.admissions[identity, default: []], before,
            after: areLive(changes, judgement) ? changes : nil, judgement,
            removals: related.removals[identity],
            isCovered: { admission in
                (related.removals[identity]?.places(in: judgement.live, butNot: entries[admission].past)
                    ?? []).contains { covers($0, admission) }
            },
            isNewlyCovered: { admission in
                changes.contains { removal in
                    guard case .remove = entries[removal].act.deed else { return false }
                    return covers(removal, admission)
                }
            })
    }

    /// Of some admissions the live one of the smallest rank that is not covered.
    ///
    /// When acts only became live, what was covered still is: no admission before the one that was in force
    /// needs to be looked at.
    /// - Parameters:
    ///   - before: what it was; nil for none.
    ///   - changes: what has become live since; nil when other acts became void.
    ///   - removals: all that cover those of them that they have seen.
    private func first(
        of admissions: [Int], _ before: Int?, after changes: [Int]?, _ judgement: Judgement,
        removals: AncestorSet?, isCovered: (Int) -> Bool, isNewlyCovered: (Int) -> Bool
    ) -> Int? {
        var candidates: [Int]
        var found: Int?
        if let changes {
            let new = Set(changes)
            if let before, !isNewlyCovered(before) {
                found = before
                candidates = changes.filter {
                    admissions.contains($0) && entries[$0].rank < entries[before].rank
                }
            } else if let before {
                candidates = admissions.filter { new.contains($0) || entries[before].rank < entries[$0].rank }
            } else {
                candidates = admissions.filter(new.contains)
            }
        } else {
            candidates = admissions
        }
        candidates = candidates.filter(judgement.live.contains)
        if candidates.count > 8, let removals {
            // What some removal has seen is covered: found out at once, not for each against each.
            var seen = AncestorSet()
            for removal in removals.places(in: judgement.live, and: judgement.live) {
                seen.formUnion(entries[removal].past)
            }
            candidates.removeAll(where: seen.contains)
        }
        if candidates.count > 1 { candidates.sort { entries[$0].rank < entries[$1].rank } }
        return candidates.first { !isCovered($0) } ?? found
    }

    /// Whether a live removal takes back an admission: one that it knew, or a concurrent junior one.
    func covers(_ removal: Int, _ admission: Int) -> Bool {
        if entries[removal].past.contains(admission) { return true }
        if entries[admission].past.contains(removal) { return false }
        guard let remover = entries[removal].standing else { return false }
        return remover.council != nil || remover.isOwn || remover.issuer < entries[admission].rank
    }

    // MARK: Role

    /// - Parameter changes: nil when the admission in force is another than before.
    private func setRole(
        of identity: IdentityID, _ member: inout JudgedMember, _ admitted: Role, after changes: [Int]?,
        _ judgement: Judgement
    ) {
        guard let all = related.roles[identity] else { return }
        let changed = changes?.filter { number in
            if case .setRole = entries[number].act.deed { true } else { false }
        }
        if let changed, changed.allSatisfy(judgement.live.contains) {
            member.roles = latest(
                member.roles, of: all,
                after: changed.filter { entries[$0].past.contains(member.admission) }, judgement)
        } else {
            let known = all.places(in: judgement.live, and: judgement.live)
                .filter { entries[$0].past.contains(member.admission) }
            var pasts = AncestorSet()
            for number in known { pasts.formUnion(entries[number].past) }
            member.roles = known.filter { !pasts.contains($0) }
        }
        let roles = member.roles.compactMap { number -> Role? in
            guard case .setRole(_, let role) = entries[number].act.deed else { return nil }
            return role
        }
        member.role = roles.min() ?? admitted
    }

    func role(admittedBy number: Int) -> Role? {
        switch entries[number].act.deed {
        case .genesis: .admin
        case .admit(_, _, let role, _): role
        default: nil
        }
    }

    // MARK: Devices

    /// The admission by which a device of a member is present.
    private func firstAdmission(
        of device: DeviceID, _ identity: IdentityID, _ member: JudgedMember, _ before: Int?,
        after changes: [Int]?, _ judgement: Judgement
    ) -> Int? {
        let inForce = member.admission
        let own = related.claims[device, default: []].filter { number in
            affectedIdentity(number) == identity
                && (number == inForce || entries[number].past.contains(inForce))
        }
        let revocations = related.revocations[device]
        return first(
            of: own, before, after: changes, judgement, removals: revocations,
            isCovered: { admission in
                (revocations?.places(in: judgement.live, butNot: entries[admission].past) ?? [])
                    .contains { revokes($0, admission, of: inForce) }
            },
            isNewlyCovered: { admission in
                (changes ?? []).contains { number in
                    guard case .revokeDevice(device) = entries[number].act.deed else { return false }
                    return revokes(number, admission, of: inForce)
                }
            })
    }

    /// Whether a live revocation of a device takes back an admission of it.
    func revokes(_ revocation: Int, _ admission: Int, of inForce: Int) -> Bool {
        if entries[revocation].past.contains(admission) { return true }
        if entries[admission].past.contains(revocation) { return false }
        guard let remover = entries[revocation].standing else { return false }
        return remover.isRoot || remover.isOwn
            || (remover.issuer, remover.device) < (entries[inForce].rank, entries[admission].rank)
    }

    /// Who a device speaks for; of several the one with the most senior admission of it.
    func holder(of device: DeviceID, in judgement: Judgement) -> JudgedMember? {
        let claims = related.claims[device, default: []].filter { number in
            affectedIdentity(number).flatMap { judgement.members[$0]?.devices[device] } == number
        }
        return claims.min { entries[$0].rank < entries[$1].rank }
            .flatMap { affectedIdentity($0) }.flatMap { judgement.members[$0] }
    }

    /// Whether a device of a member gets no new keys: a suspicion of it stands that nothing has lifted since,
    /// or of the device that let it in, which that suspicion had not seen.
    func isSuspended(_ device: DeviceID, in judgement: Judgement) -> Bool {
        if !standingSuspicions(of: device, in: judgement).isEmpty { return true }
        var device = device
        // Each was let in before it let the next in, so that this ends.
        while let number = admission(of: device, in: judgement), let issuer = entries[number].act.device,
            issuer != device
        {
            let suspicions = standingSuspicions(of: issuer, in: judgement)
            if suspicions.contains(where: { !entries[$0].past.contains(number) }) { return true }
            device = issuer
        }
        return false
    }

    private func standingSuspicions(of device: DeviceID, in judgement: Judgement) -> [Int] {
        let lifts = related.lifts[device, default: []].filter(judgement.live.contains)
        return related.suspicions[device, default: []].filter { suspicion in
            judgement.live.contains(suspicion)
                && !lifts.contains { entries[$0].past.contains(suspicion) }
        }
    }

    /// The admission of a device by another one of its identity; nil for the first of an identity.
    private func admission(of device: DeviceID, in judgement: Judgement) -> Int? {
        related.claims[device, default: []].filter { number in
            guard case .admitDevice = entries[number].act.deed else { return false }
            return judgement.members[entries[number].act.identity]?.devices[device] == number
        }.min { entries[$0].rank < entries[$1].rank }
    }

    func device(admittedBy number: Int) -> DeviceID? {
        switch entries[number].act.deed {
        case .genesis(let device), .admit(_, let device, _, _), .admitDevice(let device): device
        default: nil
        }
    }

    /// The device whose presence an act decides about.
    private func device(concernedBy number: Int) -> DeviceID? {
        guard case .revokeDevice(let device) = entries[number].act.deed else {
            return device(admittedBy: number)
        }
        return device
    }
}
