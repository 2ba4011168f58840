import DunlinKeys
import HashTreeCollections

/// A member by some acts.
struct JudgedMember: Sendable {
    var role: Role
    /// Its admission in force.
    var admission: Int
    /// Live changes of its role since then that are in no other such one's past.
    var roles: [Int] = []
    /// Its present devices, each with its admission.
    var devices: TreeDictionary<DeviceID, Int> = [:]
    /// It has let in more than there may be.
    var hasMoreDevices = false
}

/// What follows from some acts that hold their whole past. Copies share what they have in common.
struct Judgement: Sendable {
    var included = AncestorSet()
    /// Acts in `included`.
    var count = 0
    /// Valid acts that are not void.
    var live = AncestorSet()
    /// Valid acts that a removal, a revocation or a demotion makes void.
    var struck = AncestorSet()
    /// Live admissions through each invite.
    var redeemed: TreeDictionary<Int, Int> = [:]
    /// Live namings of a council that are in no other such one's past.
    var councils: [Int] = []
    private(set) var members: TreeDictionary<IdentityID, JudgedMember> = [:]
    /// Present devices of all members.
    private(set) var deviceCount = 0

    mutating func set(_ identity: IdentityID, to member: JudgedMember?) {
        deviceCount += (member?.devices.count ?? 0) - (members[identity]?.devices.count ?? 0)
        members[identity] = member
    }
}

/// Judgements at places of the graph where others may go on.
struct JudgementCache: Sendable {
    private static let recentLimit = 512
    /// Of so many acts in a row one is kept for good, so that no place is far from one.
    private static let stride = 32

    private var known: [[Int]: Judgement] = [:]
    private var recent: [[Int]] = []
    private var oldest = 0

    subscript(heads: [Int]) -> Judgement? { known[heads] }

    mutating func keep(_ judgement: Judgement, at heads: [Int]) {
        guard known.updateValue(judgement, forKey: heads) == nil else { return }
        if heads.count == 1, heads[0].isMultiple(of: Self.stride) { return }
        if recent.count < Self.recentLimit { return recent.append(heads) }
        known[recent[oldest]] = nil
        recent[oldest] = heads
        oldest = (oldest + 1) % Self.recentLimit
    }

    /// One that lies within the past of some heads, the largest when that takes no long search; an empty one
    /// when there is none.
    func largest(within heads: [Int], past: AncestorSet) -> Judgement {
        if let near = nearest(within: past), past.count - near.count < Self.stride { return near }
        var largest = Judgement()
        for (place, judgement) in known
        where judgement.count > largest.count && place.allSatisfy(past.contains) {
            largest = judgement
        }
        return largest
    }

    /// That of the last act in a past, of so many, at which one is kept.
    private func nearest(within past: AncestorSet) -> Judgement? {
        past.last(2 * Self.stride) { known[[$0]] != nil }.flatMap { known[[$0]] }
    }
}
