import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// A small space with a history: credentials of every type as its members would have signed them, and what
/// follows.
struct MembershipVector {
    /// A device with all its keys.
    private struct Actor {
        let identity: SigningKey
        let device: SigningKey
        let box: AgreementKey
        let control: SigningKey
        let data: SigningKey
        let noise: AgreementKey

        /// Keys from a number; numbers of one tens are devices of one identity.
        init(_ number: UInt8) throws {
            identity = try SigningKey(seed: Self.secret(number / 10, 0))
            device = try SigningKey(seed: Self.secret(number, 1))
            box = try AgreementKey(seed: Self.secret(number, 2))
            control = try SigningKey(seed: Self.secret(number, 3))
            data = try SigningKey(seed: Self.secret(number, 4))
            noise = try AgreementKey(seed: Self.secret(number, 5))
        }

        static func secret(_ number: UInt8, _ use: UInt8) -> SecretBytes {
            SecretBytes(copying: [UInt8](repeating: number, count: 31) + [use])
        }

        func admission(to space: SpaceID) throws -> Admission {
            let certificate = try DeviceCertificate.issue(
                identity: identity.publicKey, device: device.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
            return Admission(
                chain: try CertificateChain([certificate]),
                binding: try DeviceBinding.issue(
                    space: space, identity: identity.publicKey, control: control, data: data,
                    noise: noise.publicKey, signingWith: device))
        }
    }

    private let space = Digest.blake2b([40])
    private let ada: Actor, tablet: Actor, phone: Actor, bob: Actor, cat: Actor, dan: Actor, laptop: Actor
    private let eve: Actor, fay: Actor
    private var set: CredentialSet
    private var last: [PublicSigningKey: CredentialID] = [:]
    private var items: [[String: Any]] = []
    private var random = SeededRandom(seed: 2)

    private init() throws {
        (ada, tablet, phone) = (try Actor(10), try Actor(11), try Actor(12))
        (bob, cat, dan, laptop) = (try Actor(20), try Actor(30), try Actor(40), try Actor(41))
        (eve, fay) = (try Actor(50), try Actor(60))
        set = CredentialSet(space: space)
    }

    /// Credentials in an order in which parents come first, and what is to be expected of all.
    static func json() throws -> [String: Any] {
        var vector = try MembershipVector()
        try vector.issueAll()
        return vector.expectations()
    }

    /// Issues a credential in the feed of a device.
    /// - Parameters:
    ///   - parents: Others than the last valid one in that feed.
    ///   - isRoot: The identity itself signs it.
    @discardableResult private mutating func issue(
        _ body: CredentialBody, by actor: Actor, after parents: [CredentialID], isRoot: Bool = false
    ) throws -> CredentialID {
        let feed = actor.control.publicKey
        let credential = try Credential.issue(
            body, space: space, parents: parents + (isRoot ? [] : [last[feed]].compactMap(\.self)),
            identity: actor.identity.publicKey,
            device: isRoot ? nil : actor.device.publicKey,
            signingWith: isRoot ? actor.identity : actor.device)
        if case .added = set.insert(credential) {
            last[feed] = credential.id
        }
        items.append(["feed": Hex.encode(feed.bytes), "bytes": Hex.encode(credential.encoded)])
        return credential.id
    }

    private mutating func rotation(
        _ key: ContentKey, to actors: [Actor], wrapping older: [ContentKey]
    ) throws -> KeyRotation {
        try KeyRotation(
            to: key, sealedTo: actors.map(\.box.publicKey), wrapping: older, space: space, random: &random)
    }

    private func cuts(_ actors: Actor..., length: UInt64) -> [FeedCut] {
        actors.map {
            FeedCut(feed: $0.data.publicKey, length: length, treeHash: Digest.blake2b([UInt8(length)]))
        }
    }

    private mutating func issueAll() throws {
        let first = ContentKey(Actor.secret(70, 0)), second = ContentKey(Actor.secret(71, 0))
        let third = ContentKey(Actor.secret(72, 0)), invitation = try SigningKey(seed: Actor.secret(73, 0))
        let genesis = try issue(.genesis(try ada.admission(to: space)), by: ada, after: [])
        try issue(.keyRotate(try rotation(first, to: [ada], wrapping: [])), by: ada, after: [genesis])
        try issue(.deviceAdmit(try tablet.admission(to: space)), by: ada, after: [])
        try issue(.deviceAdmit(try phone.admission(to: space)), by: ada, after: [])
        try issue(.admit(try bob.admission(to: space), .admin), by: ada, after: [])
        let shared = try issue(
            .keyShare(
                id: first.id,
                sealed: try first.sealed(
                    to: [tablet, phone, bob].map(\.box.publicKey), random: &random)), by: ada, after: [])
        let invite = try issue(
            .invite(Invite(key: invitation.publicKey, role: .editor, limit: 2)), by: bob, after: [shared])
        let guest = try cat.admission(to: space)
        let redeemed = try issue(
            .admit(
                guest, .editor,
                redeeming: try Redemption.prove(
                    invite, admission: guest, host: tablet.device.publicKey,
                    handshake: [UInt8](repeating: 74, count: 64), signingWith: invitation)),
            by: tablet, after: [invite])
        let council = try issue(
            .councilSet(
                Council(members: [ada, bob, cat].map(\.identity.publicKey), threshold: 2)),
            by: ada, after: [redeemed])
        try issue(.admit(try dan.admission(to: space), .editor), by: ada, after: [])
        let joined = try issue(.admit(try fay.admission(to: space), .editor), by: ada, after: [])
        // An editor names nobody.
        try issue(
            .invite(Invite(key: invitation.publicKey, role: .reader, limit: 1)), by: cat, after: [joined])
        // What crossed: Dan adds a device while Ada takes him out.
        try issue(.deviceAdmit(try laptop.admission(to: space)), by: dan, after: [joined])
        try issue(
            .remove(
                dan.identity.publicKey, cuts: cuts(dan, length: 3),
                rotation: try rotation(second, to: [ada, tablet, phone, bob, cat, fay], wrapping: [first])),
            by: ada, after: [joined])
        // And Bob lets Eve in while he ceases to be an admin.
        try issue(.admit(try eve.admission(to: space), .reader), by: bob, after: [joined])
        let cancelled = try issue(.inviteCancel(invite), by: bob, after: [])
        try issue(.role(bob.identity.publicKey, .editor, cuts: []), by: ada, after: [joined])
        try issue(.deviceSuspect(tablet.device.publicKey), by: ada, after: [])
        try issue(.deviceLift(tablet.device.publicKey), by: ada, after: [])
        let suspected = try issue(.deviceSuspect(phone.device.publicKey), by: ada, after: [])
        // Two of three of the council.
        var decision = CouncilDecision(council: council, admission: joined)
        try decision.sign(for: cat.identity.publicKey, space: space, device: cat.device)
        try issue(
            .remove(fay.identity.publicKey, cuts: cuts(fay, length: 1), rotation: nil, council: decision),
            by: bob, after: [cancelled, suspected])
        try issue(
            .deviceRevoke(
                tablet.device.publicKey, cuts: cuts(tablet, length: 2),
                rotation: try rotation(third, to: [ada, bob, cat], wrapping: [second])),
            by: ada, after: set.heads, isRoot: true)
    }

    private func expectations() -> [String: Any] {
        let view = set.members()
        var members: [String: Any] = [:], statuses: [String: String] = [:]
        for member in view.membersByRank {
            members[Hex.encode(member.identity.bytes)] = [
                "role": member.role.description,
                "devices": member.devices.values.map { Hex.encode($0.id.bytes) }.sorted(),
                "suspended": member.devices.values.filter(\.isSuspended)
                    .map { Hex.encode($0.id.bytes) }.sorted(),
            ]
        }
        for credential in set.all {
            statuses[Hex.encode(credential.id.bytes)] =
                switch set.status(of: credential.id) {
                case .live: "live"
                case .void: "void"
                case .invalid, nil: "invalid"
                }
        }
        let cuts = set.cuts().map { (Hex.encode($0.key.bytes), Int($0.value)) }
        return [
            "space": Hex.encode(space.bytes), "genesis": Hex.encode(set.genesis?.id.bytes ?? []),
            "credentials": items, "members": members, "statuses": statuses,
            "cleanKey": Hex.encode(set.cleanKey()?.bytes ?? []),
            "cuts": Dictionary(uniqueKeysWithValues: cuts),
            "boxes": [
                // Cat has the newest and all that is under it; Dan, who was taken out, nothing.
                [
                    "secret": Hex.encode(Actor.secret(30, 2).copied()),
                    "keys": keys(box: cat.box),
                ],
                ["secret": Hex.encode(Actor.secret(40, 2).copied()), "keys": keys(box: dan.box)],
                ["secret": Hex.encode(Actor.secret(20, 2).copied()), "keys": keys(box: bob.box)],
            ],
        ]
    }

    private func keys(box: AgreementKey) -> [String: String] {
        var keys = ContentKeys(space: space)
        for credential in set.all { keys.learn(from: credential, box: box) }
        return Dictionary(
            uniqueKeysWithValues: keys.all.map {
                (Hex.encode($0.id.bytes), Hex.encode($0.secret.copied()))
            })
    }
}
