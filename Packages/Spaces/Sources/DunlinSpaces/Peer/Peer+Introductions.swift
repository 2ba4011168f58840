import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

extension Peer {
    /// Asks a device that is not present here for what shows that it was let in, by somebody who has not told
    /// yet.
    mutating func askStranger(in space: Space, on id: ConnectionID) {
        let credentials = space.control.credentials, genesis = credentials.genesis
        links[id]?.introduction = Introduction()
        say(
            .unknown(
                heads: Array(credentials.heads.prefix(ArrivalMessage.headLimit)),
                genesis: genesis?.id, founding: genesis?.device == nil ? genesis?.encoded : nil),
            on: id)
    }

    /// The other side does not know this device yet. It is shown who has let this device in, and gets the
    /// credentials that it lacks when it asks for them.
    mutating func introduce(in space: SpaceID, to id: ConnectionID, _ heads: [CredentialID]) {
        guard let own = spaces[space], own.role != nil, links[id]?.device != nil,
            links[id]?.hasAnsweredArrival == false, let present = own.control.view.device(own.device.id),
            let admission = own.control.credentials[present.rank.id]
        else { return }
        links[id]?.hasAnsweredArrival = true
        links[id]?.giving = ArrivalMessage.parts(own.entries(after: heads))[...]
        // Of many heads those that hold what the other side lacks: when it has all, it asks for nothing.
        let shown = own.control.credentials.heads(
            atMost: ArrivalMessage.headLimit,
            covering: own.control.credentials.grounds(of: own.device.identity, device: own.device.id))
        say(.shown(admission: admission.encoded, heads: shown), on: id)
    }

    /// Somebody says who has let it in. Whom a present device has let in is listened to at any time; of
    /// others one at a time, and none during a rest.
    mutating func hearShown(
        _ bytes: [UInt8], _ heads: [CredentialID], in space: SpaceID, from id: ConnectionID, now: Duration
    ) {
        guard let own = spaces[space], own.role != nil, let link = links[id], link.device == nil,
            var introduction = link.introduction, introduction.until == nil,
            let credential = try? Credential(decoding: bytes),
            let admission = credential.body.admission, credential.space == space,
            admission.binding.noise == link.remote
        else { return close(id, now: now) }
        // Who was taken out and does not know it yet has nothing new to say, and is told.
        guard !heads.allSatisfy(own.control.credentials.contains) else {
            return endIntroduction(on: id, now: now)
        }
        if !own.control.credentials.contains(credential.id), own.control.view.isPresent(credential) {
            introduction.voucher = credential.identity
        }
        let voucher = introduction.voucher, rest = introductionRests[space]?[voucher] ?? IntroductionRest()
        guard now >= rest.until, voucher != nil || rest.link == nil else {
            return endIntroduction(on: id, now: now)
        }
        if voucher == nil {
            introductionRests[space, default: IntroductionRests()][nil].link = id
        }
        introduction.until = now + (voucher == nil ? Introduction.time : Introduction.vouchedTime)
        links[id]?.introduction = introduction
        askForMore(on: id, now: now)
    }

    mutating func hearIntroduction(
        _ entries: [AdmissionBundle.Entry], _ isLast: Bool, in space: SpaceID, from id: ConnectionID,
        now: Duration
    ) {
        guard spaces[space]?.role != nil, let link = links[id], link.device == nil,
            let remote = link.remote, var introduction = link.introduction, let until = introduction.until,
            now < until, introduction.take(entries)
        else { return close(id, now: now) }
        links[id]?.introduction = introduction
        guard isLast else { return askForMore(on: id, now: now) }
        do throws(SpaceError) {
            let outcome = try spaces[space]?.takeIn(introduction.entries, showing: remote)
            if outcome == .former { toldOut[space, default: ToldOut()].add(remote) }
            if outcome == .present {
                introductionRests[space]?[introduction.voucher].succeeded()
                // It is met anew at once, and known then.
                links[id]?.farewellUntil = nil
                return close(id, now: now)
            }
            introductionRests[space, default: IntroductionRests()][introduction.voucher].failed(now: now)
            if introductionRests[space]?[nil].link == id { introductionRests[space]?[nil].link = nil }
        } catch { failure = error }
        endIntroduction(on: id, now: now)
    }

    private mutating func askForMore(on id: ConnectionID, now: Duration) {
        links[id]?.isAwaitingCredentials = true
        links[id]?.farewellUntil = now + Link.farewellTime
        say(.more, on: id)
    }

    /// Somebody has not shown that it was let in. Who was taken out is told so still.
    private mutating func endIntroduction(on id: ConnectionID, now: Duration) {
        guard links[id]?.session == nil else {
            links[id]?.introduction = nil
            return
        }
        close(id, now: now)
    }

    /// Whoever was being listened to is gone, and has shown nothing.
    mutating func introductionLinkLost(
        _ space: SpaceID, _ id: ConnectionID, _ remote: AgreementPublicKey?, now: Duration
    ) {
        guard introductionRests[space]?[nil].link == id else { return }
        introductionRests[space]?[nil].link = nil
        let hasCome = spaces[space]?.control.view.devices.contains { $0.binding.noise == remote } ?? false
        if !hasCome { introductionRests[space]?[nil].failed(now: now) }
    }
}

extension MembershipView {
    /// Whether the device that has signed a credential is present, or the identity that has, a member.
    fileprivate func isPresent(_ credential: Credential) -> Bool {
        guard let id = credential.device else { return members[credential.identity] != nil }
        return device(id).map { $0.identity == credential.identity } ?? false
    }
}
