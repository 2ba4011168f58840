import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// A ``Scenario`` as signed credentials.
struct SignedScenario {
    private(set) var set: CredentialSet
    private(set) var ids: [String: CredentialID] = [:]
    private var people: [String: SigningKey] = [:]
    private var devices: [String: (key: SigningKey, admission: Admission)] = [:]
    private var random = SeededRandom(seed: 9)
    private let inviteKey: SigningKey

    init(_ scenario: Scenario) throws {
        set = CredentialSet(space: SpaceID(raw: Bytes32()))
        inviteKey = try .make(random: &random)
        for line in scenario.acts.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0.hasSuffix(":") ? $0.dropLast() : $0[...]) }
            let parents = words[2].split(separator: "+").compactMap { ids[String($0)] }
            let issuer = words[3].split(separator: ".").map { String($0) }
            let credential = try issue(words, parents, issuer[0], issuer[1])
            ids[words[0]] = credential.id
            _ = set.insert(credential)
        }
    }

    func person(_ name: String) -> IdentityID { people[name]!.publicKey }
    /// What the scenario calls a credential.
    func name(_ id: CredentialID) -> String { ids.first { $0.value == id }?.key ?? "?" }
    /// What the scenario calls somebody.
    func name(_ identity: IdentityID) -> String? { people.first { $0.value.publicKey == identity }?.key }

    private mutating func identity(_ name: String) throws -> SigningKey {
        if let key = people[name] { return key }
        let key = try SigningKey.make(random: &random)
        people[name] = key
        return key
    }

    private mutating func device(_ name: String, of owner: String) throws -> (
        key: SigningKey, admission: Admission
    ) {
        if let device = devices[name] { return device }
        let identity = try identity(owner), key = try SigningKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: key.publicKey,
                box: AgreementKey.make(random: &random).publicKey, serial: 0, signingWith: identity)
        ])
        let binding = try DeviceBinding.issue(
            space: set.space, identity: identity.publicKey, control: .make(random: &random),
            data: .make(random: &random), noise: AgreementKey.make(random: &random).publicKey,
            signingWith: key)
        devices[name] = (key, Admission(chain: chain, binding: binding))
        return (key, Admission(chain: chain, binding: binding))
    }

    private mutating func issue(
        _ words: [String], _ parents: [CredentialID], _ identity: String, _ device: String
    ) throws -> Credential {
        let root = try self.identity(identity)
        let key = device == "root" ? root : try self.device(device, of: identity).key
        let body = try body(words, parents, identity, host: key.publicKey)
        return try Credential.issue(
            body, space: set.space, parents: parents, identity: root.publicKey,
            device: device == "root" ? nil : key.publicKey, signingWith: key)
    }

    private mutating func body(
        _ words: [String], _ parents: [CredentialID], _ issuer: String, host: DeviceID
    ) throws -> CredentialBody {
        switch words[4] {
        case "genesis":
            return .genesis(try device(String(words[3].split(separator: ".")[1]), of: issuer).admission)
        case "admit":
            let guest = words[5].split(separator: ".").map { String($0) }
            let admission = try device(guest[1], of: guest[0]).admission
            guard words.count > 8, let invite = ids[words[8]] else {
                return .admit(admission, Role(words[6])!)
            }
            let proof = try Redemption.prove(
                invite, admission: admission, host: host, handshake: [UInt8](repeating: 0, count: 64),
                signingWith: inviteKey)
            return .admit(admission, Role(words[6])!, redeeming: proof)
        case "device.admit": return .deviceAdmit(try device(words[5], of: issuer).admission)
        case "device.revoke":
            return .deviceRevoke(try device(words[5], of: issuer).key.publicKey, cuts: [], rotation: nil)
        case "remove": return try removal(words, parents)
        case "role": return .role(try identity(words[5]).publicKey, Role(words[6])!, cuts: [])
        case "invite":
            return .invite(Invite(key: inviteKey.publicKey, role: .admin, limit: Int(words[5])!))
        case "council.set":
            let members = try words[5].split(separator: "+").map { try identity(String($0)).publicKey }
            return .councilSet(Council(members: members, threshold: Int(words[6])!))
        case "note": return .keyShare(id: set.space, sealed: [])
        default: return .invite(Invite(key: inviteKey.publicKey, role: .reader, limit: 1))
        }
    }

    private mutating func removal(_ words: [String], _ parents: [CredentialID]) throws -> CredentialBody {
        let target = try identity(words[5]).publicKey
        guard words.count > 7 else { return .remove(target, cuts: [], rotation: nil) }
        var decision = CouncilDecision(
            council: set.council(at: parents)?.id ?? set.space,
            admission: set.members(at: parents)?.members[target]?.rank.id ?? set.space)
        for name in words[7].split(separator: "+").map({ String($0) }) {
            try decision.sign(
                for: identity(name).publicKey, space: set.space,
                device: device(name.lowercased() + "1", of: name).key)
        }
        return .remove(target, cuts: [], rotation: nil, council: decision)
    }
}
