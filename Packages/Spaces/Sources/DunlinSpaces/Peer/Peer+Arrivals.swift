import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinReplication

extension Peer {
    // MARK: Coming in

    /// Begins to come into a space of this identity; ``PeerEvent/arrived(_:)`` follows, then call
    /// ``finishArrival(in:opening:keeping:)``.
    /// - Parameter arrival: Its keys are safe already.
    public mutating func arrive(_ arrival: Arrival) throws(SpaceError) {
        guard let device else { throw .noIdentity }
        let space = arrival.secrets.space
        guard spaces[space] == nil else { throw .alreadyOpen(space) }
        arrivals[space] = ArrivalState(arrival: arrival, device: device)
        if candidates[space] == nil { candidates[space] = [:] }
        // Where other devices of the identity were met for another space, they may be for this one.
        for (_, states) in candidates.sorted(by: { $0.key < $1.key }) {
            for (address, state) in states.sorted(by: { $0.key < $1.key }) where isOwn(state.device) {
                addCandidate(address, for: space)
            }
        }
    }

    private func isOwn(_ device: DeviceID?) -> Bool {
        guard let device, let identity = self.device?.identity else { return false }
        return spaces.values.contains { $0.control.view.device(device)?.identity == identity }
    }

    /// Gives up to come into a space.
    public mutating func cancelArrival(in space: SpaceID) {
        guard let state = arrivals.removeValue(forKey: space) else { return }
        if let link = state.link { close(link) }
        candidates[space] = nil
    }

    /// Lets a further device of this identity into a space, with the keys that it says it will use there.
    public mutating func admit(
        _ admission: Admission, to space: SpaceID, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try demandSettled(space)
        try spaces[space]?.admitOwn(admission, wallClock: wallClock, random: &random)
        for (_, states) in candidates.sorted(by: { $0.key < $1.key }) {
            for (address, state) in states.sorted(by: { $0.key < $1.key })
            where state.device == admission.device {
                addCandidate(address, for: space)
            }
        }
    }

    /// Spaces that this device is on its way into.
    public var arrivingSpaces: [SpaceID] { arrivals.keys.sorted() }

    /// The keys that this device will use in a space that it is on its way into.
    public func secrets(ofArrivalIn space: SpaceID) -> SpaceSecrets? { arrivals[space]?.arrival.secrets }

    /// Stores what was given and opens the space.
    /// - Parameters:
    ///   - open: Opens the store of the space.
    ///   - keep: Keeps the secrets as those of an open space.
    public mutating func finishArrival(
        in id: SpaceID, opening open: () throws(SpaceError) -> any SpaceStore,
        keeping keep: () throws(SpaceError) -> Void
    ) throws(SpaceError) {
        guard let state = arrivals[id], state.isReady else { throw .unknownSpace(id) }
        let bundle = AdmissionBundle(
            secret: state.arrival.secrets.secret, name: state.arrival.name, credentials: state.entries,
            chain: nil)
        var space = try Space.join(
            bundle, secrets: state.arrival.secrets, store: open(), device: state.device)
        if let recovery = state.arrival.root?.recovery { space.control.recover(with: recovery) }
        try keep()
        arrivals[id] = nil
        spaces[id] = space
        // It is linked anew, as a member.
        if let link = state.link { close(link) }
        try loadInvitations(of: id)
    }

    /// A member is met. What it has is asked for; the secret of the space shows that it is, or was, one.
    mutating func beginArrival(in space: SpaceID, on id: ConnectionID) {
        guard var state = arrivals[space], state.link == nil, !state.isReady, let hash = links[id]?.hash
        else { return close(id) }
        state.begin(id)
        arrivals[space] = state
        if let admission = state.arrival.admission {
            say(.admission(admission.encoded), on: id)
        }
        var proof: Signature?
        if state.arrival.admission == nil, let root = state.arrival.root {
            do { proof = try root.signing.sign(hash, purpose: .bundle) } catch { return close(id) }
        }
        links[id]?.isAwaitingCredentials = true
        say(.request(identity: proof == nil ? nil : state.device.identity, proof: proof), on: id)
    }

    /// The member that was asked is gone.
    mutating func arrivalLinkLost(_ space: SpaceID, _ id: ConnectionID) {
        if arrivals[space]?.link == id { arrivals[space]?.link = nil }
    }

    mutating func say(_ message: ArrivalMessage, on id: ConnectionID) {
        do { try links[id]?.connection.send(message.encoded(), on: Link.arrivalChannel) } catch { close(id) }
    }

    mutating func hearArrival(
        _ bytes: [UInt8], in space: SpaceID, from id: ConnectionID, now: Duration,
        random: inout some RandomSource
    ) {
        let message: ArrivalMessage
        do { message = try ArrivalMessage(decoding: bytes) } catch { return close(id, now: now) }
        // Who does not know this device may never come to, and is not to be dialled again and again for that.
        if case .unknown = message {} else { links[id]?.wasHeard = true }
        switch message {
        case .request(let identity, let proof): answerArrival(identity, proof, in: space, on: id, now: now)
        case .admission(let credential): letIn(credential, in: space, on: id, now: now, random: &random)
        case .unknown(let heads, let genesis, let founding):
            if let genesis, let own = spaces[space]?.control.credentials.genesis, own.id != genesis {
                guard isOwnFounding(founding, named: genesis, of: space) else { return close(id, now: now) }
                otherFoundings.insert(space)
                // The other side is to hear the same; then the time for strangers ends it.
                return
            }
            introduce(in: space, to: id, heads)
        case .shown(let admission, let heads): hearShown(admission, heads, in: space, from: id, now: now)
        case .more: giveNext(in: space, on: id, now: now)
        case .credentials(let entries, let isLast):
            guard links[id]?.isAwaitingCredentials == true else { return close(id, now: now) }
            links[id]?.isAwaitingCredentials = !isLast
            guard var state = arrivals[space], state.link == id else {
                return hearIntroduction(entries, isLast, in: space, from: id, now: now)
            }
            guard state.take(entries) else { return close(id, now: now) }
            arrivals[space] = state
            if isLast { checkArrival(in: space, on: id) } else { say(.more, on: id) }
        case .accepted:
            guard arrivals[space]?.link == id else { return close(id, now: now) }
            checkArrival(in: space, on: id)
        }
    }

    /// Everything was given, or an admission was taken in.
    private mutating func checkArrival(in space: SpaceID, on id: ConnectionID) {
        guard var state = arrivals[space], !state.entries.isEmpty else { return }
        guard let set = state.checked() else {
            // Somebody who was taken out, or worse; others are asked.
            return close(id)
        }
        if set.members().device(state.device.id)?.binding.noise == state.arrival.secrets.noise.publicKey {
            state.isReady = true
            arrivals[space] = state
            effects.append(.event(.arrived(space)))
            return
        }
        guard let root = state.arrival.root, state.arrival.admission == nil else { return close(id) }
        do {
            let admission = Admission(
                chain: state.device.chain, binding: try state.arrival.secrets.binding(of: state.device))
            let credential = try Credential.issue(
                .deviceAdmit(admission), space: space,
                parents: Array(set.heads.prefix(Credential.parentLimit)), identity: state.device.identity,
                device: nil, signingWith: root.signing)
            // It stands in the feed of whoever takes it in; here it is known before that is.
            state.entries.append(
                AdmissionBundle.Entry(
                    feed: state.arrival.secrets.control.publicKey, sequence: 0,
                    credential: credential.encoded))
            arrivals[space] = state
            say(.admission(credential.encoded), on: id)
        } catch { close(id) }
    }

    // MARK: Letting in

    private mutating func answerArrival(
        _ identity: IdentityID?, _ proof: Signature?, in space: SpaceID, on id: ConnectionID, now: Duration
    ) {
        guard let own = spaces[space], own.role != nil, let hash = links[id]?.hash else { return close(id) }
        var isMember = links[id]?.device != nil
        if let identity, let proof {
            isMember =
                own.control.view.members[identity] != nil
                && identity.verify(proof, over: hash, purpose: .bundle)
        }
        guard isMember, links[id]?.hasAnsweredArrival == false else { return close(id) }
        links[id]?.hasAnsweredArrival = true
        let device = links[id]?.device
        links[id]?.giving = ArrivalMessage.parts(own.entries(for: device))[...]
        giveNext(in: space, on: id, now: now)
    }

    /// The other side gets the next of the credentials that are for it; one message is on its way at a time.
    private mutating func giveNext(in space: SpaceID, on id: ConnectionID, now: Duration) {
        guard spaces[space]?.role != nil, let part = links[id]?.giving.popFirst() else {
            return close(id, now: now)
        }
        // What is given takes a while to come over, and to check.
        if links[id]?.farewellUntil != nil { links[id]?.farewellUntil = now + Link.checkingTime }
        say(part, on: id)
    }

    /// Takes in a device that the identity itself vouches for.
    private mutating func letIn(
        _ bytes: [UInt8], in space: SpaceID, on id: ConnectionID, now: Duration,
        random: inout some RandomSource
    ) {
        guard spaces[space]?.role != nil, let remote = links[id]?.remote,
            let credential = try? Credential(decoding: bytes), credential.device == nil,
            case .deviceAdmit(let admission) = credential.body, admission.binding.noise == remote
        else { return close(id, now: now) }
        do throws(SpaceError) { try spaces[space]?.takeIn(credential, random: &random) } catch {
            failure = error
            return close(id, now: now)
        }
        guard let present = spaces[space]?.control.view.device(admission.device),
            present.binding.noise == remote
        else { return close(id, now: now) }
        say(.accepted, on: id)
        links[id]?.farewellUntil = nil
        if links[id]?.device == nil { beginSession(with: present.id, in: space, on: id) }
    }
}

extension Peer {
    /// What other devices of the identity need to come into a space that this one is in.
    public struct Origin: Sendable {
        /// The space's secret.
        public var secret: SecretBytes
        /// Its first credential.
        public var genesis: CredentialID
        /// The identity's admission in force; nil when it is no member.
        public var admission: CredentialID?
    }

    /// nil when the space is not open here, or its first credential is not.
    public func origin(of id: SpaceID) -> Origin? {
        guard let space = spaces[id], let genesis = space.control.credentials.genesis else { return nil }
        return Origin(
            secret: space.secrets.secret, genesis: genesis.id,
            admission: space.control.view.members[space.device.identity]?.rank.id)
    }

    /// Whether a device was ever let into a space with these keys.
    public func hasAdmitted(_ binding: DeviceBinding, to space: SpaceID) -> Bool {
        spaces[space]?.control.credentials.admissions.contains { $0.binding == binding } ?? false
    }

    /// Whether a device was ever let into a space.
    public func hasAdmitted(_ device: DeviceID, to space: SpaceID) -> Bool {
        spaces[space]?.control.credentials.admissions.contains { $0.device == device } ?? false
    }

    /// Whether a credential of the space has come here.
    public func knows(_ credential: CredentialID, in space: SpaceID) -> Bool {
        spaces[space]?.control.credentials.contains(credential) ?? false
    }

    /// Whether this device is a present device of the space.
    public func isMember(of space: SpaceID) -> Bool { spaces[space]?.role != nil }

    /// Whether this device may write objects of the space.
    public func mayWrite(in space: SpaceID) -> Bool { (spaces[space]?.role ?? .reader) >= .editor }
}
