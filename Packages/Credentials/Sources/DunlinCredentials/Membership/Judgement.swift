import DunlinKeys
import HashTreeCollections

/// A member by some acts.
struct JudgedMember: Hashable, Sendable {
    var role: Role
    /// Its admission in force.
    var admission: Int
    /// Its present devices, each with its admission.
    var devices: [DeviceID: Int] = [:]
}

/// What follows from some acts that hold their whole past. Copies share what they have in common.
struct Judgement: Sendable {
    var included = AncestorSet()
    /// Acts in `included`.
    var count = 0
    /// Valid acts that are not void.
    var live = AncestorSet()
    var members: TreeDictionary<IdentityID, JudgedMember> = [:]
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

    /// The largest that lies within the past of some heads; an empty one when none does.
    func largest(within heads: [Int], past: AncestorSet) -> Judgement {
        var largest = Judgement()
        for (place, judgement) in known
        where judgement.count > largest.count && place.allSatisfy(past.contains) {
            largest = judgement
        }
        return largest
    }
}

/// Acts by what they are about.
struct RelatedActs: Sendable {
    private(set) var removals: [IdentityID: [Int]] = [:]
    private(set) var roles: [IdentityID: [Int]] = [:]
    /// Those of `roles` that take the right of an admin.
    private(set) var demotions: [IdentityID: [Int]] = [:]
    private(set) var admissions: [IdentityID: [Int]] = [:]
    /// Admissions of devices, by whose they are; the first device's is the identity's.
    private(set) var devices: [IdentityID: [Int]] = [:]
    private(set) var revocations: [DeviceID: [Int]] = [:]
    /// Admissions through an invite, by the invite.
    private(set) var redemptions: [Int: [Int]] = [:]
    private(set) var cancellations: [CredentialID: [Int]] = [:]
    /// Admissions by the device that they let in.
    private(set) var claims: [DeviceID: [Int]] = [:]
    private(set) var suspicions: [DeviceID: [Int]] = [:]
    private(set) var lifts: [DeviceID: [Int]] = [:]
    private(set) var councils: [Int] = []
    private(set) var councilRemovals: [Int] = []
    private var resting: [Int: [Int]] = [:]
    private var issuedBy: [IdentityID: [Int]] = [:]
    private var issuedOn: [DeviceID: [Int]] = [:]

    mutating func add(_ number: Int, _ entry: Membership.Entry, invite: Int?) {
        guard let standing = entry.standing else { return }
        for support in standing.support { resting[support, default: []].append(number) }
        issuedBy[entry.act.identity, default: []].append(number)
        if let device = entry.act.device { issuedOn[device, default: []].append(number) }
        switch entry.act.deed {
        case .genesis(let device):
            admissions[entry.act.identity, default: []].append(number)
            devices[entry.act.identity, default: []].append(number)
            claims[device, default: []].append(number)
        case .admit(let identity, let device, _, _):
            admissions[identity, default: []].append(number)
            devices[identity, default: []].append(number)
            claims[device, default: []].append(number)
            if let invite { redemptions[invite, default: []].append(number) }
        case .admitDevice(let device):
            devices[entry.act.identity, default: []].append(number)
            claims[device, default: []].append(number)
        case .cancelInvite(let invite): cancellations[invite, default: []].append(number)
        case .suspectDevice(let device): suspicions[device, default: []].append(number)
        case .liftDevice(let device): lifts[device, default: []].append(number)
        case .revokeDevice(let device): revocations[device, default: []].append(number)
        case .remove(let identity, _, _):
            removals[identity, default: []].append(number)
            if standing.council != nil { councilRemovals.append(number) }
        case .setRole(let identity, let role):
            roles[identity, default: []].append(number)
            if role < .admin { demotions[identity, default: []].append(number) }
        case .setCouncil: councils.append(number)
        case .invite, .plain: break
        }
    }

    /// Acts that may become live or void when one does.
    func dependents(of number: Int, _ entry: Membership.Entry) -> [Int] {
        var numbers = resting[number, default: []]
        switch entry.act.deed {
        case .remove(let identity, _, _): numbers += issuedBy[identity, default: []]
        case .setRole(let identity, .reader), .setRole(let identity, .editor):
            numbers += issuedBy[identity, default: []]
        case .revokeDevice(let device): numbers += issuedOn[device, default: []]
        case .admit, .genesis, .admitDevice, .setRole, .invite, .cancelInvite, .setCouncil, .suspectDevice,
            .liftDevice, .plain:
            break
        }
        if entry.standing?.council != nil { numbers += councilRemovals }
        return numbers
    }
}
