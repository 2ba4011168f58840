import DunlinKeys

extension Credential {
    /// What membership follows from.
    var act: Act {
        Act(id: id, parents: parents, identity: identity, device: device, deed: body.deed)
    }
}

extension CredentialBody {
    fileprivate var deed: Act.Deed {
        switch self {
        case .genesis(let admission, _): .genesis(device: admission.device)
        case .admit(let admission, let role, let redemption):
            .admit(admission.identity, device: admission.device, role: role, invite: redemption?.invite)
        case .deviceAdmit(let admission): .admitDevice(admission.device)
        case .deviceRevoke(let device, _, _): .revokeDevice(device)
        case .remove(let identity, _, _, let council):
            .remove(
                identity,
                cosigners: council?.cosignatures.map {
                    Act.Cosigner(identity: $0.identity, device: $0.device)
                } ?? [],
                under: council.map { Act.Mandate(council: $0.council, admission: $0.admission) })
        case .role(let identity, let role, _): .setRole(identity, role)
        case .invite(let invite): .invite(role: invite.role, limit: invite.limit)
        case .inviteCancel(let invite): .cancelInvite(invite)
        case .councilSet(let council): .setCouncil(council.members, threshold: council.threshold)
        case .keyRotate: .plain(needs: .editor)
        case .keyShare: .plain(needs: .reader)
        case .deviceSuspect(let device): .suspectDevice(device)
        case .deviceLift(let device): .liftDevice(device)
        }
    }
}
