import DunlinCredentials
import DunlinEncoding
import DunlinIdentity
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// A device of one's own identity, as its owner sees it.
public struct OwnDevice: Hashable, Sendable {
    /// The device.
    public var id: DeviceID
    /// How its owner calls it; empty before it has said.
    public var name: String
    /// The system it runs on, as it says.
    public var platform: String
    /// Who let it in: an older device, or the identity itself, by its phrase.
    public var addedBy: PublicSigningKey
    /// When it was last open, in milliseconds since 1970 by its own clock; nil before it has said.
    public var lastSeen: UInt64?
    /// It is the one that is asked.
    public var isThis: Bool
    /// Another device holds it for stolen: it gets no new keys.
    public var isSuspended: Bool
}

extension Client {
    // MARK: Founding

    /// Makes an identity and its own space.
    /// - Parameter length: How many words its phrase has.
    /// - Returns: the words from which the identity comes back. Show them once; they are stored nowhere.
    public func createIdentity(
        displayName: String, length: SeedPhrase.Length = .twelve
    ) throws(ClientError) -> [String] {
        let phrase = try Self.newPhrase(length)
        try foundIdentity(phrase, displayName: displayName)
        return phrase.words
    }

    /// Founds the identity of a phrase, with its own space, on this device.
    func foundIdentity(_ phrase: SeedPhrase, displayName: String) throws(ClientError) {
        do { try Peer.demandName(displayName) } catch { throw .space(error) }
        // An identity is kept whole or not at all: nothing of it leaves this device before.
        founding = []
        defer { founding = nil }
        do throws(SpaceError) {
            let (keys, secrets) = try becomeDevice(of: phrase)
            let id = secrets.space
            try keepSpaceErrors([
                .set("space/\(id)", secrets.record), .set("halo", SecretBytes(copying: id.bytes)),
            ])
            try peer.createSpace(
                named: "HALO", secrets: secrets, store: store(id), signedBy: keys, random: &random)
            let halo = Halo(space: id, secret: secrets.secret)
            try halo.set(
                Profile(displayName: displayName), &peer, wallClock: wallClock, random: &random)
        } catch { throw .space(error) }
        let changes = founding ?? []
        founding = nil
        try keep(changes)
        scheduleFlush()
    }

    // MARK: Recovery

    /// Makes a new home for the identity of a phrase, as a new device of it.
    ///
    /// The device asks any other of the identity that it meets: connect the client to a rendezvous or to
    /// addresses, and keep it open until ``isRecovered``. As long as the client is open the identity's own
    /// keys are at hand, and bring the device into the spaces of the identity, also where no other device of
    /// it is left. Nothing is revoked; ``devices()`` says which others there are.
    /// - Throws: ``ClientError/homeExists(path:)`` and what concerns the disk.
    public static func recover(
        at path: String, passphrase: SecretBytes, profile: KeyringProfile = .desktop, phrase: SeedPhrase
    ) async throws(ClientError) -> Client {
        let home = try Home.create(path)
        return try await recover(home, home.createKeyring(passphrase, profile), phrase)
    }

    /// Makes a home whose keys another store keeps; see ``recover(at:passphrase:profile:phrase:)``.
    public static func recover(
        at path: String, keys: any KeyStore, phrase: SeedPhrase
    ) async throws(ClientError) -> Client {
        try demandEmpty(keys, for: path)
        return try await recover(Home.create(path), keys, phrase)
    }

    private static func recover(
        _ home: Home, _ keys: any KeyStore, _ phrase: SeedPhrase
    ) async throws(ClientError) -> Client {
        let client = try Client(home: home, keys: keys, loop: makeLoop())
        do throws(ClientError) { try await client.recover(phrase) } catch {
            await client.close()
            throw error
        }
        return client
    }

    /// Goes on with a recovery that the home was closed in the midst of, or begins one in a home without an
    /// identity.
    /// - Throws: ``ClientError/otherPhrase`` when this is a device of another identity, and
    ///   ``SpaceError/identityExists`` as ``ClientError/space(_:)`` when the recovery is done.
    public func recover(_ phrase: SeedPhrase) throws(ClientError) {
        if let identity = peer.device?.identity {
            let keys: IdentityKeys
            do { keys = try IdentityKeys(phrase) } catch { throw .space(.key(error)) }
            guard keys.signing.publicKey == identity else { throw .otherPhrase }
        }
        do throws(SpaceError) {
            let keys: IdentityKeys, secrets: SpaceSecrets
            if let device = peer.device {
                do { keys = try IdentityKeys(phrase) } catch { throw SpaceError.key(error) }
                guard device.identity == keys.signing.publicKey, haloID == nil,
                    let record = try? key("arrival/\(HaloKeys(keys).space)")
                else { throw SpaceError.identityExists }
                do { secrets = try SpaceSecrets(record: record) } catch { throw SpaceError.key(error) }
            } else {
                founding = []
                defer { founding = nil }
                (keys, secrets) = try becomeDevice(of: phrase)
                var changes = founding ?? []
                changes.append(.set("arrival/\(secrets.space)", secrets.record))
                founding = nil
                try keepSpaceErrors(changes)
            }
            root = keys
            try peer.arrive(Arrival(secrets: secrets, name: "HALO", genesis: nil, root: keys))
        } catch { throw .space(error) }
        scheduleFlush()
    }

    /// Whether this device has the identity's own space; before that it waits for another device of the
    /// identity to be met.
    public var isRecovered: Bool { haloID != nil }

    /// Makes this a device of the identity, certified by the identity itself.
    private func becomeDevice(
        of phrase: SeedPhrase
    ) throws(SpaceError) -> (keys: IdentityKeys, secrets: SpaceSecrets) {
        guard peer.device == nil else { throw .identityExists }
        do throws(ClientError) { try demandOriginal() } catch { throw .store(.failed("\(error)")) }
        do {
            let keys = try IdentityKeys(phrase), halo = HaloKeys(keys)
            let secrets = try SpaceSecrets.make(space: halo.space, secret: halo.secret, random: &random)
            let device = try IdentityFounding.device(from: phrase, random: &random)
            try keepSpaceErrors([.set("device", device.record)])
            try peer.setDevice(device)
            return (keys, secrets)
        } catch let error as SpaceError {
            throw error
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .noIdentity }
    }

    // MARK: Profile

    /// The identity as `did:key:…`; nil before there is one.
    public var identity: String? { peer.device.map { DIDKey.encode($0.identity) } }

    /// The public key of this device; nil before there is an identity.
    public var deviceID: DeviceID? { peer.device?.id }

    /// What the identity says of itself; nil before it has come from another device.
    public func profile() throws(ClientError) -> Profile? {
        guard let halo = try halo() else { return nil }
        do { return try halo.profile(&peer) } catch { throw .space(error) }
    }

    /// Changes what the identity says of itself.
    public func setProfile(_ profile: Profile) throws(ClientError) {
        do { try Peer.demandName(profile.displayName) } catch { throw .space(error) }
        guard let halo = try halo() else { throw .space(.noIdentity) }
        try onPeer { (client) throws(SpaceError) in
            try halo.set(profile, &client.peer, wallClock: client.wallClock, random: &client.random)
            client.isHaloDue = true
        }
    }

    /// The name in the identity's profile; nil before it has come from another device.
    public func displayName() throws(ClientError) -> String? { try profile()?.displayName }

    // MARK: Devices

    /// The devices of this identity, seniors first.
    public func devices() throws(ClientError) -> [OwnDevice] {
        guard let halo = try halo(), let own = peer.device else { return [] }
        do throws(SpaceError) {
            let entries = Dictionary(try halo.devices(&peer).map { ($0.device, $0) }) { first, _ in first }
            let member = try peer.members(of: halo.space).first { $0.identity == own.identity }
            return (member?.devices.values.sorted { $0.rank < $1.rank } ?? []).map { device in
                let entry = entries[device.id]
                let certificate = device.chain.certificates.last
                return OwnDevice(
                    id: device.id, name: entry?.name ?? "", platform: entry?.platform ?? "",
                    addedBy: certificate?.issuer ?? own.identity, lastSeen: entry?.lastSeen,
                    isThis: device.id == own.id, isSuspended: device.isSuspended)
            }
        } catch { throw .space(error) }
    }

    /// Calls a device of this identity by another name.
    /// - Throws: ``SpaceError/noSuchDevice(_:)`` as ``ClientError/space(_:)``.
    public func renameDevice(_ id: DeviceID, to name: String) throws(ClientError) {
        do { try Peer.demandName(name) } catch { throw .space(error) }
        guard let halo = try halo() else { throw .space(.noIdentity) }
        guard let device = try devices().first(where: { $0.id == id }) else {
            throw .space(.noSuchDevice(id))
        }
        try onPeer { (client) throws(SpaceError) in
            let entry = DeviceEntry(
                device: id, name: name, platform: device.platform, lastSeen: device.lastSeen ?? 0)
            try halo.set(entry, &client.peer, wallClock: client.wallClock, random: &client.random)
        }
    }

    /// What became of a device in one space.
    public enum Revocation: Hashable, Sendable {
        /// It is out.
        case revoked
        /// It is senior to this device there: it gets no new keys, and the phrase takes it out.
        case suspended
    }

    /// The identity's own key; nil without its phrase.
    /// - Throws: ``ClientError/otherPhrase``.
    func rootKey(_ phrase: SeedPhrase?, of identity: IdentityID) throws(ClientError) -> SigningKey? {
        guard let phrase else { return nil }
        let keys: IdentityKeys
        do { keys = try IdentityKeys(phrase) } catch { throw .space(.key(error)) }
        guard keys.signing.publicKey == identity else { throw .otherPhrase }
        return keys.signing
    }

    /// Takes a device out of this identity and out of all spaces that both are in.
    /// - Parameter phrase: The identity's, for a device that is senior to this one.
    /// - Returns: What became of it in each space.
    /// - Throws: ``SpaceError/noSuchDevice(_:)`` as ``ClientError/space(_:)``, or
    ///   ``ClientError/otherPhrase``.
    public func revokeDevice(
        _ id: DeviceID, phrase: SeedPhrase? = nil
    ) throws(ClientError) -> [SpaceID: Revocation] {
        guard let own = peer.device else { throw .space(.noIdentity) }
        let root = try rootKey(phrase, of: own.identity)
        // One that was cut short can be said again: some spaces may have it still.
        var isThere = false
        for space in peer.spaceSummaries.map(\.id) {
            let member = try members(of: space).first { $0.identity == own.identity }
            if member?.devices[id] != nil { isThere = true }
        }
        guard id != own.id, isThere else { throw .space(.noSuchDevice(id)) }
        // Out of the identity first: what is still a device of it would be let into the spaces again.
        let others = peer.spaceSummaries.map(\.id).filter { $0 != haloID }
        var plan: [(space: SpaceID, outcome: Revocation)] = []
        for space in [haloID].compactMap({ $0 }) + others where peer.isMember(of: space) {
            let member = try members(of: space).first { $0.identity == own.identity }
            guard let target = member?.devices[id], let mine = member?.devices[own.id] else { continue }
            plan.append((space, root != nil || mine.rank < target.rank ? .revoked : .suspended))
        }
        for (space, outcome) in plan {
            try onPeer { (client) throws(SpaceError) in
                // The HALO may have seen to it in the meantime.
                let member = try client.peer.members(of: space).first { $0.identity == own.identity }
                guard let target = member?.devices[id] else { return }
                if outcome == .revoked {
                    try client.peer.revoke(
                        id, in: space, root: root, wallClock: client.wallClock, random: &client.random)
                } else if !target.isSuspended {
                    try client.peer.suspect(
                        id, in: space, wallClock: client.wallClock, random: &client.random)
                }
            }
        }
        let outcomes = Dictionary(plan.map { ($0.space, $0.outcome) }) { first, _ in first }
        return outcomes
    }

    // MARK: Spaces of the identity

    /// Spaces of the identity that this device is on its way into.
    public var arrivingSpaces: [SpaceID] { peer.arrivingSpaces.filter { $0 != haloID } }

    /// Comes back into a space of the identity that this device was told to forget.
    public func returnTo(_ space: SpaceID) throws(ClientError) {
        try keep([.remove("skipped/\(space)")])
        isHaloDue = true
        scheduleFlush()
    }

    /// The HALO of this identity; nil before there is one, or while it is damaged.
    func halo() throws(ClientError) -> Halo? {
        guard let id = haloID, damagedSpaces[id] == nil, let origin = peer.origin(of: id) else { return nil }
        var halo = Halo(space: id, secret: origin.secret)
        for name in try keyNames(below: "skipped/") {
            if let space = SpaceID(bytes: (try? Hex.decode(String(name.dropFirst(8)))) ?? []) {
                halo.forgotten.insert(space)
            }
        }
        halo.root = root
        return halo
    }

    /// Does what the HALO asks for: notes spaces, lets own devices in, sets out for spaces.
    func advanceHalo() {
        guard isHaloDue, !isCopy, founding == nil else { return }
        isHaloDue = false
        // Guests are told this name.
        if let name = try? displayName() { peer.displayName = name }
        do throws(ClientError) {
            guard let halo = try halo() else { return }
            do throws(SpaceError) {
                try halo.noteOwnDevice(
                    named: Self.hostName, platform: Self.platform, &peer, wallClock: wallClock,
                    random: &random)
                try halo.advance(&peer, wallClock: wallClock, random: &random) {
                    arrival throws(SpaceError) in
                    let credential = SecretBytes(copying: arrival.admission?.encoded ?? [])
                    try keepSpaceErrors([
                        .set(
                            "arrival/\(arrival.secrets.space)", .joined([arrival.secrets.record, credential]))
                    ])
                }
            } catch { throw .space(error) }
            publishCards(halo)
            scheduleFlush()
        } catch {
            // What is due is tried again with the next change.
            logger.notice("the identity's spaces are not in line yet: \(error)")
        }
    }

    /// Sets out again for spaces that the home was on its way into when it was closed.
    func resumeArrivals() throws(ClientError) {
        let records = try keys(below: "arrival/")
        guard !records.isEmpty, let halo = try halo() else { return }
        do throws(SpaceError) {
            let entries = try halo.spaces(&peer)
            for record in records {
                let secrets: SpaceSecrets, admission: Credential?
                do {
                    secrets = try SpaceSecrets(record: record.slice(0..<160))
                    admission =
                        record.count > 160
                        ? try Credential(decoding: record.slice(160..<record.count).copied()) : nil
                } catch { throw .damagedMetadata(key: "arrival") }
                guard let entry = entries.first(where: { $0.space == secrets.space }) else { continue }
                try peer.arrive(
                    Arrival(
                        secrets: secrets, name: entry.name, genesis: entry.genesis, admission: admission))
            }
        } catch { throw .space(error) }
    }

    /// Stores what a space of the identity has given this device.
    func finishArrival(in space: SpaceID) {
        guard let secrets = peer.secrets(ofArrivalIn: space) else { return }
        var changes: [KeyChange] = [
            .set("space/\(space)", secrets.record), .remove("arrival/\(space)"),
        ]
        if haloID == nil { changes.append(.set("halo", SecretBytes(copying: space.bytes))) }
        do throws(SpaceError) {
            try peer.finishArrival(
                in: space, opening: { () throws(SpaceError) in try store(space) },
                keeping: { () throws(SpaceError) in try keepSpaceErrors(changes) })
        } catch {
            // It is tried again when the home is opened next.
            logger.error("the space \(space) could not be stored: \(error)")
            peer.cancelArrival(in: space)
        }
        isHaloDue = true
    }
}
