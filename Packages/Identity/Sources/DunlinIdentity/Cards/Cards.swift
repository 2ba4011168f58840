import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// The cards of a space's members, each in an object that its device alone can change.
/// - Source: `Docs/Spec/Cards.md`.
public enum Cards {
    static let key: UTF8String = "card"

    /// The card that counts of each identity that is or was a member: the newest of those devices that speak
    /// for it. For a member these are its present devices that are not under suspicion; for a former one,
    /// those that it had not taken out itself before it went.
    /// - Parameter only: One identity; nil for all.
    /// - Throws: ``SpaceError/unknownSpace(_:)``, and what concerns the disk.
    /// - Complexity: O(*n*) in the credentials.
    public static func all(
        in space: SpaceID, of only: IdentityID? = nil, _ peer: inout Peer
    ) throws(SpaceError) -> [IdentityID: Card] {
        var best: [IdentityID: Card] = [:]
        for speaker in speakers(of: only, by: try peer.credentials(of: space)) {
            guard let card = try card(of: speaker, in: space, &peer) else { continue }
            if let other = best[speaker.identity], !isBetter(card, than: other) { continue }
            best[speaker.identity] = card
        }
        return best
    }

    /// The newest card of each identity over all spaces. Those of present members come first, of spaces that
    /// this device is in: what is known of others is what was so when it was last there.
    /// - Throws: what concerns the disk.
    /// - Complexity: O(*n*) in the credentials of all spaces.
    public static func newest(_ peer: inout Peer) throws(SpaceError) -> [IdentityID: Card] {
        var best: [IdentityID: (isPresent: Bool, card: Card)] = [:]
        for space in peer.spaceSummaries.map(\.id) {
            let members = peer.isMember(of: space) ? try peer.members(of: space).map(\.identity) : []
            let present = Set(members)
            for (identity, card) in try all(in: space, &peer) {
                let isPresent = present.contains(identity)
                if let other = best[identity] {
                    guard isPresent == other.isPresent ? isBetter(card, than: other.card) : isPresent else {
                        continue
                    }
                }
                best[identity] = (isPresent, card)
            }
        }
        return best.mapValues(\.card)
    }

    /// A device that speaks for its identity, and the data feed that is its own.
    private struct Speaker {
        var identity: IdentityID
        var device: DeviceID
        var feed: PublicSigningKey
    }

    private static func speakers(of only: IdentityID?, by credentials: CredentialSet) -> [Speaker] {
        func isMeant(_ identity: IdentityID) -> Bool { only.map { $0 == identity } ?? true }
        let members = credentials.members().members
        let present = members.values.filter { isMeant($0.identity) }.flatMap { member in
            member.devices.values.filter { !$0.isSuspended }
                .map { Speaker(identity: member.identity, device: $0.id, feed: $0.binding.data) }
        }
        func isFormer(_ identity: IdentityID) -> Bool { isMeant(identity) && members[identity] == nil }
        guard credentials.admissions.contains(where: { isFormer($0.identity) }) else { return present }
        // A member's removal takes all its devices out at once; who of them had gone before does not speak.
        var dismissed: [IdentityID: Set<DeviceID>] = [:]
        var former: [Speaker] = []
        for credential in credentials.inOrder where credentials.status(of: credential.id) == .live {
            switch credential.body {
            case .deviceRevoke(let device, _, _), .deviceSuspect(let device):
                dismissed[credential.identity, default: []].insert(device)
            default: break
            }
            guard let admission = credential.body.admission, isFormer(admission.identity) else { continue }
            former.append(
                Speaker(
                    identity: admission.identity, device: admission.device, feed: admission.binding.data))
        }
        return present + former.filter { dismissed[$0.identity]?.contains($0.device) != true }
    }

    private static func card(
        of speaker: Speaker, in space: SpaceID, _ peer: inout Peer
    ) throws(SpaceError) -> Card? {
        guard let bytes = try stored(speaker.feed, in: space, &peer), let card = Card(decoding: bytes),
            card.space == space, card.identity == speaker.identity, card.device == speaker.device
        else { return nil }
        return card
    }

    /// What lies where a data feed's card belongs; nil for nothing.
    private static func stored(
        _ feed: PublicSigningKey, in space: SpaceID, _ peer: inout Peer
    ) throws(SpaceError) -> [UInt8]? {
        do throws(SpaceError) {
            let value = try peer.read(OwnedObject.card.id(of: feed), in: space) {
                $0.value(at: ObjectPath([.key(key)]))
            }
            guard case .bytes(let bytes)? = value else { return nil }
            return bytes
        } catch {
            if case .unknownObject = error { return nil }
            throw error
        }
    }

    private static func isBetter(_ a: Card, than b: Card) -> Bool {
        if a.serial != b.serial { return a.serial > b.serial }
        return b.encoded.lexicographicallyPrecedes(a.encoded)
    }

    /// Says in a space what the identity's profile says, unless a device of it that is present has.
    /// - Returns: Whether something was written.
    /// - Throws: ``SpaceError``, among them ``SpaceError/unsettled(_:)``; what failed can be done again.
    @discardableResult
    public static func publish(
        _ profile: Profile, in space: SpaceID, _ peer: inout Peer, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) -> Bool {
        guard let device = peer.device,
            let own = try peer.members(of: space).first(where: { $0.identity == device.identity }),
            // One that is held for stolen is not listened to, and would not find its own card.
            own.role >= .editor, own.devices[device.id]?.isSuspended == false
        else { return false }
        var serial = profile.serial
        if let card = try all(in: space, of: device.identity, &peer)[device.identity] {
            // Another device may know a newer profile than this one does yet. What this one has said itself
            // it knew: the profile was changed on two devices at once, and the other's change has won.
            guard !card.says(profile), card.device == device.id || card.serial < serial else { return false }
            serial = max(serial, card.serial == .max ? card.serial : card.serial + 1)
        }
        let card: Card?
        do {
            card = try Card.issue(
                profile, serial: serial, in: space, identity: device.identity, signingWith: device.signing)
        } catch { throw .key(error) }
        let feed = try peer.ownDataFeed(in: space)
        // Whatever others make of it, the same is not said twice.
        guard let card, try stored(feed, in: space, &peer) != card.encoded else { return false }
        let id = OwnedObject.card.id(of: feed)
        try peer.commit(to: space, wallClock: wallClock, random: &random) {
            (transaction: inout SpaceTransaction) throws(SpaceError) in
            try transaction.edit(id) { (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.setType(Card.type)
                try editor.put(.bytes(card.encoded), at: ObjectPath([.key(key)]))
            }
        }
        return true
    }
}
