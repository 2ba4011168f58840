import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys

/// Turns the blocks of a space's control feeds into credentials, members and content keys.
///
/// Blocks of one feed are taken in order. A block waits for its key and for its parents; blocks of type 0x00
/// behind it are looked at at once for keys, since one of them may hold the key that is missing.
struct ControlPipeline: Sendable {
    private(set) var credentials: CredentialSet
    private(set) var keys: ContentKeys
    /// Control blocks taken per feed.
    private(set) var positions: [PublicSigningKey: UInt64] = [:]
    /// Control blocks searched for keys per feed, ahead of `positions`.
    private var searched: [PublicSigningKey: UInt64] = [:]
    /// The valid credential last taken from each feed: its device names it in the next.
    private(set) var lastCredential: [PublicSigningKey: CredentialID] = [:]
    private var places: [CredentialID: Place] = [:]
    /// What stands in no feed that others read: somebody gave it ahead of one.
    private var grounds: FeedGrounds
    /// What is stored of those, to be taken when what they rest on is.
    private var expected: [AdmissionBundle.Entry] = []
    private var keySchedule = KeySchedule()
    private let space: SpaceID
    private let secret: SecretBytes
    private let device: DeviceID
    private let box: AgreementKey

    init(
        space: SpaceID, genesis: CredentialID?, secret: SecretBytes, device: DeviceID, box: AgreementKey,
        control: PublicSigningKey
    ) {
        self.space = space
        self.secret = secret
        self.device = device
        self.box = box
        grounds = FeedGrounds(own: control)
        credentials = CredentialSet(space: space, genesis: genesis)
        keys = ContentKeys(space: space)
    }

    /// Whether somebody could write to a data feed by what some heads say; nil when one of them is not known.
    mutating func canWrite(to feed: PublicSigningKey, at heads: [CredentialID]) -> Bool? {
        credentials.canWrite(to: feed, at: heads)
    }

    /// Members, devices and feeds by all that is known.
    var view: MembershipView { credentials.members() }

    /// Opens what was sealed to the key for recovery.
    mutating func recover(with box: AgreementKey) {
        for credential in credentials.all { keys.learn(from: credential, box: box) }
        keySchedule = KeySchedule()
    }

    /// What a credential would count for; nil when its parents are not known.
    func status(adding credential: Credential) -> CredentialStatus? {
        var trial = credentials
        _ = trial.insert(credential, isKept: false)
        return trial.status(of: credential.id)
    }

    /// What is due with content keys; worked out anew when credentials have come.
    mutating func schedule() -> KeySchedule {
        if keySchedule.credentialCount != credentials.count {
            keySchedule = KeySchedule(
                credentials: credentials, keys: keys, device: device, box: box.publicKey)
        }
        return keySchedule
    }

    /// Takes the next blocks of a control feed.
    /// - Parameter blocks: blocks from `positions[feed]` on.
    /// - Returns: how many were taken; the rest waits for a key, or for credentials of other feeds.
    mutating func take(_ blocks: [[UInt8]], feed: PublicSigningKey) -> Int {
        var position = positions[feed] ?? 0
        var taken = 0
        for (offset, block) in blocks.enumerated() {
            let sequence = position
            switch open(block, feed: feed, sequence: sequence) {
            case .plaintext(let bytes):
                guard insert(bytes, feed: feed, sequence: sequence) else {
                    // What it waits for may be under a key that comes behind it.
                    search(blocks[(offset + 1)...], feed: feed, from: sequence + 1)
                    positions[feed] = position
                    return taken
                }
            case .unreadable:
                break
            case .missingKey:
                search(blocks[(offset + 1)...], feed: feed, from: sequence + 1)
                guard case .plaintext(let bytes) = open(block, feed: feed, sequence: sequence),
                    insert(bytes, feed: feed, sequence: sequence)
                else {
                    positions[feed] = position
                    return taken
                }
            }
            position += 1
            taken += 1
        }
        positions[feed] = position
        return taken
    }

    /// Takes credentials that somebody has given ahead of the feeds that hold them, parents first.
    /// - Returns: false at the first that is none, or whose parents are missing: those behind it are not
    ///   taken.
    mutating func take(introduction entries: [AdmissionBundle.Entry]) -> Bool {
        entries.allSatisfy { entry in
            guard let credential = try? Credential(decoding: entry.credential) else { return false }
            return take(introduced: credential, entry)
        }
    }

    /// Notes such credentials, which were stored: some may rest on what is in feeds.
    mutating func expect(_ entries: [AdmissionBundle.Entry]) { expected += entries }

    /// Takes those that were noted and rest on nothing that is missing.
    /// - Returns: whether there were any.
    mutating func takeExpected() -> Bool {
        let count = expected.count
        expected = expected.filter { entry in
            guard let credential = try? Credential(decoding: entry.credential) else { return false }
            return !take(introduced: credential, entry)
        }
        return expected.count < count
    }

    /// - Returns: false when parents are missing.
    private mutating func take(introduced credential: Credential, _ entry: AdmissionBundle.Entry) -> Bool {
        keys.learn(from: credential, box: box)
        let isKnown = credentials.contains(credential.id)
        if case .waiting = credentials.insert(credential, isKept: false) { return false }
        guard !isKnown, credentials.contains(credential.id) else { return true }
        grounds.show(credential)
        // Whoever is let in may let others in before it has the feeds.
        note(Place(feed: entry.feed, sequence: entry.sequence, worth: .hearsay), of: credential.id)
        return true
    }

    /// Whether there are credentials here that others do not find in feeds.
    var hasIntroduced: Bool { !grounds.ungrounded.isEmpty }
    /// Whether there are such that wait for others.
    var isExpecting: Bool { !expected.isEmpty }

    /// Credentials that others do not find in feeds, parents first, but those that are about to be written.
    /// Of what one device has written all of it: its admission may be sealed with a key that it has made.
    func introduced(before own: [Credential]) -> [Credential] {
        guard hasIntroduced else { return [] }
        let ids = Set(own.map(\.id))
        return credentials.all.filter { grounds.ungrounded.contains($0.id) && !ids.contains($0.id) }
    }

    /// The control feed that a credential makes one of the space.
    private func feedAdmitted(by id: CredentialID) -> PublicSigningKey? {
        if case .invalid? = credentials.status(of: id) { return nil }
        return credentials[id]?.body.admission?.binding.control
    }

    /// Credentials with their places.
    func entries(of credentials: [Credential]) -> [AdmissionBundle.Entry] {
        credentials.compactMap { credential in
            places[credential.id].map { place in
                AdmissionBundle.Entry(
                    feed: place.feed, sequence: place.sequence, credential: credential.encoded)
            }
        }
    }

    /// How much of each control feed tells everybody who was taken out that it was.
    func farewell() -> [PublicSigningKey: UInt64] {
        var lengths: [PublicSigningKey: UInt64] = [:]
        for place in credentials.dismissals().compactMap({ places[$0] }) {
            // Who gave a credential ahead of its feed has said where it stands, and may have lied.
            let (end, isBeyond) = place.sequence.addingReportingOverflow(1)
            if !isBeyond { lengths[place.feed] = max(lengths[place.feed] ?? 0, end) }
        }
        return lengths
    }

    /// Where a credential stands.
    private struct Place: Sendable {
        enum Worth: Int, Comparable {
            /// Said by somebody who gave it ahead of the feed.
            case hearsay
            /// In somebody else's feed, under a key that perhaps not everybody has for whom it was written.
            case copy
            /// In its issuer's feed.
            case own

            static func < (a: Worth, b: Worth) -> Bool { a.rawValue < b.rawValue }
        }

        var feed: PublicSigningKey
        var sequence: UInt64
        var worth: Worth
    }

    private enum Opened {
        case plaintext([UInt8])
        case unreadable
        case missingKey
    }

    private func open(_ block: [UInt8], feed: PublicSigningKey, sequence: UInt64) -> Opened {
        do {
            return .plaintext(
                try BlockEnvelope.open(
                    block, at: BlockEnvelope.Place(space: space, feed: feed, sequence: sequence), keys: keys,
                    secret: secret))
        } catch {
            switch error {
            case .missingKey: return .missingKey
            case .malformed, .key, .badChain, .badBinding, .badSignature, .unknownType, .tooLarge,
                .tooManyParents,
                .otherSpace, .issuerUnknown, .notAllowed, .alreadyAdmitted, .misplacedGenesis, .unreadable,
                .inviteEnded, .badProof, .tooManyCredentials, .tooManyMembers, .tooManyDevices,
                .tooManyOwnDevices:
                return .unreadable
            }
        }
    }

    /// - Returns: false when the credential has to wait for its parents, and so all behind it.
    private mutating func insert(_ bytes: [UInt8], feed: PublicSigningKey, sequence: UInt64) -> Bool {
        // A block that is no credential counts for nothing, for everybody alike. Whose feed a credential is
        // in does not matter: it names its issuer and its parents.
        guard let credential = try? Credential(decoding: bytes) else { return true }
        keys.learn(from: credential, box: box)
        let isNew = !credentials.contains(credential.id)
        switch credentials.insert(credential, isKept: false) {
        case .added: lastCredential[feed] = credential.id
        case .known:
            if case .invalid? = credentials.status(of: credential.id) { break }
            lastCredential[feed] = credential.id
        case .waiting: return false
        // Others may name it as a parent all the same.
        case .invalid: break
        }
        guard credentials.contains(credential.id) else { return true }
        grounds.see(credential, in: feed, isNew: isNew, admitted: feedAdmitted(by:))
        let isOwn = credential.device.map { credentials.isControl(feed, of: $0) } ?? false
        note(Place(feed: feed, sequence: sequence, worth: isOwn ? .own : .copy), of: credential.id)
        return true
    }

    private mutating func note(_ place: Place, of id: CredentialID) {
        if let known = places[id], known.worth >= place.worth { return }
        places[id] = place
    }

    private mutating func search(_ blocks: ArraySlice<[UInt8]>, feed: PublicSigningKey, from first: UInt64) {
        var sequence = first
        for block in blocks {
            defer { sequence += 1 }
            guard sequence >= searched[feed] ?? 0, BlockEnvelope.isControlKeyed(block) else { continue }
            if case .plaintext(let bytes) = open(block, feed: feed, sequence: sequence),
                let credential = try? Credential(decoding: bytes)
            {
                keys.learn(from: credential, box: box)
            }
        }
        searched[feed] = sequence
    }

}
