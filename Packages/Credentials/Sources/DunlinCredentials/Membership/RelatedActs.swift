import DunlinKeys

/// Valid acts by what they are about.
struct RelatedActs: Sendable {
    private(set) var removals: [IdentityID: AncestorSet] = [:]
    private(set) var roles: [IdentityID: AncestorSet] = [:]
    /// Those of `roles` that take the right of an admin.
    private(set) var demotions: [IdentityID: AncestorSet] = [:]
    private(set) var admissions: [IdentityID: [Int]] = [:]
    /// Admissions of devices, by whose they are; the first device's is the identity's.
    private(set) var devices: [IdentityID: [Int]] = [:]
    private(set) var revocations: [DeviceID: AncestorSet] = [:]
    /// Admissions through an invite, by the invite, in the order in which they are judged.
    private(set) var redemptions: [Int: [Int]] = [:]
    private(set) var cancellations: [CredentialID: [Int]] = [:]
    /// Admissions by the device that they let in.
    private(set) var claims: [DeviceID: [Int]] = [:]
    private(set) var suspicions: [DeviceID: [Int]] = [:]
    private(set) var lifts: [DeviceID: [Int]] = [:]
    private(set) var councils = AncestorSet()
    /// Removals by a council, by whom they take out.
    private(set) var councilRemovals: [IdentityID: AncestorSet] = [:]
    /// Those of `councilRemovals` that somebody has signed.
    private(set) var decisions: [IdentityID: AncestorSet] = [:]
    /// Acts without the one of the number they are void.
    private(set) var resting: [Int: [Int]] = [:]
    private(set) var issuedBy: [IdentityID: AncestorSet] = [:]
    private(set) var issuedOn: [DeviceID: AncestorSet] = [:]

    mutating func add(_ number: Int, _ entry: Membership.Entry) {
        guard let standing = entry.standing else { return }
        for support in standing.support { resting[support, default: []].append(number) }
        issuedBy[entry.act.identity, default: AncestorSet()].insert(number)
        if let device = entry.act.device { issuedOn[device, default: AncestorSet()].insert(number) }
        switch entry.act.deed {
        case .genesis(let device):
            admissions[entry.act.identity, default: []].append(number)
            devices[entry.act.identity, default: []].append(number)
            claims[device, default: []].append(number)
        case .admit(let identity, let device, _, _):
            admissions[identity, default: []].append(number)
            devices[identity, default: []].append(number)
            claims[device, default: []].append(number)
        case .admitDevice(let device):
            devices[entry.act.identity, default: []].append(number)
            claims[device, default: []].append(number)
        case .cancelInvite(let invite): cancellations[invite, default: []].append(number)
        case .suspectDevice(let device): suspicions[device, default: []].append(number)
        case .liftDevice(let device): lifts[device, default: []].append(number)
        case .revokeDevice(let device): revocations[device, default: AncestorSet()].insert(number)
        case .remove(let identity, _, _):
            removals[identity, default: AncestorSet()].insert(number)
            guard let council = standing.council else { break }
            councilRemovals[identity, default: AncestorSet()].insert(number)
            for signer in council.signers { decisions[signer, default: AncestorSet()].insert(number) }
        case .setRole(let identity, let role):
            roles[identity, default: AncestorSet()].insert(number)
            if role < .admin { demotions[identity, default: AncestorSet()].insert(number) }
        case .setCouncil: councils.insert(number)
        case .invite, .plain: break
        }
    }

    /// Adds an admission to those through an invite.
    /// - Parameter isBefore: whether one of them is judged before it.
    mutating func redeem(_ invite: Int, by number: Int, isBefore: (Int) -> Bool) {
        var low = 0, high = redemptions[invite, default: []].count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(redemptions[invite, default: []][middle]) { low = middle + 1 } else { high = middle }
        }
        redemptions[invite, default: []].insert(number, at: low)
    }
}
