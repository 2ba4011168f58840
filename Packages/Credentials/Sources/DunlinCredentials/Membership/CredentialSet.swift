import DunlinKeys

/// What became of a credential that was inserted.
public enum Insertion: Hashable, Sendable {
    case added
    case known
    /// These parents must come first; the credential is kept and tried again.
    case waiting([CredentialID])
    case invalid(CredentialError)
}

/// What a credential counts for, by all that is known.
public enum CredentialStatus: Hashable, Sendable {
    case live
    /// It was allowed, and something else takes its effect away.
    case void(VoidCause)
    /// It was not allowed when it was issued, and never will be.
    case invalid(CredentialError)
}

/// The credentials of a space: a causal graph, and the members that follow from it.
///
/// Whether a credential is valid is judged in its own past alone and never changes. Members are a pure
/// function of the set: the order of arrival does not matter.
/// - Source: `Docs/Spec/Credentials.md`, "Evaluation".
public struct CredentialSet: Sendable {
    static let waitingLimit = 1_024

    /// The space that all credentials are of.
    public let space: SpaceID
    var membership = Membership()
    /// In the order of the membership's entries.
    var credentials: [Credential] = []
    private var flaws: [Int: CredentialError] = [:]
    private var waiting: [CredentialID: Credential] = [:]
    /// Devices that were ever let in by right, in the order of arrival; what came after does not matter.
    public private(set) var admissions: [Admission] = []
    private var view = MembershipView()
    /// The admissions that name a data feed, by the feed.
    private var writers: [PublicSigningKey: [Int]] = [:]
    /// The devices that name a control feed, by the feed.
    private var controllers: [PublicSigningKey: Set<DeviceID>] = [:]

    /// How much was signed by whom, and together.
    private(set) var loads: [IdentityID: NamingRoom.Load] = [:]
    private(set) var load = NamingRoom.Load()
    var room = NamingRoom()

    /// The only credential that may found the space; the first one seen when nil.
    private let expectedGenesis: CredentialID?

    /// - Parameter genesis: the genesis as it was created, or as the invitation's key exchange named it.
    ///   Anybody can sign a genesis; without this, a member could found the space anew on a peer that sees
    ///   his first.
    public init(space: SpaceID, genesis: CredentialID? = nil) {
        self.space = space
        expectedGenesis = genesis
    }

    /// Credentials that are in, those that count for nothing too.
    public var count: Int { credentials.count }
    /// The founding of the space; nil before it has come.
    public var genesis: Credential? { credentials.first }
    /// Valid credentials that are in no other's past, sorted.
    public var heads: [CredentialID] { membership.heads.map { credentials[$0].id }.sorted() }
    /// All credentials, those that count for nothing too, in an order in which parents come first.
    public var all: [Credential] { credentials }
    /// Credentials that are neither among some, those of them that are known, nor in their past.
    public func all(after heads: [CredentialID]) -> [Credential] {
        var past = AncestorSet()
        for number in heads.compactMap({ membership.index[$0] }) {
            past.formUnion(membership.entries[number].past)
            past.insert(number)
        }
        return credentials.indices.filter { !past.contains($0) }.map { credentials[$0] }
    }

    /// Valid credentials in an order in which parents come first.
    public var inOrder: [Credential] {
        credentials.indices.filter { membership.entries[$0].standing != nil }.map { credentials[$0] }
    }

    /// Whether a credential is in.
    public func contains(_ id: CredentialID) -> Bool { membership.index[id] != nil }

    /// A credential that is in; nil when it is not.
    public subscript(id: CredentialID) -> Credential? { membership.index[id].map { credentials[$0] } }

    /// What a credential counts for; nil when it is not in.
    public func status(of id: CredentialID) -> CredentialStatus? {
        guard let number = membership.index[id] else { return nil }
        if let flaw = flaws[number] { return .invalid(flaw) }
        return membership.cause(of: number, in: membership.current).map { .void($0) } ?? .live
    }

    // MARK: Members

    /// Members by all that is known.
    public func members() -> MembershipView { view }

    /// Members in the past of `heads` (themselves included); nil when one of them is not known.
    /// - Complexity: O(*n*) in the members; finding out who they are takes what has changed since the nearest
    ///   place that was asked for.
    public mutating func members(at heads: [CredentialID]) -> MembershipView? {
        guard let judgement = judgement(at: heads) else { return nil }
        var view = MembershipView()
        for identity in judgement.members.keys { update(identity, in: &view, by: judgement) }
        return view
    }

    /// What a device could do in the past of `heads`; nil when it was not present, or one of them is not
    /// known.
    public mutating func role(of device: DeviceID, at heads: [CredentialID]) -> Role? {
        guard let judgement = judgement(at: heads) else { return nil }
        return membership.holder(of: device, in: judgement)?.role
    }

    /// Whether somebody could write to a data feed in the past of `heads`: a present device of an editor or
    /// admin had that feed; nil when one of the heads is not known.
    /// - Complexity: O(1) for a feed that one device has, once the members are known there.
    public mutating func canWrite(to feed: PublicSigningKey, at heads: [CredentialID]) -> Bool? {
        guard !heads.isEmpty, let judgement = judgement(at: heads) else { return nil }
        return writers[feed, default: []].contains { number in
            guard let admission = credentials[number].body.admission,
                let member = judgement.members[admission.identity]
            else { return false }
            return member.role >= .editor && member.devices[admission.device] == number
        }
    }

    /// Whether a device was let in with a control feed.
    public func isControl(_ feed: PublicSigningKey, of device: DeviceID) -> Bool {
        controllers[feed]?.contains(device) ?? false
    }

    private mutating func judgement(at heads: [CredentialID]) -> Judgement? {
        var numbers: [Int] = []
        for head in heads {
            guard let number = membership.index[head] else { return nil }
            numbers.append(number)
        }
        if numbers.sorted() == membership.heads { return membership.current }
        return membership.judgement(at: numbers)
    }

    private mutating func updateView() {
        guard !membership.changed.isEmpty else { return }
        for identity in membership.changed { update(identity, in: &view, by: membership.current) }
        membership.changed = []
    }

    private func update(_ identity: IdentityID, in view: inout MembershipView, by judgement: Judgement) {
        guard let judged = judgement.members[identity] else { return view.set(identity, to: nil) }
        var member = Member(
            identity: identity, role: judged.role, rank: membership.entries[judged.admission].rank,
            devices: [:])
        for (id, number) in judged.devices {
            guard let admission = credentials[number].body.admission else { continue }
            member.devices[id] = PresentDevice(
                id: id, identity: identity, chain: admission.chain, binding: admission.binding,
                rank: membership.entries[number].rank,
                isSuspended: membership.isSuspended(id, in: judgement))
        }
        view.set(identity, to: member)
    }

    // MARK: Growing

    /// Adds a credential.
    /// - Parameter isKept: Whether a credential whose parents are missing is kept here until they come. A
    ///   caller that reads feeds in order tries again itself.
    public mutating func insert(_ credential: Credential, isKept: Bool = true) -> Insertion {
        guard membership.index[credential.id] == nil else { return .known }
        guard credential.space == space else { return .invalid(.otherSpace) }
        let missing = credential.parents.filter { membership.index[$0] == nil }
        guard missing.isEmpty else {
            if isKept, waiting.count < Self.waitingLimit {
                waiting[credential.id] = credential
            }
            return .waiting(missing)
        }
        let error = add(credential)
        retryWaiting()
        updateView()
        return error.map { .invalid($0) } ?? .added
    }

    private mutating func retryWaiting() {
        var progress = true
        while progress {
            progress = false
            for (id, item) in waiting.sorted(by: { $0.key < $1.key })
            where item.parents.allSatisfy({ membership.index[$0] != nil }) {
                waiting[id] = nil
                _ = add(item)
                progress = true
            }
        }
    }

    private mutating func add(_ credential: Credential) -> CredentialError? {
        if case .genesis = credential.body {
            // What is no genesis of this space is no part of its graph.
            guard credential.parents.isEmpty, credentials.isEmpty,
                expectedGenesis.map({ $0 == credential.id }) ?? true
            else { return .misplacedGenesis }
        } else if credential.parents.isEmpty {
            return .issuerUnknown
        }
        let error = membership.add(credential.act, flaw: flaw(of: credential))
        flaws[credentials.count] = error
        credentials.append(credential)
        load.add(credential)
        loads[credential.identity, default: NamingRoom.Load()].add(credential)
        if error == nil, let admission = credential.body.admission {
            admissions.append(admission)
            writers[admission.binding.data, default: []].append(credentials.count - 1)
            controllers[admission.binding.control, default: []].insert(admission.device)
        }
        return error
    }

    /// What is wrong with a credential that membership does not tell.
    private func flaw(of credential: Credential) -> CredentialError? {
        switch credential.body {
        case .genesis(let admission, _):
            guard credential.identity == admission.identity,
                credential.device.map({ $0 == admission.device }) ?? true
            else { return .issuerUnknown }
        case .deviceAdmit(let admission):
            guard credential.identity == admission.identity else { return .notAllowed }
        case .admit(let admission, _, let redemption?):
            guard let device = credential.device, case .invite(let invite)? = self[redemption.invite]?.body,
                redemption.isSigned(by: invite.key, admission: admission, host: device)
            else { return .badProof }
            guard invite.guest.map({ $0 == admission.identity }) ?? true else { return .notAllowed }
        case .remove(_, _, _, let council?):
            // Without anybody else's signature it would be the issuer's own removal.
            guard !council.cosignatures.isEmpty else { return .notAllowed }
        case .admit, .deviceRevoke, .remove, .role, .invite, .inviteCancel, .councilSet, .keyRotate,
            .keyShare,
            .deviceSuspect, .deviceLift:
            break
        }
        return nil
    }
}
