import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// An identity's own space as its devices use it: what they know of the identity, of each other, and of the
/// spaces to be in.
///
/// A value without state of its own: everything is in the space. Whoever owns the ``Peer`` calls
/// ``advance(_:wallClock:random:keeping:)`` when the HALO or the members of a space have changed.
/// - Source: `Docs/Spec/Identity.md`.
public struct Halo: Sendable {
    /// The space.
    public let space: SpaceID
    /// Spaces that this device is not to come into again by itself: their owner had it forget them.
    public var forgotten: Set<SpaceID> = []
    /// The identity's own keys, while its phrase is at hand.
    public var root: IdentityKeys?
    private let secret: SecretBytes

    /// The HALO of an identity.
    /// - Parameter secret: The space's secret.
    public init(space: SpaceID, secret: SecretBytes) {
        self.space = space
        self.secret = secret
    }

    // MARK: What it says

    /// Spaces of the identity, those it has left too.
    public func spaces(_ peer: inout Peer) throws(SpaceError) -> [SpaceEntry] {
        try entries(SpaceEntry.type, &peer).compactMap { SpaceEntry($0, under: secret) }
            .sorted { $0.space < $1.space }
    }

    /// What is noted about devices, those that were taken out too.
    public func devices(_ peer: inout Peer) throws(SpaceError) -> [DeviceEntry] {
        try entries(DeviceEntry.type, &peer).compactMap { DeviceEntry($0) }.sorted { $0.device < $1.device }
    }

    /// The identity's profile; nil before it has come from another device.
    public func profile(_ peer: inout Peer) throws(SpaceError) -> Profile? {
        do throws(SpaceError) {
            return try peer.read(Profile.objectID, in: space) { Profile($0.root()) } ?? nil
        } catch {
            if case .unknownObject = error { return nil }
            throw error
        }
    }

    func entries(
        _ type: UTF8String, _ peer: inout Peer
    ) throws(SpaceError) -> [ObjectValue] {
        var values: [ObjectValue] = []
        for id in try peer.objectIDs(in: space, type: type) {
            values.append(try peer.read(id, in: space) { $0.root() })
        }
        return values
    }

    // MARK: Saying

    /// Changes the identity's profile.
    public func set(
        _ profile: Profile, _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        var profile = profile
        let former = try self.profile(&peer)?.serial ?? 0
        // A clock that was set back does not bring an older one to the front.
        profile.serial = max(wallClock, former == .max ? former : former + 1)
        try put(profile.value, Profile.type, Profile.objectID, &peer, wallClock, &random)
    }

    /// Notes something about a device.
    public func set(
        _ entry: DeviceEntry, _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try put(
            entry.fields, DeviceEntry.type, DeviceEntry.objectID(of: entry.device), &peer, wallClock, &random)
    }

    /// Notes that this device is there, once a day, and how it is called, once.
    public func noteOwnDevice(
        named name: String, platform: String, _ peer: inout Peer, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) {
        guard let device = peer.device?.id, peer.isMember(of: space) else { return }
        let former = try devices(&peer).first { $0.device == device }
        if let former, former.lastSeen / Self.day == wallClock / Self.day { return }
        let entry = DeviceEntry(
            device: device, name: former?.name ?? name, platform: platform, lastSeen: wallClock)
        try set(entry, &peer, wallClock: wallClock, random: &random)
    }

    private static let day: UInt64 = 86_400_000

    func put(
        _ fields: ObjectValue, _ type: UTF8String, _ id: ObjectID, _ peer: inout Peer, _ wallClock: UInt64,
        _ random: inout some RandomSource
    ) throws(SpaceError) {
        try peer.commit(to: space, wallClock: wallClock, random: &random) {
            (transaction: inout SpaceTransaction) throws(SpaceError) in
            try transaction.edit(id) { (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.setType(type)
                try editor.put(fields, at: "")
            }
        }
    }

    // MARK: Keeping in line

    /// Brings the spaces of this device and the HALO in line: notes the spaces that it is in, lets other
    /// devices of the identity in, and sets out for spaces that it is not in.
    /// - Parameter keep: Keeps the keys of a space that this device sets out for, with what lets it in where
    ///   that is the identity's own word; a space whose keys are kept already is not asked for again.
    public func advance(
        _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource,
        keeping keep: (Arrival) throws(SpaceError) -> Void
    ) throws(SpaceError) {
        guard let device = peer.device, peer.isMember(of: space) else { return }
        let entries = try spaces(&peer)
        try note(entries, &peer, wallClock, &random)
        try letIn(&peer, device, wallClock, &random)
        try takeOut(&peer, device, wallClock, &random)
        let known = Set(peer.spaceSummaries.map(\.id)).union(peer.arrivingSpaces).union(forgotten)
        for entry in entries where !entry.isLeft && !known.contains(entry.space) {
            try setOut(for: entry, &peer, device, wallClock, &random, keep)
        }
    }

    /// Notes each space that this device is in, and whether the identity still is.
    private func note(
        _ entries: [SpaceEntry], _ peer: inout Peer, _ wallClock: UInt64, _ random: inout some RandomSource
    ) throws(SpaceError) {
        let noted = Dictionary(entries.map { ($0.space, $0) }) { first, _ in first }
        for summary in peer.spaceSummaries where summary.id != space {
            guard let origin = peer.origin(of: summary.id) else { continue }
            let former = noted[summary.id]
            guard let admission = origin.admission ?? former?.admission else { continue }
            let isLeft = origin.admission == nil
            if let former {
                // Who has not seen the admission that is noted knows less than who has noted it.
                guard peer.knows(former.admission, in: summary.id),
                    former.isLeft != isLeft || former.admission != admission
                else { continue }
            }
            let entry = SpaceEntry(
                space: summary.id, name: summary.name, secret: origin.secret, genesis: origin.genesis,
                admission: admission, isLeft: isLeft)
            let fields: ObjectValue
            do { fields = try entry.fields(under: secret, random: &random) } catch { throw .key(error) }
            try put(
                fields, SpaceEntry.type, SpaceEntry.objectID(of: summary.id), &peer, wallClock, &random)
        }
    }

    /// Lets other devices of the identity into spaces that this one is in.
    private func letIn(
        _ peer: inout Peer, _ device: LocalDevice, _ wallClock: UInt64, _ random: inout some RandomSource
    ) throws(SpaceError) {
        let own = try peer.members(of: space).first { $0.identity == device.identity }
        for value in try entries(ArrivalEntry.type, &peer) {
            guard let entry = ArrivalEntry(value), entry.device != device.id, peer.isMember(of: entry.space),
                let present = own?.devices[entry.device], !present.isSuspended,
                entry.binding.identity == device.identity
            else { continue }
            // One that was taken out comes back under new keys, if its owner has it come back, and not by
            // itself.
            guard !peer.hasAdmitted(entry.binding, to: entry.space) else { continue }
            try peer.admit(
                Admission(chain: present.chain, binding: entry.binding), to: entry.space,
                wallClock: wallClock, random: &random)
        }
    }

    /// Takes devices out of spaces that were taken out of the identity: a revocation may have been cut short,
    /// or come before this device was in the space.
    private func takeOut(
        _ peer: inout Peer, _ device: LocalDevice, _ wallClock: UInt64, _ random: inout some RandomSource
    ) throws(SpaceError) {
        let own = try peer.members(of: space).first { $0.identity == device.identity }
        for summary in peer.spaceSummaries where summary.id != space && peer.isMember(of: summary.id) {
            let member = try peer.members(of: summary.id).first { $0.identity == device.identity }
            guard let member, let mine = member.devices[device.id] else { continue }
            for lost in member.devices.values.sorted(by: { $0.rank < $1.rank })
            where lost.id != device.id && own?.devices[lost.id] == nil && !lost.isSuspended
                && peer.hasAdmitted(lost.id, to: space)
            {
                do throws(SpaceError) {
                    if mine.rank < lost.rank {
                        try peer.revoke(
                            lost.id, in: summary.id, wallClock: wallClock, random: &random)
                    } else {
                        try peer.suspect(
                            lost.id, in: summary.id, wallClock: wallClock, random: &random)
                    }
                } catch {
                    // A space that is to hear of its own past first is asked again when it has.
                    guard case .unsettled = error else { throw error }
                }
            }
        }
    }

    private func setOut(
        for entry: SpaceEntry, _ peer: inout Peer, _ device: LocalDevice, _ wallClock: UInt64,
        _ random: inout some RandomSource, _ keep: (Arrival) throws(SpaceError) -> Void
    ) throws(SpaceError) {
        do {
            let secrets = try SpaceSecrets.make(space: entry.space, secret: entry.secret, random: &random)
            let admission = Admission(chain: device.chain, binding: try secrets.binding(of: device))
            var credential: Credential?
            if let root {
                credential = try Credential.issue(
                    .deviceAdmit(admission), space: entry.space, parents: [entry.admission],
                    identity: device.identity, device: nil, signingWith: root.signing)
            }
            let arrival = Arrival(
                secrets: secrets, name: entry.name, genesis: entry.genesis, admission: credential)
            try keep(arrival)
            let wish = ArrivalEntry(space: entry.space, device: device.id, binding: admission.binding)
            try put(wish.fields, ArrivalEntry.type, wish.objectID, &peer, wallClock, &random)
            try peer.arrive(arrival)
        } catch let error as SpaceError {
            throw error
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .noIdentity }
    }
}
