import DunlinCausality
import DunlinCredentials
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension SpaceError {
    /// What failed while something was signed, sealed or stored, as an error of the space.
    init(_ cause: any Error) {
        switch cause {
        case let error as SpaceError: self = error
        case let error as CredentialError: self = .credential(error)
        case let error as KeyError: self = .key(error)
        case let error as FeedError: self = .feed(error)
        case let error as StoreError: self = .store(error)
        case let error as GraphError: self = .graph(error)
        case let error as InvitationError: self = .invitation(error)
        case let error as ObjectError: self = .object(error)
        default: self = .damagedMetadata(key: "\(type(of: cause))")
        }
    }
}
