import DunlinKeys

/// What a credential says.
/// - Source: `Docs/Spec/Credentials.md`, "Types".
public enum CredentialBody: Hashable, Sendable {
    /// The first of a space; its issuer is the first member, an admin. Content keys of an identity's own
    /// space are sealed to a recovery key, too.
    case genesis(Admission, recovery: AgreementPublicKey? = nil)
    /// Lets an identity in with its first device; by anybody when the guest redeems an invite.
    case admit(Admission, Role, redeeming: Redemption? = nil)
    /// Lets a further device of the issuer in.
    case deviceAdmit(Admission)
    /// Takes a device of the issuer out.
    case deviceRevoke(DeviceID, cuts: [FeedCut], rotation: KeyRotation?)
    /// Takes a member out; the issuer itself when it leaves.
    case remove(IdentityID, cuts: [FeedCut], rotation: KeyRotation?, council: CouncilDecision? = nil)
    /// Changes what a member may do.
    case role(IdentityID, Role, cuts: [FeedCut])
    case invite(Invite)
    /// Ends an invite.
    case inviteCancel(CredentialID)
    case councilSet(Council)
    /// A new content key.
    case keyRotate(KeyRotation)
    /// A content key for devices that lack it.
    case keyShare(id: Digest, sealed: [SealedKey])
    /// Keeps new keys from a device of the issuer, until root or a device senior to it lifts that.
    case deviceSuspect(DeviceID)
    case deviceLift(DeviceID)

    /// Carried in blocks of type 0x00, since it must be readable before any content key is known, and by
    /// those whom it takes out.
    public var isControlKeyed: Bool {
        switch self {
        case .deviceRevoke, .remove, .keyRotate, .keyShare: true
        case .genesis, .admit, .deviceAdmit, .role, .invite, .inviteCancel, .councilSet, .deviceSuspect,
            .deviceLift:
            false
        }
    }

    /// The new content key in it.
    public var rotation: KeyRotation? {
        switch self {
        case .keyRotate(let rotation): rotation
        case .deviceRevoke(_, _, let rotation), .remove(_, _, let rotation, _): rotation
        case .genesis, .admit, .deviceAdmit, .role, .invite, .inviteCancel, .councilSet, .keyShare,
            .deviceSuspect, .deviceLift:
            nil
        }
    }

    /// The device that it lets in.
    public var admission: Admission? {
        switch self {
        case .genesis(let admission, _), .admit(let admission, _, _), .deviceAdmit(let admission): admission
        case .deviceRevoke, .remove, .role, .invite, .inviteCancel, .councilSet, .keyRotate, .keyShare,
            .deviceSuspect, .deviceLift:
            nil
        }
    }

    /// What stays of the feeds of whom it takes out or makes a reader.
    public var cuts: [FeedCut] {
        switch self {
        case .deviceRevoke(_, let cuts, _), .remove(_, let cuts, _, _), .role(_, _, let cuts): cuts
        case .genesis, .admit, .deviceAdmit, .invite, .inviteCancel, .councilSet, .keyRotate, .keyShare,
            .deviceSuspect, .deviceLift:
            []
        }
    }
}
