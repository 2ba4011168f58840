import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinFeeds
import DunlinSpaces
import DunlinUV

/// Why the client could not do what was asked, with what to do about it.
public enum ClientError: Error, Sendable, CustomStringConvertible {
    /// Another process has this home open. Talk to it, or end it.
    case homeBusy(path: String)
    /// The home's folder cannot be made or written.
    case homeUnusable(path: String, reason: String)
    /// There is a home here already.
    case homeExists(path: String)
    /// There is no home here; make one with `init`.
    case noHome(path: String)
    /// The home was copied from another place; two of one kind would contradict each other. When the other
    /// one is no longer used, adopt this one; else make this installation a device of its own.
    case copiedHome(path: String)
    /// Written by a newer version. Update Dunlin.
    case newerHome(version: Int)
    /// The file of a space is damaged: put it back from a copy. The other spaces are open.
    case damagedSpace(SpaceID, file: String, SpaceError)
    case keyring(KeyringError)
    /// The store of the keys failed, or does not do what was asked.
    case keyStore(KeyStoreError)
    /// The identity's own space is this home's: sign out instead.
    case haloStays
    case phrase(SeedPhraseError)
    case space(SpaceError)
    case invitation(InvitationError)
    /// The port is taken by another program; choose another, or 0 for a free one.
    case portInUse(UInt16)
    case network(UVError)
    /// The text names no space. List the spaces.
    case unknownSpaceName(String)
    /// The text names so many spaces. Use the id of one.
    case ambiguousSpaceName(String, count: Int)
    case presentation(PresentationError)
    /// The phrase is that of another identity. Type that of this home's, or make another home for the other.
    case otherPhrase
    /// The text names no member of the space. List the members.
    case unknownMember(String)
    /// The text names so many members of the space. Give more of the key of one.
    case ambiguousMember(String, count: Int)
    /// The text names nobody of a common space. List the contacts.
    case unknownContact(String)
    /// The text names so many people of common spaces. Give the key of one.
    case ambiguousContact(String, count: Int)
    /// This device may only read in every space that it shares with somebody, so nothing can be left there.
    /// Hand over an invitation another way.
    case noWayTo(IdentityID)
    /// There is no such letter. List the invitations.
    case unknownLetter(String)
    /// That sender has left letters to so many spaces. Take one by its id.
    case ambiguousLetter(String, count: Int)
    /// This device was taken out of its identity. Sign out, and come back as a new device.
    case deviceRemoved
    /// Another device of the identity holds this one for stolen. Confirm it, by a device that is senior to it
    /// or with the phrase.
    case deviceSuspended
    /// The value does not fit the type it is read as.
    case undecodable(type: String, reason: String)
    case json(String)
    case closed

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .homeBusy(let path): "Another process has \(path) open; use it, or end it first."
        case .homeUnusable(let path, let reason): "The home \(path) cannot be used: \(reason)."
        case .homeExists(let path): "There is a home at \(path) already; choose another with --home."
        case .noHome(let path): "There is no home at \(path); make one with `dunlin init`."
        case .copiedHome(let path):
            "The home \(path) is a copy, and only one may write: `dunlin adopt` when the other is no longer "
                + "used; else make a device of its own with `dunlin init --device`."
        case .newerHome(let version): "The home has format \(version), of a newer version; update Dunlin."
        case .damagedSpace(let id, let file, let cause):
            "The space \(id) cannot be opened: \(cause) Put \(file) back from a copy; other spaces are open."
        case .keyring(let cause): "\(cause)"
        case .keyStore(let cause): "\(cause)"
        case .haloStays: "The identity's own space can neither be left nor forgotten; sign out instead."
        case .phrase(let cause): "\(cause)"
        case .space(let cause): "\(cause)"
        case .invitation(let cause): "\(cause)"
        case .portInUse(let port): "Port \(port) is in use; choose another, or 0 for a free one."
        case .network(let cause): "The network refused: \(cause)"
        case .unknownSpaceName(let name):
            "There is no space called \(name); `dunlin space list` shows the spaces of this home."
        case .ambiguousSpaceName(let name, let count):
            "\(count) spaces are meant by \(name); give more of the id of one, see `dunlin space list`."
        case .presentation(let cause): "\(cause)"
        case .otherPhrase:
            "This is the phrase of another identity; type that of this home's, or name another home."
        case .unknownMember(let name):
            "No member of the space is meant by \(name); give its did:key:…, or at least "
                + "\(Client.keyPartLength) characters of the key, as `dunlin space members` shows them."
        case .ambiguousMember(let name, let count):
            "\(name) fits \(count) people of the space; give more of the key of one."
        case .unknownContact(let name):
            "Nobody of a common space is meant by \(name); see `dunlin contacts`."
        case .ambiguousContact(let name, let count):
            "\(name) fits \(count) contacts; give the key of one, as `dunlin contacts` shows it."
        case .noWayTo(let identity):
            "You may only read in the spaces shared with \(DIDKey.encode(identity)); ask an admin for the "
                + "role editor, or hand over an invitation: `dunlin invite SPACE --unattended --for`."
        case .unknownLetter(let name):
            "No received invitation is meant by \(name); see `dunlin invitations`."
        case .ambiguousLetter(let name, let count):
            "\(name) has invited you to \(count) spaces; give the id of one, see `dunlin invitations`."
        case .deviceRemoved:
            "This device was taken out of its identity and speaks for it no more; take the home off with "
                + "`dunlin identity sign-out` and come back as a new device: `dunlin init --device` or "
                + "`dunlin recover`."
        case .deviceSuspended:
            "Another device of the identity holds this one for stolen, so it may not speak for it; say "
                + "`dunlin device confirm` for it on a device that is senior to it, or with the phrase."
        case .undecodable(let type, let reason): "The object is not a \(type): \(reason)"
        case .json(let reason): "\(reason)"
        case .closed: "The client was closed."
        }
    }
}

extension ClientError {
    /// Why a key store failed, as far as there is a case for it.
    init(_ error: KeyStoreError) {
        self =
            switch error {
            case .keyring(let cause): .keyring(cause)
            case .exists(let place): .homeExists(path: place)
            case .missing(let place): .noHome(path: place)
            case .failed(let place, let reason): .homeUnusable(path: place, reason: reason)
            case .damaged, .noPassphrase, .erased: .keyStore(error)
            }
    }
}
