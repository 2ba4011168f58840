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
    let hostControl: SigningKey
    var invitation: HostedInvitation
    let guestDevice: SigningKey
    let guestChain: CertificateChain?
    let guestKeys: GuestKeys
    var guest: GuestDescription { guestKeys.description(chain: guestChain) }
    let hash = [UInt8](repeating: 5, count: 64)
    let guestStatic: AgreementPublicKey

    init(seed: UInt64, kind: InvitationKind = .space) throws {
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
        invitation = try .make(kind: kind, role: .editor, wallClock: 1_000, random: &random)
        guestDevice = try .make(random: &random)
        let box = try AgreementKey.make(random: &random)
        guestChain = kind == .space ? try chain(guestDevice, box, &random) : nil
        guestKeys = GuestKeys(
            device: guestDevice, box: box.publicKey, control: try .make(random: &random),
            data: try .make(random: &random), noise: try AgreementKey.make(random: &random).publicKey)
        guestStatic = try AgreementKey.make(random: &random).publicKey
    }

    var ticket: InvitationTicket { invitation.ticket(rendezvous: [], addresses: []) }

    func makeHost(hash: [UInt8]? = nil, guestStatic: AgreementPublicKey? = nil) -> InvitationHost {
        InvitationHost(
            invitation: invitation,
            description: HostDescription(chain: hostChain, space: space, genesis: genesis.id),
            device: hostDevice, handshakeHash: hash ?? self.hash, guestStatic: guestStatic ?? self.guestStatic
        )
    }

    func makeGuest(hash: [UInt8]? = nil, hostStatic: AgreementPublicKey? = nil) throws -> InvitationGuest {
        try InvitationGuest(
            ticket: ticket, chain: guestChain, keys: guestKeys, handshakeHash: hash ?? self.hash,
            guestStatic: guestStatic, hostStatic: hostStatic ?? invitation.staticKey.publicKey)
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
            body, space: space, parents: [genesis.id], identity: hostChain.identity, device: hostChain.device,
            signingWith: hostDevice)
        return AdmissionBundle(
            secret: secret, name: "Trip",
            credentials: [
                .init(feed: hostControl.publicKey, sequence: 0, credential: genesis.encoded),
                .init(feed: hostControl.publicKey, sequence: 1, credential: admit.encoded),
            ], chain: chain)
    }
}

/// What came out of a run.
struct Outcome {
    var joined: InvitationGuest.Joined?
    var guestError: InvitationError?
    var hostError: InvitationError?
    var attemptsLeft: Int?
    var finished = false
    var stored: HostedInvitation
}

/// Carries messages between a guest and a host until nobody speaks; `tamper` may change each.
func run(
    _ party: inout Party, code: String, host: InvitationHost? = nil, guest: InvitationGuest? = nil,
    wallClock: UInt64 = 2_000, tamper: (Int, [UInt8]) -> [UInt8] = { $1 }
) throws -> Outcome {
    var host = host ?? party.makeHost()
    var guest = try guest ?? party.makeGuest()
    var outcome = Outcome(stored: party.invitation)
    var toHost: [[UInt8]] = [], toGuest: [[UInt8]] = []
    func take(_ effects: [InvitationGuest.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes): toHost.append(bytes)
            case .codeNeeded(let left): outcome.attemptsLeft = left
            case .joined(let joined): outcome.joined = joined
            case .failed(let error): outcome.guestError = error
            }
        }
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
                case .admit(let request): effects += host.admitted(try party.bundle(request))
                case .finished: outcome.finished = true
                case .attemptFailed(let left): outcome.attemptsLeft = left
                case .failed(let error): outcome.hostError = error
                }
            }
        } else {
            take(guest.receive(tamper(count, toGuest.removeFirst())))
            if outcome.joined != nil, !outcome.finished { take(guest.acknowledge()) }
        }
    }
    return outcome
}

@Suite struct InvitationFlowTests {
    @Test(arguments: [InvitationKind.space, .device])
    func `the right code lets the guest in`(kind: InvitationKind) throws {
        var party = try Party(seed: 1, kind: kind)
        let outcome = try run(&party, code: party.invitation.code)
        let joined = try #require(outcome.joined)
        #expect(outcome.finished)
        #expect(joined.credentials.members().device(party.guestDevice.publicKey) != nil)
        #expect(joined.bundle.secret == party.secret)
        #expect(outcome.stored.redeemedBy == party.guestDevice.publicKey)
    }

    @Test func `three wrong codes end the invitation, also when the host restarts in between`() throws {
        var party = try Party(seed: 2)
        let wrong = party.invitation.code == "000000" ? "000001" : "000000"
        for left in [2, 1, 0] {
            let outcome = try run(&party, code: wrong)
            #expect(outcome.joined == nil)
            #expect(outcome.attemptsLeft == left)
            // What was stored before the answer is all that survives.
            party.invitation = try HostedInvitation(decoding: outcome.stored.encoded())
        }
        let outcome = try run(&party, code: party.invitation.code)
        #expect(outcome.joined == nil)
        #expect(outcome.guestError == .exhausted)
    }

    @Test func `an expired invitation and a second guest are refused`() throws {
        var party = try Party(seed: 3)
        #expect(try run(&party, code: party.invitation.code, wallClock: .max).guestError == .expired)
        let first = try run(&party, code: party.invitation.code)
        party.invitation = first.stored
        var other = try Party(seed: 4)
        other.invitation = party.invitation
        #expect(try run(&other, code: party.invitation.code).guestError == .alreadyUsed)
    }

    @Test func `the guest that missed the answer may come again with the same device`() throws {
        var party = try Party(seed: 5)
        let first = try run(&party, code: party.invitation.code)
        party.invitation = first.stored
        #expect(try run(&party, code: party.invitation.code).joined != nil)
    }

    @Test func `a guest let in at the last attempt may fetch its answer again`() throws {
        var party = try Party(seed: 15)
        let wrong = party.invitation.code == "000000" ? "000001" : "000000"
        for _ in 0..<2 { party.invitation = try run(&party, code: wrong).stored }
        let last = try run(&party, code: party.invitation.code)
        #expect(last.joined != nil && last.stored.attemptsLeft == 0)
        party.invitation = try HostedInvitation(decoding: last.stored.encoded())
        #expect(try run(&party, code: party.invitation.code).joined != nil)
    }

    @Test func `a man in the middle with the right code forwarded fails on both sides`() throws {
        // Two handshakes have two hashes and two pairs of keys; the middle can only relay the messages.
        var party = try Party(seed: 6)
        let host = party.makeHost(hash: [UInt8](repeating: 9, count: 64))
        let outcome = try run(&party, code: party.invitation.code, host: host)
        #expect(outcome.joined == nil)
        #expect(outcome.attemptsLeft == 2)
        #expect(throws: InvitationError.wrongHost) {
            try party.makeGuest(hostStatic: AgreementKey.make(random: &party.random).publicKey)
        }
    }

    @Test func `a changed byte in any message lets nobody in`() throws {
        for message in 1...5 {
            for position in [3, 20, 40, 90] {
                var party = try Party(seed: 7)
                let outcome = try run(&party, code: party.invitation.code) { number, bytes in
                    guard number == message, position < bytes.count else { return bytes }
                    var changed = bytes
                    changed[position] ^= 4
                    return changed
                }
                // Message 5 is the bundle's: a change there may only spoil what is not checked, the name.
                if message < 4 { #expect(outcome.joined == nil, "message \(message), byte \(position)") }
            }
        }
    }

    @Test func `garbage at every step is an error and nothing more`() throws {
        var party = try Party(seed: 8)
        for count in [0, 1, 33, 500] {
            var host = party.makeHost()
            let effects = host.receive(
                party.random.bytes(count), wallClock: 2_000, random: &party.random)
            #expect(effects.contains { if case .failed(.badMessage) = $0 { true } else { false } })
            var guest = try party.makeGuest()
            #expect(guest.receive(party.random.bytes(count)).count == 1)
        }
    }

    @Test func `a ticket reads back from text and QR code and nothing else does`() throws {
        let party = try Party(seed: 9)
        let ticket = party.invitation.ticket(rendezvous: ["dunlin-rv://x@h:1"], addresses: ["127.0.0.1:9"])
        #expect(try InvitationTicket(parsing: " " + ticket.text + "\n") == ticket)
        #expect(try InvitationTicket(parsing: ticket.qrPayload) == ticket)
        for text in ["", "dunlin:", "dunlin:aaaa", "http://x", String(ticket.text.dropLast(4))] {
            #expect(throws: InvitationError.self) { try InvitationTicket(parsing: text) }
        }
    }
}
