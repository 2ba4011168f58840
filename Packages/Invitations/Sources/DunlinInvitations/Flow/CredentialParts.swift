import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Credentials cut into parts, each of which is a message of its own. What their host signs names the hash of
/// every one.
/// - Source: `Docs/Spec/Invitations.md`, "Credentials in parts".
struct CredentialParts: Sendable {
    /// Bytes of a part; one that holds a single credential may have more.
    static let partByteCount = 256 << 10
    /// Parts that 64 MiB never need: two that follow each other have more than one part's bytes.
    static let countLimit = 1_024

    private let parts: [ArraySlice<AdmissionBundle.Entry>]
    /// The hash of each part.
    let digests: [Digest]
    /// The part that the guest may ask for.
    private var next = 0

    /// - Throws: ``InvitationError/tooLarge(limit:)`` for more than ``AdmissionBundle/byteLimit``.
    init(_ entries: [AdmissionBundle.Entry]) throws(InvitationError) {
        var parts: [ArraySlice<AdmissionBundle.Entry>] = []
        var start = 0, byteCount = 0, total = 0
        for (number, entry) in entries.enumerated() {
            total += entry.byteCount
            guard total <= AdmissionBundle.byteLimit else {
                throw .tooLarge(limit: AdmissionBundle.byteLimit)
            }
            if byteCount + entry.byteCount > Self.partByteCount, byteCount > 0 {
                parts.append(entries[start..<number])
                start = number
                byteCount = 0
            }
            byteCount += entry.byteCount
        }
        if start < entries.count { parts.append(entries[start...]) }
        self.parts = parts
        digests = parts.map { Digest.blake2b(Self.encoded($0)) }
    }

    /// Whether a part was handed out.
    var hasBegun: Bool { next > 0 }

    /// Whether every part was handed out.
    var isGiven: Bool { next == parts.count }

    /// The part that the guest asks for. It takes each once, one after the other.
    /// - Throws: ``InvitationError/badMessage`` for another than the next.
    mutating func take(_ number: Int) throws(InvitationError) -> InvitationMessage {
        guard number == next, number < parts.count else { throw .badMessage }
        next += 1
        return .part(number: number, Self.encoded(parts[number]))
    }

    private static func encoded(_ entries: ArraySlice<AdmissionBundle.Entry>) -> [UInt8] {
        CBORValue.array(entries.map(\.encodedValue)).encoded()
    }
}

/// Credentials as they come in by parts: each part is the one that was announced, and each credential is
/// judged when it comes, so that nobody is made to hold what no member has signed.
struct CredentialReceipt: Sendable {
    /// Bytes of credentials that count for nothing, which anybody can make, taken from a host that is not
    /// known to be a member.
    static let strayByteLimit = 1 << 20

    private let digests: [Digest]
    private let genesis: CredentialID
    private let keepsEntries: Bool
    private let strayByteLimit: Int
    private var next = 0
    private var byteCount = 0, strayByteCount = 0
    /// What came so far; empty when it is not to be kept.
    private(set) var entries: [AdmissionBundle.Entry] = []
    /// What it says.
    private(set) var credentials: CredentialSet

    /// - Parameters:
    ///   - digests: Of the parts, as the host has signed them.
    ///   - genesis: The only credential that may come first.
    ///   - keepsEntries: Whether the credentials' bytes are needed later.
    init(
        digests: [Digest], space: SpaceID, genesis: CredentialID, keepsEntries: Bool,
        strayByteLimit: Int = AdmissionBundle.byteLimit
    ) {
        self.digests = digests
        self.genesis = genesis
        self.keepsEntries = keepsEntries
        self.strayByteLimit = strayByteLimit
        credentials = CredentialSet(space: space, genesis: genesis)
    }

    /// The number of the part that must come next; nil when all are here.
    var wanted: Int? { next < digests.count ? next : nil }

    /// Takes a part.
    /// - Throws: ``InvitationError/wrongPart(number:)`` for any but the next one as it was announced,
    ///   ``InvitationError/tooLarge(limit:)``, ``InvitationError/wrongHost`` when more of it than is borne
    ///   counts for nothing, and what is wrong with a credential in it.
    mutating func take(_ number: Int, _ part: [UInt8]) throws(InvitationError) {
        guard number == wanted, Digest.blake2b(part) == digests[number] else {
            throw .wrongPart(number: number)
        }
        next += 1
        for entry in try Self.entries(of: part) { try judge(entry) }
    }

    private mutating func judge(_ entry: AdmissionBundle.Entry) throws(InvitationError) {
        byteCount += entry.byteCount
        guard byteCount <= AdmissionBundle.byteLimit else {
            throw .tooLarge(limit: AdmissionBundle.byteLimit)
        }
        do throws(CredentialError) {
            let credential = try Credential(decoding: entry.credential)
            if credentials.count == 0, credential.id != genesis { throw CredentialError.misplacedGenesis }
            switch credentials.insert(credential, isKept: false) {
            case .added, .known: break
            case .waiting: throw CredentialError.issuerUnknown
            // It counts for nothing, and others may have named it as a parent.
            case .invalid: strayByteCount += entry.byteCount
            }
        } catch { throw .credential(error) }
        guard strayByteCount <= strayByteLimit else { throw .wrongHost }
        if keepsEntries { entries.append(entry) }
    }

    private static func entries(of part: [UInt8]) throws(InvitationError) -> [AdmissionBundle.Entry] {
        do {
            let items = try CBORValue(decoding: part).asArray()
            guard !items.isEmpty else { throw CBORError.notCanonical }
            return try items.map { try AdmissionBundle.Entry($0) }
        } catch { throw .badMessage }
    }
}
