import DunlinKeys

/// What a credential does, whose it is and what was before it: all that membership follows from.
///
/// Signatures and certificates are not in it; they are checked when a credential is read.
/// - Source: `Docs/Spec/Credentials.md`, "Evaluation".
public struct Act: Hashable, Sendable {
    /// Somebody who signed a council's removal beside its issuer.
    public struct Cosigner: Hashable, Sendable {
        /// Who.
        public var identity: IdentityID
        /// The device that signed; nil when it does not matter which.
        public var device: DeviceID?

        /// A signer by a device.
        public init(identity: IdentityID, device: DeviceID?) {
            self.identity = identity
            self.device = device
        }
    }

    /// What those who sign a council's removal have in mind.
    public struct Mandate: Hashable, Sendable {
        /// The act that named the council.
        public var council: CredentialID
        /// The admission of whom they take out.
        public var admission: CredentialID

        /// A mandate of a council.
        public init(council: CredentialID, admission: CredentialID) {
            self.council = council
            self.admission = admission
        }
    }

    /// What it does.
    public enum Deed: Hashable, Sendable {
        case genesis(device: DeviceID)
        /// Lets an identity in, with its first device; through an invite when that is named.
        case admit(IdentityID, device: DeviceID, role: Role, invite: CredentialID?)
        /// Adds a device of the issuer.
        case admitDevice(DeviceID)
        case revokeDevice(DeviceID)
        /// Takes a member out; the issuer itself when it leaves.
        case remove(IdentityID, cosigners: [Cosigner], under: Mandate? = nil)
        case setRole(IdentityID, Role)
        /// Lets whoever proves to hold a key be let in by any member, so many times.
        case invite(role: Role, limit: Int)
        case cancelInvite(CredentialID)
        /// Names who together can remove anybody.
        case setCouncil([IdentityID], threshold: Int)
        /// Keeps new keys from a device of the issuer.
        case suspectDevice(DeviceID)
        /// Ends all suspicion that it knows of.
        case liftDevice(DeviceID)
        /// Changes no membership; counts when its issuer has the role.
        case plain(needs: Role)
    }

    /// By which others name it; decides between equals.
    public var id: CredentialID
    /// What it names as its parents.
    public var parents: [CredentialID]
    /// Who issued it.
    public var identity: IdentityID
    /// The issuing device; nil for the identity itself.
    public var device: DeviceID?
    /// What it does.
    public var deed: Deed

    /// An act of these fields.
    public init(
        id: CredentialID, parents: [CredentialID], identity: IdentityID, device: DeviceID?, deed: Deed
    ) {
        self.id = id
        self.parents = parents
        self.identity = identity
        self.device = device
        self.deed = deed
    }
}

/// What the issuer of a valid act was in the act's own past. It never changes.
struct Standing: Sendable {
    /// Where an act stands in the order in which acts are judged: what an act rests on, and whatever can void
    /// it, stands before it.
    struct Turn: Comparable, Sendable {
        /// The genesis, removals by a council, the rest.
        var group = 2
        var issuer: Rank
        /// Acts of the identity itself, then its leaving, then acts of its devices.
        var kind = 2
        var device: Rank
        var own: Rank

        static func < (a: Turn, b: Turn) -> Bool {
            if a.group != b.group { return a.group < b.group }
            if a.group == 2 {
                if a.issuer != b.issuer { return a.issuer < b.issuer }
                if a.kind != b.kind { return a.kind < b.kind }
                if a.device != b.device { return a.device < b.device }
            }
            return a.own < b.own
        }

        /// The later of the two places, for an act of its own.
        func later(of other: Turn) -> Turn {
            var mine = self, others = other
            others.own = own
            mine.group = 2
            others.group = 2
            return mine < others ? others : mine
        }
    }

    /// Rank of the issuer's admission.
    var issuer: Rank
    /// Rank of the admission of the issuer's device; before all for the identity itself.
    var device: Rank
    /// Issued by the identity itself.
    var isRoot: Bool
    /// The issuer removes itself, or the device itself.
    var isOwn = false
    var isLeaving = false
    /// The valid signers of a council's removal, and how many it needs.
    var council: (signers: [IdentityID], needed: Int)?
    /// Acts without which this one is void.
    var support: [Int]
    /// A demotion that it did not know of voids it.
    var needsAdmin = false
    var turn: Turn
}

/// Why a valid act is without effect, by all that is known.
public enum VoidCause: Hashable, Sendable {
    /// Something that it rests on is void: the admission of its issuer or device, or the invite.
    case restsOn(CredentialID)
    /// Its issuer was removed by somebody more senior who had not seen it.
    case removed(by: CredentialID)
    /// The device that issued it was revoked by a more senior one that had not seen it.
    case revoked(by: CredentialID)
    /// Its issuer was no longer an admin, by somebody more senior who had not seen it.
    case demoted(by: CredentialID)
    /// The invite was used up by others.
    case usedUp(invite: CredentialID)
    /// The invite was ended by somebody who had not seen it.
    case cancelled(by: CredentialID)
    /// Too many of the council who signed were removed by the council at the same time.
    case councilBroken
}
