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
            try letIn(body, box: request.guest.box, wallClock: wallClock, random: &random)
        } catch { throw SpaceError(error) }
        return chain
    }

    /// Issues an admission, and gives the newcomer the content keys.
    ///
    /// Only when it counts: what does not is not written, since each key that is shared with a stranger is
    /// one that nobody may write with any more.
    private mutating func letIn(
        _ body: CredentialBody, box: AgreementPublicKey, wallClock: UInt64,
        random: inout some RandomSource
    ) throws(SpaceError) {
        let key = try writingKey(wallClock: wallClock, random: &random)
        do {
            var issued = [try issue(body)]
            switch control.status(adding: issued[0]) {
            case .live?: break
            case .invalid(let error)? where error.isLimit: throw error
            case .invalid, .void, nil:
                if case .admit(_, _, _?) = body { throw SpaceError.invitation(.alreadyUsed) }
                throw SpaceError.invitation(.hostNotReady)
            }
            for key in control.schedule().roots.prefix(Self.rootLimit) {
                issued.append(
                    try issue(
                        .keyShare(id: key.id, sealed: key.sealed(to: [box], random: &random)),
                        after: issued))
            }
            try appendControl(issued, key: key, random: &random)
        } catch { throw SpaceError(error) }
        _ = try takeControl(secrets.control.publicKey)
    }

    /// Lets in a further device of this identity, which has named the keys that it will use here.
    mutating func admitOwn(
        _ admission: Admission, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        guard control.view.device(admission.device) == nil else { return }
        try letIn(.deviceAdmit(admission), box: admission.chain.box, wallClock: wallClock, random: &random)
    }

    /// What credentials show of the holder of a Noise static.
    enum Showing {
        case present
        /// It was let in by right, and by what is known here counts no more.
        case former
        case nothing
    }

    /// Takes in credentials that have come ahead of their feeds, if by them the holder of a Noise static is a
    /// present device.
    /// - Returns: what it is.
    mutating func takeIn(
        _ entries: [AdmissionBundle.Entry], showing remote: AgreementPublicKey
    ) throws(SpaceError) -> Showing {
        var trial = control
        guard trial.take(introduction: entries) else { return .nothing }
        guard trial.view.devices.contains(where: { $0.binding.noise == remote }) else {
            return trial.credentials.admissions.contains { $0.binding.noise == remote } ? .former : .nothing
        }
        let grounds = trial.view.devices.filter { $0.binding.noise == remote }.flatMap {
            trial.credentials.grounds(of: $0.identity, device: $0.id)
        }
        let shown = Set(trial.credentials.past(of: grounds).map(\.id))
        var new = Self.entries(entries) {
            trial.credentials.contains($0) && !control.credentials.contains($0)
        }
        // What does not show it comes by feeds, from whoever has written it; but that somebody was taken out
        // who had taken it out is not in its past.
        let needed = Self.entries(new, where: shown.contains)
        if needed.count < new.count {
            var lean = control
            if lean.take(introduction: needed),
                lean.view.devices.contains(where: { $0.binding.noise == remote })
            {
                trial = lean
                new = needed
            }
        }
        guard introductions.hasRoom(for: new) else { return .nothing }
        if !new.isEmpty { setMetadata(introductions.append(new), IntroductionStore.encoded(new)) }
        // Before they are stored: what all known credentials stand without is forgotten then.
        let before = control
        control = trial
        do throws(SpaceError) { _ = try flush() } catch {
            control = before
            throw error
        }
        unreported[secrets.control.publicKey] = feeds[secrets.control.publicKey]?.length ?? 0
        return .present
    }

    /// Those of some entries that hold certain credentials, each once.
    private static func entries(
        _ entries: [AdmissionBundle.Entry], where isMeant: (CredentialID) -> Bool
    ) -> [AdmissionBundle.Entry] {
        var taken: Set<CredentialID> = []
        return entries.filter { entry in
            guard let credential = try? Credential(decoding: entry.credential) else { return false }
            return isMeant(credential.id) && taken.insert(credential.id).inserted
        }
    }

    /// Takes in what an identity itself has signed, in this device's feed, if it counts.
    mutating func takeIn(
        _ credential: Credential, random: inout some RandomSource
    ) throws(SpaceError) {
        guard !control.credentials.contains(credential.id), control.status(adding: credential) == .live else {
            return
        }
        guard let key = control.schedule().newest else { throw .noContentKey(id) }
        try appendControl([credential], key: key, random: &random)
        _ = try takeControl(secrets.control.publicKey)
    }

    /// Signs a credential upon all that is known here.
    /// - Parameters:
    ///   - after: Credentials that will stand before it in this device's feed; the last of them knew of all.
    ///   - root: The identity's own key, when that is to sign.
    func issue(
        _ body: CredentialBody, after: [Credential] = [], root: SigningKey? = nil
    ) throws(CredentialError) -> Credential {
        let parents =
            if let last = after.last {
                [last.id]
            } else {
                control.credentials.heads(atMost: Credential.parentLimit, covering: needed(for: body))
            }
        return try Credential.issue(
            body, space: id, parents: parents, identity: device.identity,
            device: root == nil ? device.id : nil, signingWith: root ?? device.signing)
    }

    /// Credentials without which one of this device would not be valid.
    private func needed(for body: CredentialBody) -> [CredentialID] {
        let credentials = control.credentials
        let last = control.lastCredential[secrets.control.publicKey].map { [$0] } ?? []
        let own = credentials.grounds(of: device.identity, device: device.id) + last
        switch body {
        case .remove(let identity, _, _, let council):
            return own + credentials.grounds(of: identity, device: nil) + (council.map { [$0.council] } ?? [])
        case .role(let identity, _, _): return own + credentials.grounds(of: identity, device: nil)
        case .deviceRevoke(let target, _, _), .deviceSuspect(let target), .deviceLift(let target):
            return own + credentials.grounds(of: device.identity, device: target)
        case .inviteCancel(let invite): return own + [invite]
        case .admit(_, _, let redemption?): return own + [redemption.invite]
        case .genesis, .admit, .deviceAdmit, .invite, .councilSet, .keyRotate, .keyShare: return own
        }
    }

    /// - Throws: why a credential would count for nothing.
    func demandValid(_ credential: Credential) throws(SpaceError) {
        if case .invalid(let error)? = control.status(adding: credential) { throw .credential(error) }
    }

    /// Writes credentials to this device's control feed, after those in their past that are in no feed here:
    /// somebody gave them ahead of their feeds, and what rests on them would wait elsewhere for feeds that
    /// may never come.
    /// - Parameter key: For credentials that are not readable without one.
    mutating func appendControl(
        _ credentials: [Credential], key: ContentKey?, random: inout some RandomSource
    ) throws(SpaceError) {
        let feed = secrets.control.publicKey
        let introduced = control.introduced(before: credentials)
        let credentials = introduced + credentials
        var state = feeds[feed] ?? FeedState(FeedDescriptor(space: id, feed: feed))
        var blocks: [[UInt8]] = []
        do {
            for (offset, credential) in credentials.enumerated() {
                let place = BlockEnvelope.Place(
                    space: id, feed: feed, sequence: state.length + UInt64(offset))
                // Who was given no key that fits brings along what others wait for all the same.
                if credential.body.isControlKeyed || key == nil && offset < introduced.count {
                    blocks.append(
                        try BlockEnvelope.sealControl(
                            credential.encoded, at: place, secret: secrets.secret, random: &random))
                } else {
                    guard let key else { throw SpaceError.noContentKey(id) }
                    blocks.append(
                        try BlockEnvelope.seal(credential.encoded, at: place, key: key, random: &random))
                }
            }
            try storeOwn(try state.append(blocks, signingWith: secrets.control), state)
        } catch { throw SpaceError(error) }
    }

    /// Writes what was given here ahead of its feed, so that others can follow what rests on it.
    mutating func publishIntroduced(
        key: ContentKey, random: inout some RandomSource
    ) throws(SpaceError) {
        guard control.hasIntroduced else { return }
        try appendControl([], key: key, random: &random)
        _ = try takeControl(secrets.control.publicKey)
    }

    /// What a device that was let in is given.
    func bundle(for guest: DeviceID, chain: CertificateChain?) -> AdmissionBundle {
        AdmissionBundle(
            secret: secrets.secret, name: name, credentials: entries(for: guest), chain: chain)
    }

    /// Credentials for a device that comes in, or for whoever is to know this one: those that show it and
    /// this device, this device's last, and all else that there is room for.
    /// - Parameter heads: Whoever gets them has these, and what is in their past.
    func entries(
        for device: DeviceID? = nil, after heads: [CredentialID] = []
    ) -> [AdmissionBundle.Entry] {
        let view = control.view
        let shown = [self.device.id] + (device.map { [$0] } ?? [])
        let grounds = shown.flatMap { id in
            view.device(id).map { control.credentials.grounds(of: $0.identity, device: id) } ?? []
        }
        return control.entries(
            of: control.credentials.given(
                covering: grounds + (control.lastCredential[secrets.control.publicKey].map { [$0] } ?? []),
                after: heads))
    }
}
