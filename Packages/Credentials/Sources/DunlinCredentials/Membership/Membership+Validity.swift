import DunlinKeys

extension Membership {
    /// What the issuer of an act was in the act's past.
    /// - Parameter before: everything in that past.
    /// - Throws: The rule that the act breaks.
    func standing(
        of act: Act, rank: Rank, past: AncestorSet, _ before: Judgement
    ) throws(CredentialError) -> Standing {
        if case .genesis = act.deed {
            guard entries.isEmpty else { throw .misplacedGenesis }
            return Standing(
                issuer: rank, device: rank, isRoot: false, support: [],
                turn: Standing.Turn(group: 0, issuer: rank, device: rank, own: rank))
        }
        guard let member = before.members[act.identity] else { throw .issuerUnknown }
        let issuer = entries[member.admission].rank
        var device = Rank.root
        var support = [member.admission]
        if let id = act.device {
            guard let admission = member.devices[id] else { throw .issuerUnknown }
            device = entries[admission].rank
            support.append(admission)
        }
        var standing = Standing(
            issuer: issuer, device: device, isRoot: act.device == nil, support: support,
            turn: Standing.Turn(issuer: issuer, kind: act.device == nil ? 0 : 2, device: device, own: rank))
        if standing.isRoot {
            // The identity's own key is for its devices alone.
            switch act.deed {
            case .admitDevice, .revokeDevice, .liftDevice: break
            default: throw .notAllowed
            }
        }
        try check(act, by: member, past: past, before, &standing)
        // The device may have been let in under a later admission of the identity than is in force now.
        if support.count > 1, standing.support.starts(with: support),
            let admitted = entries[support[1]].standing
        {
            standing.turn = standing.turn.later(of: admitted.turn)
        }
        return standing
    }

    private func check(
        _ act: Act, by member: JudgedMember, past: AncestorSet, _ before: Judgement,
        _ standing: inout Standing
    ) throws(CredentialError) {
        let isAdmin = member.role == .admin
        switch act.deed {
        case .genesis: throw .misplacedGenesis
        case .plain(let needed):
            standing.needsAdmin = needed == .admin
            guard member.role >= needed else { throw .notAllowed }
        case .invite(let role, let limit):
            standing.needsAdmin = true
            guard isAdmin, role <= member.role, limit > 0 else { throw .notAllowed }
        case .admit(let identity, let device, let role, let invite):
            standing.needsAdmin = true
            guard before.members[identity] == nil, !isPresent(device, in: before) else {
                throw .alreadyAdmitted
            }
            guard role <= member.role else { throw .notAllowed }
            guard before.members.count < Self.memberLimit else { throw .tooManyMembers }
            guard before.deviceCount < Self.allDevicesLimit else { throw .tooManyDevices }
            guard let invite else {
                guard isAdmin else { throw .notAllowed }
                return
            }
            try checkRedemption(of: invite, device, role, past: past, before, &standing)
        case .cancelInvite(let invite):
            standing.needsAdmin = true
            guard isAdmin, let place = index[invite], past.contains(place),
                case .invite = entries[place].act.deed, let issued = entries[place].standing,
                standing.issuer <= issued.issuer
            else { throw .notAllowed }
        case .admitDevice(let device):
            guard !isPresent(device, in: before) else { throw .alreadyAdmitted }
            let limit = standing.isRoot ? Self.ownKeyDeviceLimit : Self.deviceLimit
            guard member.devices.count < limit else { throw .tooManyOwnDevices }
            guard standing.isRoot || before.deviceCount < Self.allDevicesLimit else {
                throw .tooManyDevices
            }
        case .revokeDevice(let device):
            guard let admission = member.devices[device] else { throw .notAllowed }
            standing.isOwn = device == act.device
            guard standing.isOwn || standing.device < entries[admission].rank else { throw .notAllowed }
        case .suspectDevice(let device):
            guard member.devices[device] != nil, device != act.device else { throw .notAllowed }
        case .liftDevice(let device):
            guard let admission = member.devices[device], standing.device < entries[admission].rank else {
                throw .notAllowed
            }
        case .setCouncil(let council, let threshold):
            standing.needsAdmin = true
            let count = Set(council).count
            guard isAdmin, case .genesis = entries[member.admission].act.deed, count >= 2,
                count < 2 * threshold, threshold <= count
            else { throw .notAllowed }
        case .setRole(let identity, let role):
            standing.needsAdmin = true
            guard let target = before.members[identity] else { throw .notAllowed }
            if identity == act.identity {
                guard role < member.role else { throw .notAllowed }
            } else {
                guard isAdmin, standing.issuer < entries[target.admission].rank else { throw .notAllowed }
            }
        case .remove(let identity, let cosigners, let mandate):
            try checkRemoval(of: identity, cosigners, mandate, act, by: member, past: past, before, &standing)
        }
    }

    private func checkRedemption(
        of invite: CredentialID, _ device: DeviceID, _ role: Role, past: AncestorSet, _ before: Judgement,
        _ standing: inout Standing
    ) throws(CredentialError) {
        guard let place = index[invite], before.live.contains(place),
            case .invite(let granted, _) = entries[place].act.deed, role <= granted,
            let issued = entries[place].standing
        else { throw .notAllowed }
        guard !related.cancellations[invite, default: []].contains(where: before.live.contains) else {
            throw .inviteEnded
        }
        let isSecond = related.claims[device, default: []].contains { number in
            past.contains(number) && self.invite(of: entries[number].act) == place
        }
        guard !isSecond else { throw .inviteEnded }
        standing.support.append(place)
        standing.turn = standing.turn.later(of: issued.turn)
    }

    /// Whether a device is anybody's.
    private func isPresent(_ device: DeviceID, in judgement: Judgement) -> Bool {
        related.claims[device, default: []].contains { number in
            guard judgement.live.contains(number), let identity = affectedIdentity(number) else {
                return false
            }
            return judgement.members[identity]?.devices[device] == number
        }
    }

    private func checkRemoval(
        of identity: IdentityID, _ cosigners: [Act.Cosigner], _ mandate: Act.Mandate?, _ act: Act,
        by member: JudgedMember, past: AncestorSet, _ before: Judgement, _ standing: inout Standing
    ) throws(CredentialError) {
        if identity == act.identity {
            standing.isOwn = true
            standing.isLeaving = true
            standing.support = [member.admission]
            standing.turn.kind = 1
            return
        }
        guard let target = before.members[identity] else { throw .notAllowed }
        standing.needsAdmin = true
        guard cosigners.isEmpty else {
            guard let council = council(in: before) else { throw .notAllowed }
            if let mandate {
                guard mandate.council == council.id,
                    mandate.admission == entries[target.admission].act.id
                else { throw .notAllowed }
            }
            var signers: [IdentityID] = []
            for signer in [Act.Cosigner(identity: act.identity, device: act.device)] + cosigners {
                guard let present = before.members[signer.identity],
                    signer.device.map({ present.devices[$0] != nil }) ?? true,
                    council.members.contains(signer.identity), signer.identity != identity,
                    !signers.contains(signer.identity)
                else { continue }
                signers.append(signer.identity)
            }
            guard signers.count >= council.threshold else { throw .notAllowed }
            standing.council = (signers, council.threshold)
            standing.support = []
            standing.turn.group = 1
            return
        }
        guard member.role == .admin, standing.issuer < entries[target.admission].rank else {
            throw .notAllowed
        }
    }

    /// The council that was named last; of several unknown to each other, the one of the smallest rank.
    func council(
        in judgement: Judgement
    ) -> (id: CredentialID, members: [IdentityID], threshold: Int)? {
        guard let first = judgement.councils.min(by: { entries[$0].rank < entries[$1].rank }),
            case .setCouncil(let members, let threshold) = entries[first].act.deed
        else { return nil }
        return (entries[first].act.id, members, threshold)
    }
}
