import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// The cards of a space's members, each in an object that its device alone can change.
/// - Source: `Docs/Spec/Cards.md`.
public enum Cards {
    static let key: UTF8String = "card"

    /// The card that counts of each identity that is or was a member: the newest of its present devices, or
    /// of former ones when no present device has any.
    /// - Parameter only: One identity; nil for all.
    /// - Throws: ``SpaceError/unknownSpace(_:)``, and what concerns the disk.
    /// - Complexity: O(*n*) in the devices ever admitted.
    public static func all(
        in space: SpaceID, of only: IdentityID? = nil, _ peer: inout Peer
    ) throws(SpaceError) -> [IdentityID: Card] {
        var best: [IdentityID: (isPresent: Bool, card: Card)] = [:]
        let credentials = try peer.credentials(of: space)
        let members = credentials.members().members
        for admission in credentials.admissions {
            let identity = admission.identity
            guard only == nil || only == identity, let card = try card(of: admission, in: space, &peer) else {
                continue
            }
            let device = members[identity]?.devices[admission.device]
            let isPresent = device?.binding.data == admission.binding.data && device?.isSuspended == false
            if let other = best[identity], !isBetter((isPresent, card), than: other) { continue }
            best[identity] = (isPresent, card)
        }
        return best.mapValues(\.card)
    }

    private static func card(
        of admission: Admission, in space: SpaceID, _ peer: inout Peer
    ) throws(SpaceError) -> Card? {
        let id = OwnedObject.card.id(of: admission.binding.data)
        do throws(SpaceError) {
            let value = try peer.read(id, in: space) { $0.value(at: ObjectPath([.key(key)])) }
            guard case .bytes(let bytes)? = value, let card = Card(decoding: bytes), card.space == space,
                card.identity == admission.identity, card.device == admission.device
            else { return nil }
            return card
        } catch {
            if case .unknownObject = error { return nil }
            throw error
        }
    }

    private static func isBetter(
        _ a: (isPresent: Bool, card: Card), than b: (isPresent: Bool, card: Card)
    ) -> Bool {
        // A device that was taken out can have claimed the last serial of all.
        if a.isPresent != b.isPresent { return a.isPresent }
        if a.card.serial != b.card.serial { return a.card.serial > b.card.serial }
        return b.card.encoded.lexicographicallyPrecedes(a.card.encoded)
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
            own.role >= .editor, own.devices[device.id] != nil
        else { return false }
        var serial = profile.serial
        if let card = try all(in: space, of: device.identity, &peer)[device.identity],
            own.devices[card.device]?.isSuspended == false
        {
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
        guard let card else { return false }
        let id = OwnedObject.card.id(of: try peer.ownDataFeed(in: space))
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
