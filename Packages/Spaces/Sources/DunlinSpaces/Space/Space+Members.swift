import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension Space {
    var role: Role? { control.view.role(of: device.id) }

    func demand(_ needed: Role) throws(SpaceError) {
        guard let role, role >= needed else { throw .notAllowed(needs: needed, has: role) }
    }

    /// The key to write with: that of the deepest rotation that is known here.
    func writingKey() throws(SpaceError) -> ContentKey {
        for id in control.credentials.keyPreference() { if let key = control.keys[id] { return key } }
        throw .noContentKey(id)
    }

    /// Lengths of every feed that belongs to the space.
    var lengths: [PublicSigningKey: UInt64] { feeds.mapValues(\.length) }

    /// This device has signed more than is here.
    var isBehindOwnHeads: Bool {
        [secrets.control.publicKey, secrets.data.publicKey].contains { feed in
            guard let state = feeds[feed], let head = state.head else { return false }
            return head.length > state.length
        }
    }

    /// The feeds that this device writes, with their length here.
    var ownFeeds: [(feed: PublicSigningKey, length: UInt64)] {
        [secrets.control.publicKey, secrets.data.publicKey].map { ($0, feeds[$0]?.length ?? 0) }
    }

    /// Issues an admission and shares the content keys with the newcomer.
    mutating func admit(
        _ request: AdmissionRequest, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> CertificateChain? {
        if let known = control.view.device(request.guest.device) {
            // It was admitted before and missed the answer.
            guard known.binding == request.binding,
                request.guest.chain != nil || known.chain.identity == device.identity
            else { throw .invitation(.alreadyMember) }
            return request.guest.chain == nil ? known.chain : nil
        }
        var chain: CertificateChain?
        let body: CredentialBody
        do {
            if let guest = request.guest.chain {
                guard control.view.members[guest.identity] == nil else {
                    throw SpaceError.invitation(.alreadyMember)
                }
                body = .admit(
                    Admission(chain: guest, binding: request.binding), request.role,
                    redeeming: request.redemption)
            } else {
                let certificate = try DeviceCertificate.issue(
                    identity: device.identity, device: request.guest.device, box: request.guest.box,
                    serial: UInt64(control.credentials.count), signingWith: device.signing)
                let made = try CertificateChain(device.chain.certificates + [certificate])
                chain = made
                body = .deviceAdmit(Admission(chain: made, binding: request.binding))
            }
            var issued = [try issue(body)]
            for key in control.keys.all {
                issued.append(
                    try issue(
                        .keyShare(id: key.id, sealed: key.sealed(to: [request.guest.box], random: &random)),
                        after: issued))
            }
            try appendControl(issued, key: writingKey(), random: &random)
        } catch let error as SpaceError {
            throw error
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .damagedMetadata(key: "admission") }
        _ = try takeControl(secrets.control.publicKey)
        // What counts for nothing is no admission: the guest must not be given what goes with one.
        guard control.view.device(request.guest.device) != nil else { throw .invitation(.hostNotReady) }
        return chain
    }

    func issue(_ body: CredentialBody, after: [Credential] = []) throws(CredentialError) -> Credential {
        // What precedes in the same feed is an implicit parent.
        let own = control.lastCredential[secrets.control.publicKey]
        let heads = after.isEmpty ? control.credentials.heads.filter { $0 != own } : []
        return try Credential.issue(
            body, space: id, parents: Array(heads.prefix(Credential.parentLimit)), identity: device.identity,
            device: device.id, signingWith: device.signing)
    }

    mutating func appendControl(
        _ credentials: [Credential], key: ContentKey, random: inout some RandomSource
    ) throws(SpaceError) {
        let feed = secrets.control.publicKey
        var state = feeds[feed] ?? FeedState(descriptor(.control))
        var blocks: [[UInt8]] = []
        do {
            for (offset, credential) in credentials.enumerated() {
                let place = BlockEnvelope.Place(
                    space: id, feed: feed, sequence: state.length + UInt64(offset))
                blocks.append(
                    credential.body.isControlKeyed
                        ? try BlockEnvelope.sealControl(
                            credential.encoded, at: place, secret: secrets.secret, random: &random)
                        : try BlockEnvelope.seal(credential.encoded, at: place, key: key, random: &random))
            }
            stage(try state.append(blocks, signingWith: secrets.control), state)
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as FeedError {
            throw .feed(error)
        } catch { throw .damagedMetadata(key: "control") }
        _ = try flush()
    }

    func bundle(chain: CertificateChain?) -> AdmissionBundle {
        AdmissionBundle(
            secret: secrets.secret, name: name, credentials: control.admissionEntries(), chain: chain)
    }
}
