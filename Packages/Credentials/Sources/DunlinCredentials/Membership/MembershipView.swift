import DunlinKeys

/// Seniority: the depth and id of an admission. Smaller is more senior.
public struct Rank: Hashable, Comparable, Sendable {
    public var depth: Int
    public var id: CredentialID

    public static func < (a: Rank, b: Rank) -> Bool { a.depth == b.depth ? a.id < b.id : a.depth < b.depth }
}

/// A device of a member, with the keys it uses in the space.
public struct PresentDevice: Hashable, Sendable {
    public var id: DeviceID
    public var identity: IdentityID
    public var chain: CertificateChain
    public var binding: DeviceBinding
    public var rank: Rank
}

public struct Member: Hashable, Sendable {
    public var identity: IdentityID
    public var role: Role
    public var rank: Rank
    public var devices: [DeviceID: PresentDevice]
}

/// Who belongs to a space, by some set of credentials.
public struct MembershipView: Hashable, Sendable {
    public internal(set) var members: [IdentityID: Member] = [:]

    /// Members from the most senior to the most junior.
    public var membersByRank: [Member] { members.values.sorted { $0.rank < $1.rank } }

    /// Every present device, the more senior first.
    public var devices: [PresentDevice] {
        membersByRank.flatMap { $0.devices.values.sorted { $0.rank < $1.rank } }
    }

    public func device(_ id: DeviceID) -> PresentDevice? {
        for member in members.values { if let device = member.devices[id] { return device } }
        return nil
    }

    public func role(of device: DeviceID) -> Role? {
        members.values.first { $0.devices[device] != nil }?.role
    }
}
