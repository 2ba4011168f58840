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

    /// Members of a space, present devices of one identity and of all, beyond which nobody is let in.
    static let memberLimit = 1_000, deviceLimit = 32, allDevicesLimit = 1_400
    /// Devices of one identity beyond which its own key lets none in: more than its devices may, so that who
    /// has stolen one of those can fill no place that the phrase needs.
    static let ownKeyDeviceLimit = 64

    /// Everything known, what is invalid too; parents come first.
    private(set) var entries: [Entry] = []
    private(set) var index: [CredentialID: Int] = [:]
    /// Acts that no other names as a parent, ascending.
    private(set) var frontier: [Int] = []
    private var headSet = AncestorSet()
    /// Valid acts that are in no valid act's past, ascending.
    var heads: [Int] { headSet.all }
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
        for parent in parents.reversed() {
            past.formUnion(entries[parent].past)
            depth = max(depth, entries[parent].depth + 1)
        }
        for parent in parents { past.insert(parent) }
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
        related.add(number, entry)
        if let standing = entry.standing, let invite = invite(of: act) {
            related.redeem(invite, by: number) { other in
                entries[other].standing.map { $0.turn < standing.turn } ?? false
            }
        }
        let isInLine = parentHeads == frontier
        // What has no child yet and is in its past is a parent.
        for parent in parents { remove(parent, fromAscending: &frontier) }
        frontier.append(number)
        if entry.standing != nil {
            for head in headSet.places(in: past, and: past) { headSet.remove(head) }
            headSet.insert(number)
        }
        var after = before
        let touched = take(number, into: &after)
        judgements.keep(after, at: [number])
        if isInLine {
            current = after
            changed.formUnion(touched)
        } else {
            // Taken out, so that it is changed where it is and not as a copy.
            var now = current
            current = Judgement()
            changed.formUnion(take(number, into: &now))
            current = now
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

    private func remove(_ number: Int, fromAscending numbers: inout [Int]) {
        var low = 0, high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < numbers.count, numbers[low] == number { numbers.remove(at: low) }
    }

    // MARK: Judging

    /// An act that is to be judged.
    private struct Pending: Comparable {
        var turn: Standing.Turn
        var number: Int
        /// A place of an invite has become free, and goes to whoever comes next.
        var isOffered = false

        static func < (a: Pending, b: Pending) -> Bool { a.turn < b.turn }
        static func == (a: Pending, b: Pending) -> Bool { a.number == b.number }
    }

    /// Judges an act, whose past is judged already, and again what it changes.
    /// - Returns: Identities about which something else holds.
    private func take(_ number: Int, into judgement: inout Judgement) -> Set<IdentityID> {
        judgement.included.insert(number)
        judgement.count += 1
        guard let turn = entries[number].standing?.turn else { return [] }
        var waiting = Heap<Pending>([Pending(turn: turn, number: number)])
        var changes: [IdentityID: [Int]] = [:]
        // What waits or has been judged: nothing is judged twice.
        var queued = AncestorSet()
        while var next = waiting.popMin() {
            while let same = waiting.min, same.number == next.number {
                next.isOffered = next.isOffered || same.isOffered
                _ = waiting.popMin()
            }
            let cause = cause(of: next.number, in: judgement)
            let isStruck = cause?.isStrike ?? false
            if isStruck != judgement.struck.contains(next.number) {
                if isStruck {
                    judgement.struck.insert(next.number)
                } else {
                    judgement.struck.remove(next.number)
                }
            }
            let isFlipped = (cause == nil) != judgement.live.contains(next.number)
            if isFlipped {
                flip(next.number, isLive: cause == nil, &judgement)
                for identity in affectedIdentities(next.number) {
                    changes[identity, default: []].append(next.number)
                }
                for other in dependents(of: next.number, isLive: cause == nil, in: judgement, but: queued) {
                    guard judgement.included.contains(other), !queued.contains(other),
                        let turn = entries[other].standing?.turn, next.turn < turn
                    else { continue }
                    queued.insert(other)
                    waiting.insert(Pending(turn: turn, number: other))
                }
            }
            if let offered = offered(
                after: next.number, isLeaving: isFlipped && cause != nil, next.isOffered, in: judgement),
                let turn = entries[offered].standing?.turn
            {
                waiting.insert(Pending(turn: turn, number: offered, isOffered: true))
            }
        }
        for (identity, numbers) in changes {
            judgement.set(identity, to: member(identity, after: numbers, in: judgement))
        }
        return Set(changes.keys)
    }

    private func flip(_ number: Int, isLive: Bool, _ judgement: inout Judgement) {
        if isLive { judgement.live.insert(number) } else { judgement.live.remove(number) }
        if let invite = invite(of: entries[number].act) {
            judgement.redeemed[invite, default: 0] += isLive ? 1 : -1
        }
        if case .setCouncil = entries[number].act.deed {
            judgement.councils = latest(judgement.councils, of: related.councils, after: [number], judgement)
        }
    }

    /// Live acts that are in no other such one's past.
    /// - Parameters:
    ///   - before: Those of them before some were judged anew.
    ///   - all: All acts of the kind.
    func latest(
        _ before: [Int], of all: AncestorSet, after changes: [Int], _ judgement: Judgement
    ) -> [Int] {
        guard changes.allSatisfy(judgement.live.contains) else {
            let live = all.places(in: judgement.live, and: judgement.live)
            var pasts = AncestorSet()
            for number in live { pasts.formUnion(entries[number].past) }
            return live.filter { !pasts.contains($0) }
        }
        var latest = before
        for number in changes where !latest.contains(where: { entries[$0].past.contains(number) }) {
            latest.removeAll { entries[number].past.contains($0) }
            latest.append(number)
        }
        return latest
    }

    /// The invite through which an act lets somebody in.
    func invite(of act: Act) -> Int? {
        guard case .admit(_, _, _, let invite?) = act.deed else { return nil }
        return index[invite]
    }

    /// Whose membership, role or devices an act is about; of what concerns a device, whose issuer it is.
    func affectedIdentity(_ number: Int) -> IdentityID? {
        let act = entries[number].act
        switch act.deed {
        case .genesis, .admitDevice, .revokeDevice, .suspectDevice, .liftDevice: return act.identity
        case .admit(let identity, _, _, _), .remove(let identity, _, _), .setRole(let identity, _):
            return identity
        case .invite, .cancelInvite, .setCouncil, .plain: return nil
        }
    }

    /// Everybody whose membership, role or devices an act is about: a device may be claimed by several.
    private func affectedIdentities(_ number: Int) -> Set<IdentityID> {
        var identities = Set(affectedIdentity(number).map { [$0] } ?? [])
        switch entries[number].act.deed {
        case .revokeDevice(let device), .suspectDevice(let device), .liftDevice(let device):
            for claim in related.claims[device, default: []] {
                if let identity = affectedIdentity(claim) { identities.insert(identity) }
            }
        case .genesis, .admit, .admitDevice, .remove, .setRole, .invite, .cancelInvite, .setCouncil, .plain:
            break
        }
        return identities
    }

    /// Why an act is void; nil when it is live. Everything before its turn is judged.
    func cause(of number: Int, in judgement: Judgement) -> VoidCause? {
        let entry = entries[number]
        guard let standing = entry.standing else { return nil }
        if let council = standing.council {
            let left = council.signers.count { signer in
                !(related.councilRemovals[signer]?.places(in: judgement.live, butNot: entry.past) ?? [])
                    .contains { isLive($0, before: standing, judgement) && areConcurrent($0, number) }
            }
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
        let isSecond = device(admittedBy: number).map { device in
            related.claims[device, default: []].contains { other in
                self.invite(of: entries[other].act) == invite && isLive(other, before: standing, judgement)
            }
        }
        if isSecond == true { return .usedUp(invite: id) }
        // All live ones are of different devices: they need not be looked at unless they fill it.
        let all = judgement.redeemed[invite] ?? 0
        guard all - (judgement.live.contains(number) ? 1 : 0) >= limit else { return nil }
        var left = limit
        for other in related.redemptions[invite, default: []] {
            guard left > 0, let turn = entries[other].standing?.turn, turn < standing.turn else { break }
            if judgement.live.contains(other) { left -= 1 }
        }
        return left > 0 ? nil : .usedUp(invite: id)
    }

    func isLive(_ number: Int, before standing: Standing, _ judgement: Judgement) -> Bool {
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
        if let removals = related.removals[entry.act.identity],
            let by = hit(by: removals, number, standing, judgement)
        {
            return .removed(by: by)
        }
        if let device = entry.act.device, let revocations = related.revocations[device],
            let by = hit(by: revocations, number, standing, judgement)
        {
            return .revoked(by: by)
        }
        guard standing.needsAdmin, let demotions = related.demotions[entry.act.identity] else { return nil }
        return hit(by: demotions, number, standing, judgement).map { .demoted(by: $0) }
    }

    /// - Parameter removals: all of one target and kind.
    private func hit(
        by removals: AncestorSet, _ number: Int, _ standing: Standing, _ judgement: Judgement
    ) -> CredentialID? {
        let past = entries[number].past
        let hit = removals.first(in: judgement.live, butNot: past) { other in
            isLive(other, before: standing, judgement) && areConcurrent(other, number)
                && outranks(other, standing)
        }
        guard let hit else { return nil }
        // Whoever could have voided it and had seen it has let it stand. What has seen it came later.
        let witness = removals.first(in: judgement.live, butNot: past, from: number + 1) { other in
            guard entries[other].past.contains(number), let witness = entries[other].standing,
                witness.turn < standing.turn
            else { return false }
            return !witness.isOwn && isSenior(other, witness, to: standing)
        }
        return witness != nil ? nil : entries[hit].act.id
    }

    func isSenior(_ number: Int, _ remover: Standing, to standing: Standing) -> Bool {
        if case .revokeDevice = entries[number].act.deed {
            return remover.isRoot || (remover.issuer, remover.device) < (standing.issuer, standing.device)
        }
        return remover.council != nil || remover.issuer < standing.issuer
    }

    func outranks(_ number: Int, _ standing: Standing) -> Bool {
        guard let remover = entries[number].standing else { return false }
        guard remover.isOwn else { return isSenior(number, remover, to: standing) }
        // Leaving voids what one's own devices do elsewhere; a device that takes itself out voids nothing.
        guard case .remove = entries[number].act.deed else { return false }
        return !standing.isRoot && !standing.isLeaving && remover.issuer <= standing.issuer
    }
}
