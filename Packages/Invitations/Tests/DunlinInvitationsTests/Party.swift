import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import Testing

/// A space with a host, and a guest who has a ticket.
struct Party {
    var random: SeededRandom
    let space: SpaceID
    let hostDevice: SigningKey
    let hostChain: CertificateChain
    let genesis: Credential
    let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    /// What was issued after the genesis, each upon the one before.
    private(set) var history: [Credential] = []
    let hostControl: SigningKey
    var invitation: HostedInvitation
    let guestDevice: SigningKey
    let guestChain: CertificateChain?
    let guestKeys: GuestKeys
    var guest: GuestDescription { guestKeys.description(chain: guestChain) }
    let hash = [UInt8](repeating: 5, count: 64)
    let guestStatic: AgreementPublicKey

    init(seed: UInt64, kind: InvitationKind = .space, isScanned: Bool = false) throws {
        random = SeededRandom(seed: seed)
        space = try #require(SpaceID(bytes: random.bytes(32)))
        func chain(_ device: SigningKey, _ box: AgreementKey, _ random: inout SeededRandom) throws
            -> CertificateChain
        {
            let identity = try SigningKey.make(random: &random)
            return try CertificateChain([
                .issue(
                    identity: identity.publicKey, device: device.publicKey, box: box.publicKey, serial: 0,
                    signingWith: identity)
            ])
        }
        hostDevice = try .make(random: &random)
        hostChain = try chain(hostDevice, .make(random: &random), &random)
        hostControl = try .make(random: &random)
        let binding = try DeviceBinding.issue(
            space: space, identity: hostChain.identity, control: hostControl, data: .make(random: &random),
            noise: AgreementKey.make(random: &random).publicKey, signingWith: hostDevice)
        genesis = try Credential.issue(
            .genesis(Admission(chain: hostChain, binding: binding)), space: space, parents: [],
            identity: hostChain.identity,
            device: hostChain.device, signingWith: hostDevice)
        invitation = try .make(
            kind: kind, role: .editor, isScanned: isScanned, wallClock: 1_000, random: &random)
        guestDevice = try .make(random: &random)
        let box = try AgreementKey.make(random: &random)
        guestChain = kind == .space ? try chain(guestDevice, box, &random) : nil
        guestKeys = GuestKeys(
            device: guestDevice, box: box, control: try .make(random: &random),
            data: try .make(random: &random), noise: try AgreementKey.make(random: &random).publicKey)
        guestStatic = try AgreementKey.make(random: &random).publicKey
    }

    var ticket: InvitationTicket { invitation.ticket(rendezvous: [], addresses: []) }

    func makeHost(hash: [UInt8]? = nil, guestStatic: AgreementPublicKey? = nil) -> InvitationHost {
        InvitationHost(
            invitation: invitation,
            description: HostDescription(
                chain: hostChain, space: space, genesis: genesis.id,
                claim: InvitationClaim(inviter: "Ada", space: "Trip")),
            device: hostDevice, handshakeHash: hash ?? self.hash, guestStatic: guestStatic ?? self.guestStatic
        )
    }

    func makeGuest(hash: [UInt8]? = nil, hostStatic: AgreementPublicKey? = nil) throws -> InvitationGuest {
        try InvitationGuest(
            ticket: ticket, chain: guestChain, keys: guestKeys, handshakeHash: hash ?? self.hash,
            guestStatic: guestStatic, hostStatic: hostStatic ?? invitation.staticKey.publicKey)
    }

    /// The host's feed so far.
    var entries: [AdmissionBundle.Entry] { Self.entries([genesis] + history, feed: hostControl.publicKey) }

    static func entries(_ credentials: [Credential], feed: PublicSigningKey) -> [AdmissionBundle.Entry] {
        credentials.enumerated().map { number, credential in
            AdmissionBundle.Entry(feed: feed, sequence: UInt64(number), credential: credential.encoded)
        }
    }

    /// An invitation as the host finds it after a restart.
    mutating func reread(_ invitation: HostedInvitation) throws -> HostedInvitation {
        let box = try AgreementKey.make(random: &random)
        return try HostedInvitation(
            decoding: invitation.encoded(sealingTo: box.publicKey, random: &random), openingWith: box)
    }

    /// Gives the space a past of so many credentials.
    mutating func age(_ count: Int) throws {
        for _ in 0..<count {
            let key = try SigningKey.make(random: &random).publicKey
            history.append(
                try Credential.issue(
                    .invite(Invite(key: key, role: .editor, limit: 1)), space: space,
                    parents: [(history.last ?? genesis).id], identity: hostChain.identity,
                    device: hostChain.device, signingWith: hostDevice))
        }
    }

    func bundle(_ request: AdmissionRequest) throws -> AdmissionBundle {
        let body: CredentialBody
        var chain: CertificateChain?
        if let known = request.guest.chain {
            body = .admit(Admission(chain: known, binding: request.binding), request.role)
        } else {
            let made = try CertificateChain(
                hostChain.certificates + [
                    .issue(
                        identity: hostChain.identity, device: request.guest.device, box: request.guest.box,
                        serial: 1,
                        signingWith: hostDevice)
                ])
            chain = made
            body = .deviceAdmit(Admission(chain: made, binding: request.binding))
        }
        let admit = try Credential.issue(
            body, space: space, parents: [(history.last ?? genesis).id], identity: hostChain.identity,
            device: hostChain.device,
            signingWith: hostDevice)
        return AdmissionBundle(
            secret: secret, name: "Trip",
            credentials: Self.entries([genesis] + history + [admit], feed: hostControl.publicKey),
            chain: chain)
    }
}

/// What came out of a run.
struct Outcome {
    var joined: InvitationGuest.Joined?
    var guestError: InvitationError?
    var hostError: InvitationError?
    var attemptsLeft: Int?
    var finished = false
    /// Who had used the invitation when the admission was asked for.
    var redeemedBefore: DeviceID?
    var claim: InvitationClaim?
    var stored: HostedInvitation
}

/// Carries messages between a guest and a host until nobody speaks; `tamper` may change each.
func run(
    _ party: inout Party, code: String, host: InvitationHost? = nil, guest: InvitationGuest? = nil,
    wallClock: UInt64 = 2_000, refusing refusal: InvitationError? = nil,
    tamper: (Int, [UInt8]) -> [UInt8] = { $1 }
) throws -> Outcome {
    var host = host ?? party.makeHost()
    var guest = try guest ?? party.makeGuest()
    var outcome = Outcome(stored: party.invitation)
    var toHost: [[UInt8]] = [], toGuest: [[UInt8]] = []
    func take(_ effects: [InvitationGuest.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes): toHost.append(bytes)
            case .claimed(let claim): outcome.claim = claim
            case .codeNeeded(let left): outcome.attemptsLeft = left
            case .joined(let joined): outcome.joined = joined
            case .failed(let error): outcome.guestError = error
            }
        }
    }
    for case .send(let bytes) in host.greet() {
        take(guest.receive(tamper(0, bytes), random: &party.random))
    }
    take(guest.enter(code: code, random: &party.random))
    var count = 0
    while !toHost.isEmpty || !toGuest.isEmpty {
        count += 1
        if !toHost.isEmpty {
            var effects = host.receive(
                tamper(count, toHost.removeFirst()), wallClock: wallClock, random: &party.random)
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .send(let bytes): toGuest.append(bytes)
                case .persist(let invitation): outcome.stored = invitation
                case .admit(let request):
                    // What was stored by now is what a crash leaves.
                    outcome.redeemedBefore = outcome.stored.redeemedBy
                    if let refusal {
                        effects += host.refuse(refusal)
                        continue
                    }
                    effects += host.admitted(try party.bundle(request), random: &party.random)
                case .finished: outcome.finished = true
                case .attemptFailed(let left): outcome.attemptsLeft = left
                case .failed(let error): outcome.hostError = error
                }
            }
        } else {
            take(guest.receive(tamper(count, toGuest.removeFirst()), random: &party.random))
            if outcome.joined != nil, !outcome.finished { take(guest.acknowledge()) }
        }
    }
    return outcome
}
