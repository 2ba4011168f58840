import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys

extension Space {
    // MARK: Members

    /// Takes a member out, with all its devices. What it has written so far stays; what it writes from now on
    /// counts for nothing, and what others write it cannot read.
    mutating func remove(
        _ identity: IdentityID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let member = try member(identity)
        guard identity != device.identity else { return try leave(wallClock: wallClock, random: &random) }
        try demand(.admin)
        guard try self.member(device.identity).rank < member.rank else { throw .notSenior }
        let devices = Set(member.devices.keys)
        let cuts = try cuts(of: identity)
        try publish(wallClock: wallClock, without: devices, besides: cuts.count, random: &random) {
            space, rotation throws(CredentialError) in
            var issued = [try space.issue(.remove(identity, cuts: cuts, rotation: rotation))]
            // Whoever was taken out may have kept the secret of its invites.
            for invite in space.control.credentials.openInvites(of: identity)
                .prefix(Self.invitesCancelledAtOnce)
            {
                issued.append(try space.issue(.inviteCancel(invite.id), after: issued))
            }
            return issued
        }
    }

    private static let invitesCancelledAtOnce = 64

    /// Takes oneself out.
    mutating func leave(wallClock: UInt64, random: inout some RandomSource) throws(SpaceError) {
        let identity = try member(device.identity).identity
        let cuts = try cuts(of: identity)
        // Whoever leaves knows every key that it could make; the others make a new one.
        try publish(wallClock: wallClock, without: nil, random: &random) { space, _ throws(CredentialError) in
            [try space.issue(.remove(identity, cuts: cuts, rotation: nil))]
        }
    }

    /// Changes what a member may do.
    mutating func setRole(
        of identity: IdentityID, to role: Role, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let member = try member(identity)
        guard member.role != role else { return }
        if identity == device.identity {
            guard role < member.role else { throw .notAllowed(needs: .admin, has: member.role) }
        } else {
            try demand(.admin)
            guard try self.member(device.identity).rank < member.rank else { throw .notSenior }
        }
        let cuts = role == .reader ? try cuts(of: identity) : []
        try publish(wallClock: wallClock, without: nil, random: &random) { space, _ throws(CredentialError) in
            [try space.issue(.role(identity, role, cuts: cuts))]
        }
    }

    // MARK: Devices

    /// Takes a device of this identity out.
    /// - Parameter root: The identity's own key, from its phrase, for a device that is senior to this one.
    mutating func revoke(
        _ id: DeviceID, root: SigningKey?, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let own = try member(device.identity)
        guard let target = own.devices[id] else { throw .noSuchDevice(id) }
        if root == nil, id != device.id {
            guard let mine = own.devices[device.id], mine.rank < target.rank else { throw .notSenior }
        }
        let cuts = try cuts(of: device.identity, id)
        try publish(
            wallClock: wallClock, without: id == device.id ? nil : [id], besides: cuts.count, random: &random
        ) {
            space, rotation throws(CredentialError) in
            [try space.issue(.deviceRevoke(id, cuts: cuts, rotation: rotation), root: root)]
        }
    }

    /// Keeps new keys from a device of this identity that may be in wrong hands.
    mutating func suspect(
        _ id: DeviceID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        guard try member(device.identity).devices[id] != nil, id != device.id else { throw .noSuchDevice(id) }
        try publish(wallClock: wallClock, without: nil, random: &random) { space, _ throws(CredentialError) in
            [try space.issue(.deviceSuspect(id))]
        }
        _ = try writingKey(wallClock: wallClock, random: &random)
    }

    /// Ends all suspicion of a device of this identity that is known here.
    /// - Parameter root: The identity's own key, from its phrase, for a device that is senior to this one.
    mutating func lift(
        _ id: DeviceID, root: SigningKey?, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let own = try member(device.identity)
        guard let target = own.devices[id] else { throw .noSuchDevice(id) }
        guard target.isSuspended else { return }
        if root == nil {
            guard let mine = own.devices[device.id], mine.rank < target.rank else { throw .notSenior }
        }
        try publish(wallClock: wallClock, without: nil, random: &random) { space, _ throws(CredentialError) in
            [try space.issue(.deviceLift(id), root: root)]
        }
    }

    // MARK: Parts

    private func member(_ identity: IdentityID) throws(SpaceError) -> Member {
        guard let member = control.view.members[identity] else { throw .notMember(identity) }
        return member
    }

    /// What is here of the data feeds of an identity, or of one device of it, and is kept: all of those that
    /// write, and of those that were taken out before what stayed then.
    private func cuts(of identity: IdentityID, _ device: DeviceID? = nil) throws(SpaceError) -> [FeedCut] {
        let view = control.view
        var present: Set<PublicSigningKey> = [], former: Set<PublicSigningKey> = []
        for admission in control.credentials.admissions
        where admission.identity == identity && device.map({ $0 == admission.device }) ?? true {
            let feed = admission.binding.data
            if view.device(admission.device)?.binding.data == feed {
                present.insert(feed)
            } else {
                former.insert(feed)
            }
        }
        var cuts: [FeedCut] = []
        for feed in present.sorted() + former.subtracting(present).sorted() {
            guard let known = feeds[feed]?.length else { continue }
            let length = min(known, data.limits[feed] ?? known)
            guard length > 0 else { continue }
            cuts.append(FeedCut(feed: feed, length: length, treeHash: try treeHash(feed, length)))
        }
        return Array(cuts.prefix(FeedCut.countLimit))
    }

    /// Issues credentials and takes them in.
    /// - Parameter excluded: Devices that are not to have the new key that the credential brings; nil when it
    ///   brings none.
    /// - Parameter cutCount: Cuts that stand beside the key.
    private mutating func publish(
        wallClock: UInt64, without excluded: Set<DeviceID>?, besides cutCount: Int = 0,
        random: inout some RandomSource,
        _ body: (inout Space, KeyRotation?) throws(CredentialError) -> [Credential]
    ) throws(SpaceError) {
        do {
            var key = try writingKey(wallClock: wallClock, random: &random)
            var rotation: KeyRotation?
            if let excluded {
                let boxes = Set(
                    control.view.devices.filter { excluded.contains($0.id) }.map(\.chain.box))
                let made = ContentKey.make(random: &random)
                rotation = try KeyRotation(
                    to: made, sealedTo: boxesForNewKey().filter { !boxes.contains($0) },
                    wrapping: control.schedule().roots, space: id, besides: cutCount, random: &random)
                key = made
            }
            let issued = try body(&self, rotation)
            if let first = issued.first { try demandValid(first) }
            try appendControl(issued, key: key, random: &random)
        } catch { throw SpaceError(error) }
        _ = try takeControl(secrets.control.publicKey)
    }
}
