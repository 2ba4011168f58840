import DunlinCredentials
import DunlinKeys

extension Peer {
    // MARK: Members

    /// Takes a member out of a space; with one's own identity, leaves it.
    ///
    /// The member's devices are told and their connections closed, here at once, elsewhere as soon as it is
    /// known there. What is written afterwards is encrypted under a key that they do not get.
    /// - Throws: ``SpaceError/notMember(_:)``, ``SpaceError/notAllowed(needs:has:)``,
    ///   ``SpaceError/notSenior``.
    public mutating func remove(
        _ identity: IdentityID, from space: SpaceID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.remove(identity, wallClock: wallClock, random: &random)
    }

    /// Changes what a member may do; one's own role can only be lowered.
    /// - Throws: as ``remove(_:from:wallClock:random:)``.
    public mutating func setRole(
        of identity: IdentityID, to role: Role, in space: SpaceID, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.setRole(of: identity, to: role, wallClock: wallClock, random: &random)
    }

    /// Takes a device of one's own identity out of a space.
    /// - Parameter root: The identity's own key, when the device is senior to this one.
    /// - Throws: ``SpaceError/noSuchDevice(_:)``, ``SpaceError/notSenior``.
    public mutating func revoke(
        _ device: DeviceID, in space: SpaceID, root: SigningKey? = nil, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.revoke(device, root: root, wallClock: wallClock, random: &random)
    }

    /// Keeps new keys from a device of one's own identity, whichever is senior: what the owner of a junior
    /// device can do until the phrase is at hand.
    /// - Throws: ``SpaceError/noSuchDevice(_:)``.
    public mutating func suspect(
        _ device: DeviceID, in space: SpaceID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.suspect(device, wallClock: wallClock, random: &random)
    }

    /// Ends what ``suspect(_:in:wallClock:random:)`` began; the device is given the new keys.
    /// - Parameter root: The identity's own key, when the device is senior to this one, or is this one.
    /// - Throws: ``SpaceError/noSuchDevice(_:)``, ``SpaceError/notSenior``.
    public mutating func lift(
        _ device: DeviceID, in space: SpaceID, root: SigningKey? = nil, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.lift(device, root: root, wallClock: wallClock, random: &random)
    }

    /// How long a content key of a space serves before whoever writes next makes a new one.
    public mutating func setKeyLifetime(_ lifetime: KeyLifetime, in space: SpaceID) throws(SpaceError) {
        guard spaces[space] != nil else { throw .unknownSpace(space) }
        spaces[space]?.keyLifetime = lifetime
    }

    // MARK: What follows

    /// Makes and shares content keys where that is due.
    /// - Returns: When to look again.
    mutating func doKeyDuties(
        now: Duration, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> Duration? {
        var next: Duration?
        for id in spaces.keys.sorted() {
            let due = try spaces[id]?.doKeyDuties(now: now, wallClock: wallClock, random: &random)
            if let due { next = min(next ?? due, due) }
        }
        return next
    }

    /// Links of a space to devices that do not belong to it any more; all, when this one does not.
    func strangers(in space: Space) -> [ConnectionID] {
        links.filter { _, link in
            guard case .space(space.id) = link.purpose, let device = link.device else { return false }
            return space.role == nil || space.control.view.device(device) == nil
        }.map(\.key).sorted()
    }
}
