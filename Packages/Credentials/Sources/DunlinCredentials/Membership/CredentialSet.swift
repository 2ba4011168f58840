import DunlinKeys

/// What became of a credential that was inserted.
public enum Insertion: Hashable, Sendable {
    case added
    case known
    /// These parents must come first; the credential is kept and tried again.
    case waiting([CredentialID])
    case invalid(CredentialError)
}

/// The credentials of a space: a causal graph, and the members that follow from it.
///
/// Whether a credential is valid is judged in its own past alone and never changes. Members are a pure
/// function of the set: the order of arrival does not matter.
/// - Source: `Docs/Spec/Credentials.md`, "Evaluation".
public struct CredentialSet: Sendable {
    static let waitingLimit = 1_024

    private struct Entry: Sendable {
        var credential: Credential
        var depth: Int
        /// Indices of all ancestors.
        var past: Set<Int>
    }

    private struct Waiting: Sendable {
        var credential: Credential
        var parents: [CredentialID]
        var previous: CredentialID?
    }

    /// The space that all credentials are of.
    public let space: SpaceID
    private var entries: [Entry] = []
    private var index: [CredentialID: Int] = [:]
    private var waiting: [CredentialID: Waiting] = [:]
    private var children: Set<CredentialID> = []
    private var view = MembershipView()

    /// The only credential that may found the space; the first one seen when nil.
    private let expectedGenesis: CredentialID?

    /// - Parameter genesis: the genesis as it was created, or as the invitation's key exchange named it.
    ///   Anybody can sign a genesis; without this, a member could found the space anew on a peer that sees
    ///   his first.
    public init(space: SpaceID, genesis: CredentialID? = nil) {
        self.space = space
        expectedGenesis = genesis
    }

    /// Credentials that are in, valid or not.
    public var count: Int { entries.count }
    /// The founding of the space; nil before it has come.
    public var genesis: Credential? { entries.first?.credential }
    /// Credentials that no other names as a parent, sorted.
    public var heads: [CredentialID] { index.keys.filter { !children.contains($0) }.sorted() }
    /// Credentials in an order in which parents come first.
    public var inOrder: [Credential] { entries.map(\.credential) }

    /// Whether a credential is in.
    public func contains(_ id: CredentialID) -> Bool { index[id] != nil }

    /// Members by all that is known.
    public func members() -> MembershipView { view }

    /// Members in the past of `heads` (themselves included); nil when one of them is not known.
    public func members(at heads: [CredentialID]) -> MembershipView? {
        if heads == self.heads { return view }
        var past: Set<Int> = []
        for head in heads {
            guard let number = index[head] else { return nil }
            past.formUnion(entries[number].past)
            past.insert(number)
        }
        return evaluate(past)
    }

    /// Adds a credential.
    /// - Parameters:
    ///   - previous: the valid credential before it in its issuer's control feed, an implicit parent.
    ///   - isKept: whether a credential whose parents are missing is kept here until they come. A caller that
    ///     reads feeds in order tries again itself.
    public mutating func insert(
        _ credential: Credential, previous: CredentialID?, isKept: Bool = true
    ) -> Insertion {
        guard index[credential.id] == nil else { return .known }
        guard credential.space == space else { return .invalid(.otherSpace) }
        let parents = Array(Set(credential.parents + (previous.map { [$0] } ?? [])))
        let missing = parents.filter { index[$0] == nil }
        guard missing.isEmpty else {
            if isKept, waiting.count < Self.waitingLimit {
                waiting[credential.id] = Waiting(credential: credential, parents: parents, previous: previous)
            }
            return .waiting(missing.sorted())
        }
        if let error = add(credential, parents: parents) { return .invalid(error) }
        retryWaiting()
        return .added
    }

    private mutating func retryWaiting() {
        var progress = true
        while progress {
            progress = false
            for (id, item) in waiting.sorted(by: { $0.key < $1.key })
            where item.parents.allSatisfy({ index[$0] != nil }) {
                waiting[id] = nil
                if add(item.credential, parents: item.parents) == nil { progress = true }
            }
        }
    }

    private mutating func add(_ credential: Credential, parents: [CredentialID]) -> CredentialError? {
        var past: Set<Int> = []
        var depth = 0
        for parent in parents {
            guard let number = index[parent] else { return .issuerUnknown }
            past.formUnion(entries[number].past)
            past.insert(number)
            depth = max(depth, entries[number].depth + 1)
        }
        if let error = violation(of: credential, in: past) { return error }
        index[credential.id] = entries.count
        entries.append(Entry(credential: credential, depth: depth, past: past))
        children.formUnion(parents)
        view = evaluate(Set(entries.indices))
        return nil
    }

    // MARK: Validity

    /// The rule that a credential breaks in its own past; nil when it is valid.
    private func violation(of credential: Credential, in past: Set<Int>) -> CredentialError? {
        if case .genesis(let chain, _) = credential.body {
            guard past.isEmpty, entries.isEmpty, expectedGenesis.map({ $0 == credential.id }) ?? true else {
                return .misplacedGenesis
            }
            guard credential.identity == chain.identity, credential.device == chain.device else {
                return .issuerUnknown
            }
            return nil
        }
        let view = evaluate(past)
        guard let member = view.members[credential.identity] else { return .issuerUnknown }
        guard let device = credential.device else {
            // The identity itself may only admit its devices.
            guard case .deviceAdmit = credential.body else { return .notAllowed }
            return admissionViolation(of: credential, by: member, in: view)
        }
        guard member.devices[device] != nil else { return .issuerUnknown }
        return admissionViolation(of: credential, by: member, in: view)
    }

    private func admissionViolation(
        of credential: Credential, by member: Member, in view: MembershipView
    ) -> CredentialError? {
        switch credential.body {
        case .genesis: return .misplacedGenesis
        case .admit(let chain, _, let role):
            guard member.role == .admin, role <= member.role else { return .notAllowed }
            guard view.members[chain.identity] == nil, view.device(chain.device) == nil else {
                return .alreadyAdmitted
            }
            return nil
        case .deviceAdmit(let chain, _):
            guard chain.identity == credential.identity else { return .notAllowed }
            return view.device(chain.device) == nil ? nil : .alreadyAdmitted
        case .keyRotate: return member.role >= .editor ? nil : .notAllowed
        case .keyShare: return nil
        }
    }

    // MARK: Evaluation

    /// Members by a causally closed set of credentials.
    private func evaluate(_ set: Set<Int>) -> MembershipView {
        let admissions = set.compactMap { number -> (Rank, Int)? in
            switch entries[number].credential.body {
            case .genesis, .admit, .deviceAdmit:
                (Rank(depth: entries[number].depth, id: entries[number].credential.id), number)
            case .keyRotate, .keyShare: nil
            }
        }.sorted { $0.0 < $1.0 }
        var view = MembershipView()
        var inForce: [IdentityID: Int] = [:]
        for (rank, number) in admissions {
            switch entries[number].credential.body {
            case .genesis(let chain, _): admit(chain.identity, .admin, rank, number, &view, &inForce)
            case .admit(let chain, _, let role): admit(chain.identity, role, rank, number, &view, &inForce)
            case .deviceAdmit, .keyRotate, .keyShare: break
            }
        }
        var present: Set<DeviceID> = []
        for (rank, number) in admissions {
            switch entries[number].credential.body {
            case .genesis(let chain, let binding), .admit(let chain, let binding, _),
                .deviceAdmit(let chain, let binding):
                guard let admission = inForce[chain.identity],
                    admission == number || entries[number].past.contains(admission),
                    present.insert(chain.device).inserted
                else { continue }
                view.members[chain.identity]?.devices[chain.device] = PresentDevice(
                    id: chain.device, identity: chain.identity, chain: chain, binding: binding, rank: rank)
            case .keyRotate, .keyShare: break
            }
        }
        return view
    }

    private func admit(
        _ identity: IdentityID, _ role: Role, _ rank: Rank, _ number: Int, _ view: inout MembershipView,
        _ inForce: inout [IdentityID: Int]
    ) {
        guard inForce[identity] == nil else { return }
        inForce[identity] = number
        view.members[identity] = Member(identity: identity, role: role, rank: rank, devices: [:])
    }

    // MARK: Keys

    /// Ids of content keys from the one to write with on: deepest rotation first, ties by credential id.
    public func keyPreference() -> [Digest] {
        entries.compactMap { entry -> (Int, CredentialID, Digest)? in
            guard case .keyRotate(let id, _, _) = entry.credential.body else { return nil }
            return (entry.depth, entry.credential.id, id)
        }.sorted { ($0.0, $0.1) > ($1.0, $1.1) }.map(\.2)
    }
}
