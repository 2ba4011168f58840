import Dunlin
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// Why a command failed: one line for a person, a number for a script.
/// - Source: `Docs/CommandLine.md`, "Exit codes".
public struct CommandFailure: Error, Sendable {
    public enum Code: Int32, Sendable, CaseIterable {
        case other = 1
        case wrongPassphrase = 10
        case damagedKeyring = 11
        case newerFormat = 12
        case homeBusy = 13
        case noHome = 14
        case homeExists = 15
        case homeUnusable = 16
        case noIdentity = 17
        case copiedHome = 18
        case unsettled = 19
        case unknownSpace = 20
        case unknownObject = 21
        case notAllowed = 22
        case badValue = 23
        case unknownMember = 24
        case malformedInvitation = 30
        case wrongCode = 31
        case invitationOver = 32
        case tryInvitationAgain = 33
        case unreachable = 40
        case portInUse = 41
        case storage = 50
        case usage = 64
        case interrupted = 130
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The failure for any error of the client.
    public init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as KeyStoreError: self.init(.badValue, "\(error)")
        case let error as ClientError: self.init(Self.code(error), "\(error)")
        case let error as InvitationError: self.init(Self.code(error), "\(error)")
        case let error as JSONError: self.init(.badValue, "\(error)")
        default: self.init(.other, "\(error)")
        }
    }

    private static func code(_ error: ClientError) -> Code {
        switch error {
        case .homeBusy: .homeBusy
        case .homeUnusable: .homeUnusable
        case .homeExists: .homeExists
        case .noHome: .noHome
        case .copiedHome: .copiedHome
        case .newerHome: .newerFormat
        case .damagedSpace: .storage
        case .keyring(let cause): code(cause)
        case .keyStore(.damaged): .damagedKeyring
        case .keyStore(.erased): .noHome
        case .keyStore: .notAllowed
        case .haloStays: .notAllowed
        case .phrase, .json, .undecodable: .badValue
        case .space(let cause): code(cause)
        case .invitation(let cause): code(cause)
        case .portInUse: .portInUse
        case .network: .unreachable
        case .unknownSpaceName, .ambiguousSpaceName: .unknownSpace
        case .unknownMember, .ambiguousMember, .unknownContact, .ambiguousContact: .unknownMember
        case .noWayTo, .deviceRemoved, .deviceSuspended: .notAllowed
        case .unknownLetter, .ambiguousLetter: .invitationOver
        case .otherPhrase, .presentation: .badValue
        case .closed: .other
        }
    }

    private static func code(_ error: KeyringError) -> Code {
        switch error {
        case .wrongPassphrase: .wrongPassphrase
        case .newerVersion: .newerFormat
        case .damaged, .extremeParameters, .badRecordName: .damagedKeyring
        case .outOfMemory: .other
        }
    }

    private static func code(_ error: SpaceError) -> Code {
        switch error {
        case .unknownSpace: .unknownSpace
        case .unknownObject: .unknownObject
        case .noIdentity: .noIdentity
        case .unsettled: .unsettled
        case .notAllowed, .notSenior, .juniorToInviter, .ownedObject, .tooManyLetters: .notAllowed
        case .notMember, .noSuchDevice: .unknownMember
        case .object, .commitTooLarge, .badName, .badUseCount: .badValue
        case .store(.newerFormat): .newerFormat
        case .store, .damagedObject, .damagedMetadata: .storage
        case .invitation(let cause): code(cause)
        case .noInvitation: .invitationOver
        case .identityExists: .homeExists
        case .alreadyOpen, .noContentKey, .graph, .feed, .credential, .key, .unfinished:
            .other
        }
    }

    private static func code(_ error: InvitationError) -> Code {
        switch error {
        case .newerVersion: .newerFormat
        case .malformedTicket: .malformedInvitation
        case .wrongCode: .wrongCode
        case .exhausted, .expired, .cancelled, .alreadyUsed, .inviterGone: .invitationOver
        case .timedOut: .unreachable
        case .disconnected, .hostNotReady: .tryInvitationAgain
        case .alreadyMember, .notForYou: .notAllowed
        case .wrongSecret: .wrongCode
        case .notStored: .storage
        case .wrongHost, .badMessage, .wrongPart, .tooLarge, .credential, .key: .other
        }
    }
}
