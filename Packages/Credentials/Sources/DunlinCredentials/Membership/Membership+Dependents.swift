import DunlinKeys

/// What is to be judged again when an act becomes live or void: nothing that cannot change.
///
/// Without that, a member's own acts and its own removals of itself would be judged each against each, as
/// often as one more of them comes.
extension Membership {
    /// Acts that may become live or void when one just did.
    /// - Parameter queued: Acts that are judged again already.
    func dependents(
        of number: Int, isLive: Bool, in judgement: Judgement, but queued: AncestorSet
    ) -> [Int] {
        let entry = entries[number]
        guard let standing = entry.standing else { return [] }
        // What rests on something can be live with it only.
        var numbers = related.resting[number, default: []].filter { judgement.live.contains($0) != isLive }
        switch entry.act.deed {
        case .remove(let identity, _, _):
            numbers += struck(
                by: number, standing, related.removals[identity], related.issuedBy[identity], isLive,
                judgement, queued)
            if standing.council != nil, let decisions = related.decisions[identity] {
                numbers += decisions.places(in: judgement.included, butNot: entry.past)
                    .filter { judgement.live.contains($0) == isLive }
            }
        case .setRole(let identity, let role) where role < .admin:
            numbers += struck(
                by: number, standing, related.demotions[identity], related.issuedBy[identity], isLive,
                judgement, queued)
        case .revokeDevice(let device) where !standing.isOwn:
            numbers += struck(
                by: number, standing, related.revocations[device], related.issuedOn[device], isLive,
                judgement, queued)
        case .cancelInvite(let id):
            guard let invite = index[id] else { break }
            numbers += related.redemptions[invite, default: []].filter {
                judgement.live.contains($0) == isLive && !entry.past.contains($0)
            }
        case .admit(_, let device, _, .some):
            if let invite = invite(of: entry.act) {
                numbers += redemptions(besides: number, of: invite, device, isLive, judgement)
            }
        case .genesis, .admit, .admitDevice, .revokeDevice, .setRole, .invite, .setCouncil, .suspectDevice,
            .liftDevice, .plain:
            break
        }
        return numbers
    }

    /// Acts that a removal, revocation or demotion makes void or live.
    /// - Parameters:
    ///   - kind: all of its kind and target.
    ///   - issued: acts of the target.
    private func struck(
        by number: Int, _ remover: Standing, _ kind: AncestorSet?, _ issued: AncestorSet?, _ isLive: Bool,
        _ judgement: Judgement, _ queued: AncestorSet
    ) -> [Int] {
        guard let issued, let kind else { return [] }
        let past = entries[number].past
        // What it has not seen it can make void; what it has seen it lets stand against others.
        let unseen = issued.places(in: isLive ? judgement.live : judgement.struck, butNot: past, queued)
            .filter { entries[$0].standing.map { outranks(number, $0) } ?? false }
        guard !remover.isOwn,
            isLive || !kind.places(in: judgement.live, and: judgement.live).isEmpty
        else { return unseen }
        let seen = issued.places(in: isLive ? judgement.struck : judgement.live, and: past, butNot: queued)
            .filter { entries[$0].standing.map { isSenior(number, remover, to: $0) } ?? false }
        return unseen + seen
    }

    /// Other admissions through an invite: of the same device, and those that have no place any more.
    private func redemptions(
        besides number: Int, of invite: Int, _ device: DeviceID, _ isLive: Bool, _ judgement: Judgement
    ) -> [Int] {
        var numbers = related.claims[device, default: []].filter {
            $0 != number && judgement.live.contains($0) == isLive
                && self.invite(of: entries[$0].act) == invite
        }
        guard isLive, case .invite(_, let limit) = entries[invite].act.deed else { return numbers }
        var excess = (judgement.redeemed[invite] ?? 0) - limit
        for other in related.redemptions[invite, default: []].reversed() {
            guard excess > 0, other != number else { break }
            guard judgement.live.contains(other) else { continue }
            numbers.append(other)
            excess -= 1
        }
        return numbers
    }

    /// Who gets the place of an invite that has become free: the next who has none.
    /// - Parameters:
    ///   - isLeaving: the act had a place, and has none any more.
    ///   - isOffered: a place was offered to it.
    func offered(
        after number: Int, isLeaving: Bool, _ isOffered: Bool, in judgement: Judgement
    ) -> Int? {
        guard isLeaving || isOffered, let invite = invite(of: entries[number].act),
            case .invite(_, let limit) = entries[invite].act.deed,
            let turn = entries[number].standing?.turn
        else { return nil }
        let free = limit - (judgement.redeemed[invite] ?? 0)
        guard free > 0, isOffered || free == 1 else { return nil }
        let all = related.redemptions[invite, default: []]
        var low = 0, high = all.count
        while low < high {
            let middle = (low + high) / 2
            if let other = entries[all[middle]].standing?.turn, turn < other {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return all[low...].first { judgement.included.contains($0) && !judgement.live.contains($0) }
    }
}

extension VoidCause {
    /// Whether a removal, a revocation or a demotion took its effect.
    var isStrike: Bool {
        switch self {
        case .removed, .revoked, .demoted: true
        case .restsOn, .usedUp, .cancelled, .councilBroken: false
        }
    }
}
