import DunlinKeys

/// Why somebody belongs to a space, no longer does or never did: the credentials that it follows from.
public struct MembershipExplanation: Hashable, Sendable {
    /// Where it leads.
    public enum Outcome: Hashable, Sendable {
        case member(Role)
        /// It was let in, and nothing lets it in any more.
        case formerMember
        /// All that would have let it in is void or was not allowed.
        case neverMember
        /// No credential lets it in.
        case unknown
    }

    /// What a credential does to somebody's membership.
    public enum Effect: Hashable, Sendable {
        /// It is a member through this admission.
        case letsIn
        /// An admission that another act takes back.
        case takenBack(by: CredentialID)
        /// A more senior admission, or a later change of the role, counts instead.
        case superseded(by: CredentialID)
        /// Takes back this admission.
        case takesOut(CredentialID)
        case setsRole
        case addsDevice
        case takesDevice
        /// It is live, and nothing of this follows from it any more.
        case past
        /// Void, or never valid.
        case nothing
        /// About somebody else: an admission that this rests on, or what made something of this void.
        case background
    }

    /// One credential of the chain.
    public struct Step: Hashable, Sendable {
        /// The credential.
        public var id: CredentialID
        /// Who issued it.
        public var issuer: IdentityID
        /// By which device; nil for the identity's own key.
        public var device: DeviceID?
        /// What it says.
        public var body: CredentialBody
        /// Whether it counts, and why not.
        public var status: CredentialStatus
        /// What it does to the membership that is explained.
        public var effect: Effect
        /// Whether the outcome would be another without it.
        public var isDeciding: Bool
    }

    /// Who is explained.
    public var identity: IdentityID
    /// Where it leads.
    public var outcome: Outcome
    /// From the genesis on, the senior first.
    public var steps: [Step]
}

extension CredentialSet {
    /// Why somebody is a member, no longer one or never was.
    ///
    /// Every credential about it is a step, and of others' the admissions that it rests on and what made
    /// something of it void.
    /// - Complexity: O(*n*) in the credentials, and in those about the identity for each of them.
    public func explanation(of identity: IdentityID) -> MembershipExplanation {
        let own = credentials.indices.filter { membership.isAbout($0, identity) }
        var numbers = Set(own)
        var open = own
        while let number = open.popLast() {
            for other in grounds(of: number) where numbers.insert(other).inserted { open.append(other) }
        }
        let ordered = numbers.sorted { membership.entries[$0].rank < membership.entries[$1].rank }
        let owned = Set(own)
        let steps = ordered.compactMap { number -> MembershipExplanation.Step? in
            let credential = credentials[number]
            guard let status = status(of: credential.id) else { return nil }
            var effect = MembershipExplanation.Effect.background
            if owned.contains(number) { effect = self.effect(of: number, on: identity) }
            return MembershipExplanation.Step(
                id: credential.id, issuer: credential.identity, device: credential.device,
                body: credential.body, status: status, effect: effect,
                isDeciding: isDeciding(effect, number))
        }
        return MembershipExplanation(identity: identity, outcome: outcome(of: identity, own), steps: steps)
    }

    /// What a credential rests on, and what made it void.
    private func grounds(of number: Int) -> [Int] {
        var grounds = membership.entries[number].standing?.support ?? []
        guard case .void(let cause)? = status(of: credentials[number].id) else { return grounds }
        switch cause {
        case .restsOn(let id), .removed(let id), .revoked(let id), .demoted(let id), .usedUp(let id),
            .cancelled(let id):
            if let other = membership.index[id] { grounds.append(other) }
        case .councilBroken: break
        }
        if case .usedUp(let invite) = cause, let place = membership.index[invite] {
            // Who has had the places.
            grounds += membership.related.redemptions[place, default: []]
                .filter(membership.current.live.contains)
        }
        return grounds
    }

    private func outcome(of identity: IdentityID, _ own: [Int]) -> MembershipExplanation.Outcome {
        if let member = membership.current.members[identity] { return .member(member.role) }
        let admissions = own.filter { membership.role(admittedBy: $0) != nil }
        if admissions.contains(where: membership.current.live.contains) { return .formerMember }
        return admissions.isEmpty ? .unknown : .neverMember
    }

    private func isDeciding(_ effect: MembershipExplanation.Effect, _ number: Int) -> Bool {
        switch effect {
        case .letsIn, .takesOut, .setsRole: true
        // The outcome is that it counts for nothing.
        case .nothing: membership.role(admittedBy: number) != nil
        case .takenBack, .superseded, .addsDevice, .takesDevice, .past, .background: false
        }
    }

    // MARK: Effects

    private func effect(of number: Int, on identity: IdentityID) -> MembershipExplanation.Effect {
        guard membership.current.live.contains(number) else { return .nothing }
        let member = membership.current.members[identity]
        switch membership.entries[number].act.deed {
        case .genesis, .admit:
            if number == member?.admission { return .letsIn }
            if let removal = removal(of: number, identity) {
                return .takenBack(by: membership.entries[removal].act.id)
            }
            return member.map { .superseded(by: membership.entries[$0.admission].act.id) } ?? .past
        case .remove:
            let admissions = membership.related.admissions[identity, default: []]
                .filter { membership.current.live.contains($0) && membership.covers(number, $0) }
                .sorted { membership.entries[$0].rank < membership.entries[$1].rank }
            // One that was taken back before, by others that have seen it too, is no news.
            return admissions.last.map { .takesOut(membership.entries[$0].act.id) } ?? .past
        case .setRole:
            guard let member, member.roles.contains(number) else { return .past }
            guard case .setRole(_, member.role) = membership.entries[number].act.deed else {
                let lower = member.roles.first { other in
                    if case .setRole(_, member.role) = membership.entries[other].act.deed {
                        true
                    } else {
                        false
                    }
                }
                return lower.map { .superseded(by: membership.entries[$0].act.id) } ?? .past
            }
            return .setsRole
        case .admitDevice(let device):
            if member?.devices[device] == number { return .addsDevice }
            let revocations = membership.related.revocations[device]?.all ?? []
            let revocation = member.flatMap { member in
                revocations.first {
                    membership.current.live.contains($0)
                        && membership.revokes($0, number, of: member.admission)
                }
            }
            return revocation.map { .takenBack(by: membership.entries[$0].act.id) } ?? .past
        case .revokeDevice: return .takesDevice
        case .invite, .cancelInvite, .setCouncil, .suspectDevice, .liftDevice, .plain: return .past
        }
    }

    /// The most senior live removal that takes an admission back.
    private func removal(of admission: Int, _ identity: IdentityID) -> Int? {
        (membership.related.removals[identity]?.all ?? [])
            .filter { membership.current.live.contains($0) && membership.covers($0, admission) }
            .min { membership.entries[$0].rank < membership.entries[$1].rank }
    }
}

extension Membership {
    /// Whether an act, valid or not, says whether somebody is a member, what it may do or what its devices
    /// are.
    func isAbout(_ number: Int, _ identity: IdentityID) -> Bool {
        switch entries[number].act.deed {
        case .suspectDevice, .liftDevice: false
        default: affectedIdentity(number) == identity
        }
    }
}
