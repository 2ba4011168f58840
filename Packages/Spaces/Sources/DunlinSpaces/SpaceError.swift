import DunlinCredentials
import DunlinFeeds
import DunlinKeys
import DunlinCausality
import DunlinInvitations
import DunlinObjects

/// Why a space could not do what was asked.
public enum SpaceError: Error, Sendable, CustomStringConvertible {
    /// No space of this id is open here. List the spaces, or join it first.
    case unknownSpace(SpaceID)
    /// The space is open already.
    case alreadyOpen(SpaceID)
    /// Creating or joining the space was cut short before anything of it was stored. Do it again.
    case unfinished(SpaceID)
    /// The space was put back from a copy, or is behind what this device has sent. Connect to a peer once:
    /// what was written since then comes back, and writing goes on.
    case unsettled(SpaceID)
    /// No identity on this device yet. Create one, recover it from its phrase, or join as a device.
    case noIdentity
    /// There is an identity on this device already.
    case identityExists
    /// This device's role in the space does not allow it; ask an admin.
    case notAllowed(needs: Role, has: Role?)
    /// Nobody of this key belongs to the space. List the members.
    case notMember(IdentityID)
    /// The identity has no such device in the space, or it is this one. List the devices.
    case noSuchDevice(DeviceID)
    /// Only somebody more senior can do this: an admin who was let in earlier, for devices an older one or
    /// the phrase, or the council.
    case notSenior
    /// The space's content key has not arrived yet. Sync with a member, then try again.
    case noContentKey(SpaceID)
    /// A name is empty, longer in UTF-8 than guests accept, or has control characters.
    case badName(limit: Int)
    /// No such object, or it was deleted.
    case unknownObject(ObjectID)
    /// The object belongs to another device, which alone can change it.
    case ownedObject(ObjectID)
    /// So many letters of this device wait there already. Cancel invitations that nobody accepts.
    case tooManyLetters(limit: Int)
    /// The change of one commit is larger than a block may be. Split it into several commits.
    case commitTooLarge(byteCount: Int, limit: Int)
    /// The saved state or history of an object does not decode, and the feeds know of no such object. Delete
    /// the space's derived state; it is rebuilt.
    case damagedObject(ObjectID, cause: ObjectError)
    /// Saved metadata of the space does not decode.
    case damagedMetadata(key: String)
    /// The store failed; nothing was changed.
    case store(StoreError)
    case graph(GraphError)
    case feed(FeedError)
    case invitation(InvitationError)
    case noInvitation(InvitationID)
    /// An invitation is for 1 to so many devices.
    case badUseCount(limit: Int)
    /// Only who made the invitation, or an admin senior to it, can end it for all members.
    case juniorToInviter(InvitationID)
    case credential(CredentialError)
    case key(KeyError)
    /// The edit made no sense; nothing was changed.
    case object(ObjectError)

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .unknownSpace(let id): "There is no space \(id) on this device; join it first."
        case .alreadyOpen(let id): "The space \(id) is open already."
        case .badName(let limit):
            """
            A name has 1 to \(limit) bytes, something to see, no control characters, and nothing that turns \
            writing; choose another.
            """

        case .unfinished(let id): "Creating or joining the space \(id) was cut short; do it again."
        case .unsettled(let id):
            "The space \(id) was put back from a copy; sync with a peer once, then write. If no peer "
                + "has what was written since: `dunlin adopt --alone`."
        case .noIdentity: "This device has no identity yet; create, recover or join one first."
        case .identityExists: "This device has an identity already."
        case .notAllowed(let needs, let has):
            "This needs the role \(needs); this device has \(has.map { "\($0)" } ?? "none")."
        case .notMember(let identity):
            "\(DIDKey.encode(identity)) is no member of the space; list its members."
        case .noSuchDevice(let device): "There is no other device \(device) of this identity in the space."
        case .notSenior:
            "Whoever this is against was here first; somebody senior can do it, or the phrase for a device."
        case .noContentKey(let id): "The content key of space \(id) has not arrived; sync with a member."
        case .unknownObject(let id): "There is no object \(id), or it was deleted."
        case .ownedObject(let id): "The object \(id) belongs to another device, which alone can change it."
        case .tooManyLetters(let limit):
            "\(limit) invitations of this device wait there already; cancel some, or wait for an answer."
        case .commitTooLarge(let count, let limit):
            "The commit has \(count) bytes; a block may have \(limit). Split it."
        case .damagedObject(let id, let cause): "The saved state of object \(id) is damaged: \(cause)"
        case .damagedMetadata(let key): "The saved metadata \(key) of the space is damaged."
        case .store(let cause): "\(cause)"
        case .graph(let cause): "\(cause)"
        case .feed(let cause): "\(cause)"
        case .invitation(let cause): "\(cause)"
        case .noInvitation(let id): "There is no open invitation \(id)."
        case .badUseCount(let limit): "An invitation is for 1 to \(limit) devices; choose another number."
        case .juniorToInviter(let id):
            "The invitation \(id) was made by an admin senior to you; ask who made it to cancel it."
        case .credential(let cause): "\(cause)"
        case .key(let cause): "\(cause)"
        case .object(let cause): "\(cause)"
        }
    }
}
