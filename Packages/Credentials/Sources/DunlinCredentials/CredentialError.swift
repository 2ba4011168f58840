import DunlinEncoding
import DunlinKeys

/// Why a credential, certificate or block was refused.
public enum CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(CBORError)
    case key(KeyError)
    /// A certificate in the chain is not signed by the one before it.
    case badChain
    /// The binding is for another space or not signed by the device.
    case badBinding
    case badSignature
    /// A type of a later version. Update Dunlin.
    case unknownType(UInt64)
    case tooLarge(byteCount: Int)
    case tooManyParents(Int)
    case otherSpace
    /// The issuer was not a member, or its device not present, in the credential's own past.
    case issuerUnknown
    /// The issuer's role does not allow it.
    case notAllowed
    /// The identity is a member already, or the device was admitted before.
    case alreadyAdmitted
    /// The invite was ended, or this device came in through it before.
    case inviteEnded
    /// The guest has not shown to hold the key of the invite that it names.
    case badProof
    /// More credentials in its past than a space may have.
    case tooManyCredentials
    /// It lets an identity into a space that has as many members as it may.
    case tooManyMembers
    /// It lets a device into a space that has as many devices as it may.
    case tooManyDevices
    /// It lets in a further device of an identity that has as many there as it may.
    case tooManyOwnDevices
    /// A second genesis, or one that has parents.
    case misplacedGenesis
    /// The content key is not here (yet).
    case missingKey(Digest)
    /// The block does not decrypt, or its padding is wrong.
    case unreadable

    /// Whether it would be good but for what a space may hold.
    public var isLimit: Bool {
        switch self {
        case .tooManyCredentials, .tooManyMembers, .tooManyDevices, .tooManyOwnDevices: true
        default: false
        }
    }

    /// One sentence: why the credential counts for nothing.
    public var description: String {
        switch self {
        case .malformed(let cause): "The credential is malformed: \(cause)"
        case .key(let cause): "\(cause)"
        case .badChain: "The device's certificates do not lead back to its identity."
        case .badBinding: "The device did not sign its keys for this space."
        case .badSignature: "The credential is not signed by its issuer."
        case .unknownType(let type): "The credential has type \(type), of a newer version; update Dunlin."
        case .tooLarge(let count): "The credential has \(count) bytes, more than is allowed."
        case .tooManyParents(let count): "The credential names \(count) parents; 16 are allowed."
        case .otherSpace: "The credential belongs to another space."
        case .issuerUnknown: "The credential's issuer was no member when it was issued."
        case .notAllowed: "The issuer's role does not allow this."
        case .alreadyAdmitted: "The identity or device is in the space already."
        case .inviteEnded: "The invitation was ended, or this device has used it before."
        case .badProof: "The guest does not hold the invitation's secret."
        case .tooManyCredentials: "The space has as many credentials as it may; found a new one."
        case .tooManyMembers:
            "The space has \(Membership.memberLimit) members, as many as it may; remove some first."
        case .tooManyDevices:
            "The space has \(Membership.allDevicesLimit) devices, as many as it may; remove some first."
        case .tooManyOwnDevices:
            """
            The identity has \(Membership.deviceLimit) devices or more in the space, as many as it \
            may; revoke some first.
            """
        case .misplacedGenesis: "A space has one genesis, at its beginning."
        case .missingKey: "The content key of a block has not arrived yet."
        case .unreadable: "A block does not decrypt."
        }
    }
}
