import DunlinEncoding
import DunlinKeys

/// Seniority: the depth and id of an admission. Smaller is more senior.
public struct Rank: Hashable, Comparable, Sendable {
    /// How deep the admission lies in the graph of credentials; the genesis has the least.
    public var depth: Int
    /// The admission; decides between equal depths.
    public var id: CredentialID

    /// Before all: an identity's own key among its devices.
    static let root = Rank(depth: -1, id: CredentialID(raw: Bytes32()))

    /// The senior first.
    public static func < (a: Rank, b: Rank) -> Bool { a.depth == b.depth ? a.id < b.id : a.depth < b.depth }
}

/// A device of a member, with the keys it uses in the space.
public struct PresentDevice: Hashable, Sendable {
    /// The device's signing key.
    public var id: DeviceID
    /// Whose device it is.
    public var identity: IdentityID
    /// Shows that it is the identity's.
    public var chain: CertificateChain
    /// The keys that it uses in the space.
    public var binding: DeviceBinding
    /// How senior it is among all.
    public var rank: Rank
    /// Another device of its identity holds it for stolen: it gets no new keys.
    public var isSuspended = false
}

/// Somebody who belongs to the space.
public struct Member: Hashable, Sendable {
    /// The key of the identity.
    public var identity: IdentityID
    /// What it may do.
    public var role: Role
    /// How senior it is; decides between contradicting credentials.
    public var rank: Rank
    /// Its devices in the space, by their keys.
    public var devices: [DeviceID: PresentDevice]
}

/// Who belongs to a space, by some set of credentials.
public struct MembershipView: Hashable, Sendable {
    /// Everybody who belongs to the space.
    public private(set) var members: [IdentityID: Member] = [:]
    /// Who says that a device is theirs: one identity, but for somebody who goes by two.
    private var holders: [DeviceID: Set<IdentityID>] = [:]

    /// Members from the most senior to the most junior.
    public var membersByRank: [Member] { members.values.sorted { $0.rank < $1.rank } }

    /// Every present device, the more senior first.
    public var devices: [PresentDevice] {
        membersByRank.flatMap { $0.devices.values.sorted { $0.rank < $1.rank } }
    }

    /// A device of any member, by its most senior admission; nil for a stranger's.
    public func device(_ id: DeviceID) -> PresentDevice? {
        holders[id]?.compactMap { members[$0]?.devices[id] }.min { $0.rank < $1.rank }
    }

    /// What a device may do; nil for a stranger's.
    public func role(of device: DeviceID) -> Role? {
        self.device(device).flatMap { members[$0.identity]?.role }
    }

    mutating func set(_ identity: IdentityID, to member: Member?) {
        for device in members[identity]?.devices.keys ?? [:].keys {
            holders[device]?.remove(identity)
            if holders[device]?.isEmpty == true { holders[device] = nil }
        }
        for device in member?.devices.keys ?? [:].keys { holders[device, default: []].insert(identity) }
        members[identity] = member
    }
}
