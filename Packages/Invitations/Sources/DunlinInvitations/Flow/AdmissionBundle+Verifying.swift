import DunlinCredentials
import DunlinKeys

extension AdmissionBundle {
    /// Judges credentials from the genesis that the guest demands.
    /// - Throws: ``InvitationError`` when the first is not that genesis, or one does not decode or lacks its
    ///   parents.
    static func credentialSet(
        _ entries: [Entry], space: SpaceID, genesis: CredentialID
    ) throws(InvitationError) -> CredentialSet {
        var set = CredentialSet(space: space, genesis: genesis)
        do throws(CredentialError) {
            for entry in entries {
                let credential = try Credential(decoding: entry.credential)
                if set.count == 0, credential.id != genesis { throw CredentialError.misplacedGenesis }
                switch set.insert(credential) {
                case .added, .known: continue
                case .waiting: throw CredentialError.issuerUnknown
                // It counts for nothing, and others may have named it as a parent.
                case .invalid: continue
                }
            }
        } catch { throw .credential(error) }
        return set
    }

    /// Checks everything that a host gave, from the genesis that it named before.
    /// - Throws: ``InvitationError/wrongHost`` unless the guest and the host are in, each with its keys.
    func verified(
        host: HostDescription, guest: GuestDescription, binding: DeviceBinding
    ) throws(InvitationError) -> CredentialSet {
        let set = try Self.credentialSet(credentials, space: host.space, genesis: host.genesis)
        let view = set.members()
        let admitted = view.device(guest.device)
        guard admitted?.binding == binding, view.device(host.chain.device) != nil else { throw .wrongHost }
        if let chain = guest.chain, admitted?.chain != chain { throw .wrongHost }
        if guest.chain == nil {
            guard let chain, chain.device == guest.device, chain.box == guest.box,
                chain.identity == host.chain.identity, admitted?.chain == chain
            else { throw .wrongHost }
        }
        return set
    }
}
