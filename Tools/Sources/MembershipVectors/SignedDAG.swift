import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// A graph of the model as signed credentials.
///
/// `note` is a key.share, `adminact` an invite that nobody uses. Ids of equal depth lie in shares of all ids
/// in the order of the model's ids: they decide between equals.
public struct SignedDAG {
    let model: ModelDAG
    /// In the order of the model's.
    public private(set) var credentials: [Credential] = []
    /// All of them, inserted in that order.
    public private(set) var set: CredentialSet
    /// What the form of real credentials cannot say as the model means it.
    public private(set) var unsaid: String?
    private(set) var ids: [String: CredentialID] = [:]
    private(set) var identityNames: [IdentityID: String] = [:]
    private(set) var deviceNames: [DeviceID: String] = [:]

    private var identities: [String: Int] = [:]
    private var devices: [String: KeyPool.DeviceSlot] = [:]
    private var deviceCounts: [Int: Int] = [:]
    private var invites: [String: Int] = [:]
    /// How each device came to be certified last.
    private var chains: [KeyPool.DeviceSlot: [KeyPool.DeviceSlot]] = [:]

    /// Builds and signs.
    /// - Throws: ``ModelError`` for a graph that is none.
    public init(_ model: ModelDAG, pool: inout KeyPool) throws {
        self.model = model
        set = CredentialSet(space: pool.space)
        let depths = try model.depths()
        var levels: [Int: [String]] = [:]
        for (id, depth) in depths { levels[depth, default: []].append(id) }
        var shares: [String: Share] = [:]
        for ids in levels.values {
            for (number, id) in ids.sorted().enumerated() {
                shares[id] = Share(number: number, of: ids.count)
            }
        }
        try name(&pool)
        for act in model.credentials {
            guard let share = shares[act.id] else { continue }
            let credential = try issue(act, share, &pool)
            credentials.append(credential)
            ids[act.id] = credential.id
            _ = set.insert(credential)
        }
    }

    // MARK: Names

    /// Gives every identity and device of the graph keys of the pool.
    private mutating func name(_ pool: inout KeyPool) throws {
        for act in model.credentials {
            guard act.by.count == 2 else { throw ModelError("\(model.title): \(act.id) is by nobody") }
            try nameIdentity(act.by[0], &pool)
            if let identity = act.identity, let device = act.device {
                try nameDevice(device, of: identity, &pool)
            }
        }
        for act in model.credentials where act.by[1] != "root" {
            try nameDevice(act.by[1], of: act.by[0], &pool)
        }
    }

    @discardableResult
    private mutating func nameIdentity(_ name: String, _ pool: inout KeyPool) throws -> Int {
        if let number = identities[name] { return number }
        let number = identities.count
        identities[name] = number
        identityNames[try pool.identity(number).publicKey] = name
        return number
    }

    @discardableResult
    private mutating func nameDevice(
        _ name: String, of identity: String, _ pool: inout KeyPool
    ) throws -> KeyPool.DeviceSlot {
        let owner = try nameIdentity(identity, &pool)
        if let slot = devices[name] { return slot }
        let slot = KeyPool.DeviceSlot(owner: owner, number: deviceCounts[owner, default: 0])
        deviceCounts[owner, default: 0] += 1
        devices[name] = slot
        deviceNames[try pool.device(slot).signing.publicKey] = name
        return slot
    }

    private mutating func identity(_ name: String?, _ pool: inout KeyPool) throws -> IdentityID {
        guard let name else { throw ModelError("\(model.title): a name is missing") }
        return try pool.identity(nameIdentity(name, &pool)).publicKey
    }

    // MARK: Credentials

    private mutating func issue(
        _ act: ModelDAG.Act, _ share: Share, _ pool: inout KeyPool
    ) throws -> Credential {
        let isRoot = act.by[1] == "root"
        let issuer = try nameIdentity(act.by[0], &pool)
        let root = try pool.identity(issuer)
        let key = isRoot ? root : try pool.device(nameDevice(act.by[1], of: act.by[0], &pool)).signing
        let parents = act.parents.compactMap { ids[$0] }
        let body = try body(act, parents, host: key.publicKey, &pool)
        let credential = try Credential.issue(
            body, space: pool.space, parents: parents, identity: root.publicKey,
            device: isRoot ? nil : key.publicKey, signingWith: key)
        return try share.place(credential, signingWith: key)
    }

    private mutating func body(
        _ act: ModelDAG.Act, _ parents: [CredentialID], host: DeviceID, _ pool: inout KeyPool
    ) throws -> CredentialBody {
        switch act.type {
        case "genesis": return .genesis(try admission(act, &pool))
        case "admit":
            let admission = try admission(act, &pool)
            guard let invite = act.invite else { return .admit(admission, try role(act)) }
            let redemption = try Redemption.prove(
                ids[invite] ?? unknown, admission: admission, host: host,
                handshake: [UInt8](repeating: 7, count: 64),
                signingWith: pool.invite(inviteNumber(invite)))
            return .admit(admission, try role(act), redeeming: redemption)
        case "device.admit": return .deviceAdmit(try admission(act, &pool))
        case "device.revoke":
            guard let target = act.target else { throw ModelError("\(model.title): \(act.id) has no target") }
            let slot = try nameDevice(target, of: act.by[0], &pool)
            return .deviceRevoke(try pool.device(slot).signing.publicKey, cuts: [], rotation: nil)
        case "remove":
            let target = try identity(act.target, &pool)
            return .remove(
                target, cuts: [], rotation: nil, council: try decision(act, target, parents, &pool))
        case "role": return .role(try identity(act.target, &pool), try role(act), cuts: [])
        case "invite":
            let key = try pool.invite(inviteNumber(act.id)).publicKey
            return .invite(Invite(key: key, role: .admin, limit: act.max ?? 1))
        case "adminact":
            return .invite(
                Invite(key: try pool.invite(inviteNumber(act.id)).publicKey, role: .reader, limit: 1))
        case "council.set":
            let members = try (act.council ?? []).map { try identity($0, &pool) }
            return .councilSet(Council(members: members, threshold: act.threshold ?? 0))
        case "note": return .keyShare(id: unknown, sealed: [])
        default: throw ModelError("\(model.title): \(act.id) has the unknown type \(act.type)")
        }
    }

    private func role(_ act: ModelDAG.Act) throws(ModelError) -> Role {
        guard let role = act.role.flatMap({ Role($0) }) else {
            throw ModelError("\(model.title): \(act.id) has no role")
        }
        return role
    }

    private mutating func inviteNumber(_ id: String) -> Int {
        if let number = invites[id] { return number }
        let number = invites.count
        invites[id] = number
        return number
    }

    /// A device that another admits is certified by it, one that comes with its identity by that.
    private mutating func admission(_ act: ModelDAG.Act, _ pool: inout KeyPool) throws -> Admission {
        guard let identity = act.identity, let device = act.device else {
            throw ModelError("\(model.title): \(act.id) lets nobody in")
        }
        let slot = try nameDevice(device, of: identity, &pool)
        var chain = [slot]
        if act.type == "device.admit", identity == act.by[0],
            let above = devices[act.by[1]].flatMap({ chains[$0] }),
            above.count < CertificateChain.lengthLimit, !above.contains(slot)
        {
            chain = above + [slot]
        }
        chains[slot] = chain
        return try pool.admission(of: nameIdentity(identity, &pool), chain: chain)
    }

    /// The id of nothing.
    private var unknown: CredentialID { Digest.blake2b([0]) }

    /// The council's decision, about the council and the admission that those who sign it see.
    private mutating func decision(
        _ act: ModelDAG.Act, _ target: IdentityID, _ parents: [CredentialID], _ pool: inout KeyPool
    ) throws -> CouncilDecision? {
        guard let names = act.cosign, !names.isEmpty else { return nil }
        let view = set.members(at: parents)
        let council = set.council(at: parents)
        var decision = CouncilDecision(
            council: council?.id ?? unknown, admission: view?.members[target]?.rank.id ?? unknown)
        for name in names {
            let signer = try identity(name, &pool)
            let slots = devices.values.filter { $0.owner == identities[name] }
                .sorted { $0.number < $1.number }
            let keys = try slots.map { try pool.device($0).signing }
            let present = keys.first { view?.members[signer]?.devices[$0.publicKey] != nil }
            guard let key = present ?? keys.first else { continue }
            if present == nil, view?.members[signer] != nil, signer != target,
                council?.council.members.contains(signer) == true
            {
                unsaid = "\(act.id): \(name) signs, a member without a device"
            }
            try decision.sign(for: signer, space: pool.space, device: key)
        }
        return decision
    }
}

/// A part of all ids, of so many equal ones.
struct Share {
    var number: Int
    var of: Int

    init(number: Int, of count: Int) {
        self.number = number
        of = count
    }

    func contains(_ id: CredentialID) -> Bool {
        let first = id.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return first.multipliedFullWidth(by: UInt64(of)).high == UInt64(number)
    }

    /// The credential with a number for an extension such that its id lies in the share.
    func place(_ credential: Credential, signingWith key: SigningKey) throws -> Credential {
        guard !contains(credential.id) else { return credential }
        let parts = try CBORValue(decoding: credential.encoded).asArray(count: 2)
        guard case .map(let pairs) = parts[0] else { return credential }
        var attempt: UInt64 = 0
        while true {
            // Keys from 64 on are room for extensions: read, signed, and without meaning.
            let signed = CBORValue.map(pairs + [CBORPair(.unsigned(64), .unsigned(attempt))])
            let signature = try key.sign(signed.encoded(), purpose: .cred)
            let bytes = CBORValue.array([signed, signature.encodedValue]).encoded()
            if contains(Digest.blake2b(bytes)) { return try Credential(decoding: bytes) }
            attempt += 1
        }
    }
}
