import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys

/// Turns the blocks of a space's control feeds into credentials, members and content keys.
///
/// Blocks of one feed are taken in order. A block whose key is missing waits; blocks of type 0x00 behind it
/// are looked at at once for keys, since one of them may hold the key that is missing.
struct ControlPipeline: Sendable {
    private(set) var credentials: CredentialSet
    private(set) var keys: ContentKeys
    /// Control blocks taken per feed.
    private(set) var positions: [PublicSigningKey: UInt64] = [:]
    /// Control blocks searched for keys per feed, ahead of `positions`.
    private var searched: [PublicSigningKey: UInt64] = [:]
    /// The valid credential last taken from each feed: its device names it in the next.
    private(set) var lastCredential: [PublicSigningKey: CredentialID] = [:]
    private var places: [CredentialID: (feed: PublicSigningKey, sequence: UInt64)] = [:]
    private var keySchedule = KeySchedule()
    private let space: SpaceID
    private let secret: SecretBytes
    private let box: AgreementKey

    init(space: SpaceID, genesis: CredentialID?, secret: SecretBytes, box: AgreementKey) {
        self.space = space
        self.secret = secret
        self.box = box
        credentials = CredentialSet(space: space, genesis: genesis)
        keys = ContentKeys(space: space)
    }

    /// Whether a device could write to a data feed by what some heads say; nil when one of them is not known.
    mutating func canWrite(_ device: DeviceID, feed: PublicSigningKey, at heads: [CredentialID]) -> Bool? {
        credentials.canWrite(device, feed: feed, at: heads)
    }

    /// Members, devices and feeds by all that is known.
    var view: MembershipView { credentials.members() }

    /// Opens what was sealed to the key for recovery.
    mutating func recover(with box: AgreementKey) {
        for credential in credentials.all { keys.learn(from: credential, box: box) }
        keySchedule = KeySchedule()
    }

    /// Whether a credential would be live.
    func wouldCount(_ credential: Credential) -> Bool {
        var trial = credentials
        guard case .added = trial.insert(credential, isKept: false) else { return false }
        return trial.status(of: credential.id) == .live
    }

    /// What is due with content keys; worked out anew when credentials have come.
    mutating func schedule() -> KeySchedule {
        if keySchedule.credentialCount != credentials.count {
            keySchedule = KeySchedule(credentials: credentials, keys: keys)
        }
        return keySchedule
    }

    /// Takes the next blocks of a control feed.
    /// - Parameters:
    ///   - blocks: blocks from `positions[feed]` on.
    ///   - device: whose feed it is.
    /// - Returns: how many were taken; the rest waits for a key, or for credentials of other feeds.
    mutating func take(_ blocks: [[UInt8]], feed: PublicSigningKey, device: DeviceID) -> Int {
        var position = positions[feed] ?? 0
        var taken = 0
        for (offset, block) in blocks.enumerated() {
            let sequence = position
            switch open(block, feed: feed, sequence: sequence) {
            case .plaintext(let bytes):
                guard insert(bytes, feed: feed, sequence: sequence, device: device) else {
                    positions[feed] = position
                    return taken
                }
            case .unreadable:
                break
            case .missingKey:
                search(blocks[(offset + 1)...], feed: feed, from: sequence + 1)
                guard case .plaintext(let bytes) = open(block, feed: feed, sequence: sequence),
                    insert(bytes, feed: feed, sequence: sequence, device: device)
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

    /// Inserts the credentials that came with an invitation, before the feeds that hold them are here.
    mutating func insert(admission entries: [AdmissionBundle.Entry]) {
        for entry in entries {
            guard let credential = try? Credential(decoding: entry.credential) else { continue }
            keys.learn(from: credential, box: box)
            _ = credentials.insert(credential)
            // Whoever is let in may let others in before it has the feeds.
            if places[credential.id] == nil { places[credential.id] = (entry.feed, entry.sequence) }
        }
    }

    /// All credentials with their places, parents first, for a newcomer.
    /// - Parameter heads: The newcomer has these, and what is in their past.
    func admissionEntries(after heads: [CredentialID] = []) -> [AdmissionBundle.Entry] {
        credentials.all(after: heads).compactMap { credential in
            places[credential.id].map { place in
                AdmissionBundle.Entry(
                    feed: place.feed, sequence: place.sequence, credential: credential.encoded)
            }
        }
    }

    /// What the next credential in a device's own feed names: its last one, and as many other heads as fit.
    func parents(of feed: PublicSigningKey) -> [CredentialID] {
        let heads = credentials.heads
        guard let last = lastCredential[feed] else { return Array(heads.prefix(Credential.parentLimit)) }
        return [last] + heads.filter { $0 != last }.prefix(Credential.parentLimit - 1)
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
                .inviteEnded, .badProof, .tooManyCredentials:
                return .unreadable
            }
        }
    }

    /// - Returns: false when the credential has to wait for its parents, and so all behind it.
    private mutating func insert(
        _ bytes: [UInt8], feed: PublicSigningKey, sequence: UInt64, device: DeviceID
    ) -> Bool {
        // A block that is no credential, or one that another device signed, counts for nothing, for everybody
        // alike: in another feed it would get another past.
        guard let credential = try? Credential(decoding: bytes), (credential.device ?? device) == device
        else {
            return true
        }
        keys.learn(from: credential, box: box)
        switch credentials.insert(credential, isKept: false) {
        case .added, .known:
            places[credential.id] = (feed, sequence)
            lastCredential[feed] = credential.id
        case .waiting: return false
        // Others may name it as a parent all the same.
        case .invalid: places[credential.id] = (feed, sequence)
        }
        return true
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
