import DunlinKeys
import HashTreeCollections
import HeapModule

/// Who belongs to a space, by acts that form a causal graph.
///
/// Whether an act is valid is judged in its own past alone and never changes. Which valid acts are live, and
/// so who is a member, is a function of the set of acts: the order of arrival does not matter. An act is
/// judged when those that come before it in a fixed order are; what arrives makes only those be judged again
/// that it can change.
/// - Source: `Docs/Spec/Credentials.md`, "Evaluation".
struct Membership: Sendable {
    struct Entry: Sendable {
        var act: Act
        var depth: Int
        var past: AncestorSet
        /// nil when the act is not valid.
        var standing: Standing?

        var rank: Rank { Rank(depth: depth, id: act.id) }
    }

    /// Acts in the past of one; one with more is not valid.
    static let pastLimit = 65_536

    /// Everything known, what is invalid too; parents come first.
    private(set) var entries: [Entry] = []
    private(set) var index: [CredentialID: Int] = [:]
    /// Acts that no other names as a parent, ascending.
    private(set) var frontier: [Int] = []
    /// Valid acts that are in no valid act's past, ascending.
    private(set) var heads: [Int] = []
    /// By everything known.
    private(set) var current = Judgement()
    private var judgements = JudgementCache()
    /// Identities about which ``current`` says something else than before; whoever has taken note empties it.
    var changed: Set<IdentityID> = []
    var related = RelatedActs()

    init() {}

    // MARK: Growing

    /// Adds an act whose parents are known.
    /// - Parameter flaw: What is wrong with it that acts do not tell.
    /// - Returns: why it is not valid; nil when it is.
    mutating func add(_ act: Act, flaw: CredentialError? = nil) -> CredentialError? {
        var past = AncestorSet()
        var depth = 0
        let parents = Set(act.parents.compactMap { index[$0] }).sorted()
        for parent in parents {
            past.formUnion(entries[parent].past)
            past.insert(parent)
            depth = max(depth, entries[parent].depth + 1)
        }
        let parentHeads = maximal(parents)
        let before = judgement(at: parentHeads, past: past)
        let number = entries.count
        var entry = Entry(act: act, depth: depth, past: past, standing: nil)
        var error = flaw
        if entries.count > Self.pastLimit, past.count > Self.pastLimit { error = .tooManyCredentials }
        if error == nil {
            do throws(CredentialError) {
                entry.standing = try standing(of: act, rank: entry.rank, past: past, before)
            } catch let violation { error = violation }
        }
        index[act.id] = number
        entries.append(entry)
        related.add(number, entry, invite: invite(of: act))
        let isInLine = parentHeads == frontier
        frontier.removeAll { past.contains($0) }
        frontier.append(number)
        if entry.standing != nil {
            heads.removeAll { past.contains($0) }
            heads.append(number)
        }
        var after = before
        let touched = take(number, into: &after)
        judgements.keep(after, at: [number])
        if isInLine {
            current = after
            changed.formUnion(touched)
        } else {
            changed.formUnion(take(number, into: &current))
        }
        return error
    }

    /// Those of some acts that are in the past of none of the others.
    func maximal(_ numbers: [Int]) -> [Int] {
        numbers.filter { number in !numbers.contains { entries[$0].past.contains(number) } }
    }

    /// What is judged by some acts and all in their past.
    mutating func judgement(at numbers: [Int]) -> Judgement {
        let heads = maximal(numbers.sorted())
        var past = AncestorSet()
        for head in heads {
            past.formUnion(entries[head].past)
            past.insert(head)
        }
        return judgement(at: heads, past: past)
    }

    private mutating func judgement(at heads: [Int], past: AncestorSet) -> Judgement {
        if heads == frontier { return current }
        if let known = judgements[heads] { return known }
        var result = judgements.largest(within: heads, past: past)
        for number in past.subtracting(result.included) { _ = take(number, into: &result) }
        judgements.keep(result, at: heads)
        return result
    }

    // MARK: Judging

    /// Judges an act, whose past is judged already, and again what it changes.
    /// - Returns: Identities about which something else holds.
    private func take(_ number: Int, into judgement: inout Judgement) -> Set<IdentityID> {
        judgement.included.insert(number)
        judgement.count += 1
        guard let turn = entries[number].standing?.turn else { return [] }
        var waiting = Heap<Pending>([Pending(turn: turn, number: number)])
        var touched: Set<IdentityID> = []
        var last: Int?
        while let next = waiting.popMin() {
            guard next.number != last else { continue }
            last = next.number
            let isLive = cause(of: next.number, in: judgement) == nil
            guard isLive != judgement.live.contains(next.number) else { continue }
            if isLive {
                judgement.live.insert(next.number)
            } else {
                judgement.live.remove(next.number)
            }
            if let identity = affectedIdentity(next.number) { touched.insert(identity) }
            for other in dependents(of: next.number) {
                guard judgement.included.contains(other), let turn = entries[other].standing?.turn,
                    next.turn < turn
                else { continue }
                waiting.insert(Pending(turn: turn, number: other))
            }
        }
        for identity in touched { judgement.members[identity] = member(identity, in: judgement) }
        return touched
    }

    private func dependents(of number: Int) -> [Int] {
        let numbers = related.dependents(of: number, entries[number])
        let invite: Int? =
            switch entries[number].act.deed {
            case .cancelInvite(let id): index[id]
            default: invite(of: entries[number].act)
            }
        guard let invite else { return numbers }
        return numbers + related.redemptions[invite, default: []]
    }

    /// The invite through which an act lets somebody in.
    private func invite(of act: Act) -> Int? {
        guard case .admit(_, _, _, let invite?) = act.deed else { return nil }
        return index[invite]
    }

    private struct Pending: Comparable {
        var turn: Standing.Turn
        var number: Int

        static func < (a: Pending, b: Pending) -> Bool { a.turn < b.turn }
    }

    /// Whose membership, role or devices an act is about.
    func affectedIdentity(_ number: Int) -> IdentityID? {
        let act = entries[number].act
        switch act.deed {
        case .genesis, .admitDevice, .revokeDevice, .suspectDevice, .liftDevice: return act.identity
        case .admit(let identity, _, _, _), .remove(let identity, _, _), .setRole(let identity, _):
            return identity
        case .invite, .cancelInvite, .setCouncil, .plain: return nil
        }
    }

    /// Why an act is void; nil when it is live. Everything before its turn is judged.
    func cause(of number: Int, in judgement: Judgement) -> VoidCause? {
        let entry = entries[number]
        guard let standing = entry.standing else { return nil }
        if let council = standing.council {
            let lost = related.councilRemovals.filter {
                isLive($0, before: standing, judgement) && areConcurrent($0, number)
            }.compactMap { other -> IdentityID? in
                guard case .remove(let target, _, _) = entries[other].act.deed else { return nil }
                return target
            }
            let left = council.signers.count { !lost.contains($0) }
            return left < council.needed ? .councilBroken : nil
        }
        for support in standing.support where !judgement.live.contains(support) {
            return .restsOn(entries[support].act.id)
        }
        if let cause = removal(of: number, entry, standing, judgement) { return cause }
        return invite(of: entry.act).flatMap { redemption(of: number, $0, standing, judgement) }
    }

    /// Why an invite no longer lets somebody in.
    private func redemption(
        of number: Int, _ invite: Int, _ standing: Standing, _ judgement: Judgement
    ) -> VoidCause? {
        let id = entries[invite].act.id
        let cancellation = related.cancellations[id, default: []].first {
            isLive($0, before: standing, judgement) && areConcurrent($0, number)
        }
        if let cancellation { return .cancelled(by: entries[cancellation].act.id) }
        guard case .invite(_, let limit) = entries[invite].act.deed else { return nil }
        let device = device(admittedBy: number)
        var devices: Set<DeviceID?> = []
        for other in related.redemptions[invite, default: []] where isLive(other, before: standing, judgement)
        {
            devices.insert(self.device(admittedBy: other))
        }
        return devices.count >= limit || devices.contains(device) ? .usedUp(invite: id) : nil
    }

    private func isLive(_ number: Int, before standing: Standing, _ judgement: Judgement) -> Bool {
        guard judgement.live.contains(number), let other = entries[number].standing else { return false }
        return other.turn < standing.turn
    }

    func areConcurrent(_ a: Int, _ b: Int) -> Bool {
        a != b && !entries[a].past.contains(b) && !entries[b].past.contains(a)
    }

    /// The removal, revocation or demotion that hits an act.
    private func removal(
        of number: Int, _ entry: Entry, _ standing: Standing, _ judgement: Judgement
    ) -> VoidCause? {
        let removals = related.removals[entry.act.identity, default: []]
        if let by = hit(by: removals, number, standing, judgement) { return .removed(by: by) }
        if let device = entry.act.device {
            let revocations = related.revocations[device, default: []]
            if let by = hit(by: revocations, number, standing, judgement) { return .revoked(by: by) }
        }
        guard standing.needsAdmin else { return nil }
        let demotions = related.demotions[entry.act.identity, default: []]
        return hit(by: demotions, number, standing, judgement).map { .demoted(by: $0) }
    }

    /// - Parameter removals: all of one target and kind.
    private func hit(
        by removals: [Int], _ number: Int, _ standing: Standing, _ judgement: Judgement
    ) -> CredentialID? {
        let live = removals.filter { isLive($0, before: standing, judgement) }
        guard let hit = live.first(where: { areConcurrent($0, number) && outranks($0, standing) }) else {
            return nil
        }
        // Whoever could have voided it and had seen it has let it stand.
        let isWitnessed = live.contains { other in
            guard let witness = entries[other].standing, entries[other].past.contains(number) else {
                return false
            }
            return !witness.isOwn && isSenior(other, witness, to: standing)
        }
        return isWitnessed ? nil : entries[hit].act.id
    }

    private func isSenior(_ number: Int, _ remover: Standing, to standing: Standing) -> Bool {
        if case .revokeDevice = entries[number].act.deed {
            return remover.isRoot || (remover.issuer, remover.device) < (standing.issuer, standing.device)
        }
        return remover.council != nil || remover.issuer < standing.issuer
    }

    private func outranks(_ number: Int, _ standing: Standing) -> Bool {
        guard let remover = entries[number].standing else { return false }
        guard remover.isOwn else { return isSenior(number, remover, to: standing) }
        // Leaving voids what one's own devices do elsewhere; a device that takes itself out voids nothing.
        guard case .remove = entries[number].act.deed else { return false }
        return !standing.isRoot && !standing.isLeaving && remover.issuer <= standing.issuer
    }

    // MARK: Members

    private func member(_ identity: IdentityID, in judgement: Judgement) -> JudgedMember? {
        let removals = related.removals[identity, default: []].filter(judgement.live.contains)
        let admissions = related.admissions[identity, default: []].filter(judgement.live.contains)
            .sorted { entries[$0].rank < entries[$1].rank }
        let inForce = admissions.first { admission in !removals.contains { covers($0, admission) } }
        guard let inForce, let admitted = role(admittedBy: inForce) else { return nil }
        var latest: [Int] = []
        for number in related.roles[identity, default: []].reversed()
        where judgement.live.contains(number) && entries[number].past.contains(inForce)
            && !latest.contains(where: { entries[$0].past.contains(number) })
        {
            latest.append(number)
        }
        let roles = latest.compactMap { number -> Role? in
            guard case .setRole(_, let role) = entries[number].act.deed else { return nil }
            return role
        }
        var member = JudgedMember(role: roles.min() ?? admitted, admission: inForce)
        let devices = related.devices[identity, default: []].filter(judgement.live.contains)
            .sorted { entries[$0].rank < entries[$1].rank }
        for number in devices
        where (number == inForce || entries[number].past.contains(inForce))
            && !isRevoked(number, of: member, judgement)
        {
            guard let device = device(admittedBy: number), member.devices[device] == nil else { continue }
            member.devices[device] = number
        }
        return member
    }

    /// Whether a live removal takes back an admission: one that it knew, or a concurrent junior one.
    private func covers(_ removal: Int, _ admission: Int) -> Bool {
        if entries[removal].past.contains(admission) { return true }
        if entries[admission].past.contains(removal) { return false }
        guard let remover = entries[removal].standing else { return false }
        return remover.council != nil || remover.isOwn || remover.issuer < entries[admission].rank
    }

    private func isRevoked(_ admission: Int, of member: JudgedMember, _ judgement: Judgement) -> Bool {
        guard let device = device(admittedBy: admission) else { return true }
        return related.revocations[device, default: []].contains { number in
            guard judgement.live.contains(number), let remover = entries[number].standing else {
                return false
            }
            if entries[number].past.contains(admission) { return true }
            if entries[admission].past.contains(number) { return false }
            return remover.isRoot || remover.isOwn
                || (remover.issuer, remover.device) < (
                    entries[member.admission].rank, entries[admission].rank
                )
        }
    }

    /// Who a device speaks for; of several the one with the most senior admission of it.
    func holder(of device: DeviceID, in judgement: Judgement) -> JudgedMember? {
        let claims = related.claims[device, default: []].filter { number in
            affectedIdentity(number).flatMap { judgement.members[$0]?.devices[device] } == number
        }
        return claims.min { entries[$0].rank < entries[$1].rank }
            .flatMap { affectedIdentity($0) }.flatMap { judgement.members[$0] }
    }

    /// Whether a device of a member gets no new keys: a suspicion of it stands that nothing has lifted since.
    func isSuspended(_ device: DeviceID, in judgement: Judgement) -> Bool {
        let lifts = related.lifts[device, default: []].filter(judgement.live.contains)
        return related.suspicions[device, default: []].contains { suspicion in
            judgement.live.contains(suspicion)
                && !lifts.contains { entries[$0].past.contains(suspicion) }
        }
    }

    private func role(admittedBy number: Int) -> Role? {
        switch entries[number].act.deed {
        case .genesis: .admin
        case .admit(_, _, let role, _): role
        default: nil
        }
    }

    func device(admittedBy number: Int) -> DeviceID? {
        switch entries[number].act.deed {
        case .genesis(let device), .admit(_, let device, _, _), .admitDevice(let device): device
        default: nil
        }
    }
}
