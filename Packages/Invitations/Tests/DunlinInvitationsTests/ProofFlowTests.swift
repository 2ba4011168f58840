import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import Testing

/// A space with an unattended invitation, a host and a guest who has the ticket.
struct LinkParty {
    var party: Party
    let secret: InvitationSecret
    let invite: Credential
    let terms: Invite
    let hash = [UInt8](repeating: 5, count: 64)

    init(seed: UInt64, age: Int = 0, guest: ((Party) -> IdentityID?) = { _ in nil }) throws {
        party = try Party(seed: seed)
        try party.age(age)
        secret = try .make(random: &party.random)
        terms = Invite(key: secret.key.publicKey, role: .editor, limit: 2, guest: guest(party))
        invite = try Credential.issue(
            .invite(terms), space: party.space, parents: [(party.history.last ?? party.genesis).id],
            identity: party.hostChain.identity, device: party.hostChain.device,
            signingWith: party.hostDevice)
    }

    var ticket: InvitationTicket {
        InvitationTicket(
            id: secret.id, access: .secret(secret, space: party.space, genesis: party.genesis.id),
            kind: .space, expires: 9, rendezvous: [], addresses: [])
    }

    var entries: [AdmissionBundle.Entry] {
        Party.entries([party.genesis] + party.history + [invite], feed: party.hostControl.publicKey)
    }

    var greeting: InvitationGreeting {
        InvitationGreeting(
            description: HostDescription(
                chain: party.hostChain, space: party.space, genesis: party.genesis.id,
                claim: InvitationClaim(inviter: "Ada", space: "Trip")), invite: invite.id,
            credentials: entries)
    }

    func makeHost(hash: [UInt8]? = nil, device: SigningKey? = nil) -> ProofHost {
        ProofHost(
            terms: ProofHost.Terms(space: party.space, invite: invite.id, terms: terms),
            device: device ?? party.hostDevice, handshakeHash: hash ?? self.hash)
    }

    func makeGuest(ticket: InvitationTicket? = nil, hash: [UInt8]? = nil) throws -> ProofGuest {
        try ProofGuest(
            ticket: ticket ?? self.ticket, chain: #require(party.guestChain), keys: party.guestKeys,
            handshakeHash: hash ?? self.hash, hostStatic: party.invitation.staticKey.publicKey)
    }

    /// What the host gives: with the admission that the guest's proof is in.
    func bundle(_ request: AdmissionRequest) throws -> AdmissionBundle {
        let admit = try Credential.issue(
            .admit(
                Admission(chain: #require(request.guest.chain), binding: request.binding), request.role,
                redeeming: request.redemption), space: party.space, parents: [invite.id],
            identity: party.hostChain.identity, device: party.hostChain.device,
            signingWith: party.hostDevice)
        return AdmissionBundle(
            secret: party.secret, name: "Trip",
            credentials: Party.entries(
                [party.genesis] + party.history + [invite, admit], feed: party.hostControl.publicKey),
            chain: nil)
    }
}

/// What came out of a run.
struct LinkOutcome {
    var joined: InvitationGuest.Joined?
    var met: InvitationClaim?
    var guestError: InvitationError?
    var hostError: InvitationError?
    var request: AdmissionRequest?
    var finished = false
    /// In the order in which they were said; odd ones, counted from 1, are the guest's.
    var said: [[UInt8]] = []
    /// The numbers that the messages begin with.
    var kinds: [UInt64] {
        said.map { (try? CBORValue(decoding: $0).asArray().first?.asUnsigned()) ?? 0 }
    }
    /// What the guest proves itself with.
    var proof: [UInt8]? { kinds.firstIndex(of: 14).map { said[$0] } }
}

/// Carries messages between a guest and a host until nobody speaks; `tamper` may change each.
func run(
    _ link: LinkParty, host: ProofHost? = nil, guest: ProofGuest? = nil, greeting: InvitationGreeting? = nil,
    tamper: (Int, [UInt8]) -> [UInt8] = { $1 }
) throws -> LinkOutcome {
    var host = host ?? link.makeHost()
    var guest = try guest ?? link.makeGuest()
    var outcome = LinkOutcome()
    var toHost: [[UInt8]] = [], toGuest: [[UInt8]] = []
    var random = SeededRandom(seed: 49)
    func take(_ effects: [ProofGuest.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes): toHost.append(bytes)
            case .met(let claim, _): outcome.met = claim
            case .joined(let joined): outcome.joined = joined
            case .failed(let error): outcome.guestError = error
            }
        }
    }
    take(guest.start())
    while !toHost.isEmpty || !toGuest.isEmpty {
        if !toHost.isEmpty {
            let message = tamper(outcome.said.count + 1, toHost.removeFirst())
            outcome.said.append(message)
            var effects = host.receive(message)
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .send(let bytes): toGuest.append(bytes)
                case .knocked: effects += host.greet(greeting ?? link.greeting)
                case .admit(let request):
                    outcome.request = request
                    effects += host.admitted(try link.bundle(request), random: &random)
                case .finished: outcome.finished = true
                case .failed(let error): outcome.hostError = error
                }
            }
        } else {
            let message = tamper(outcome.said.count + 1, toGuest.removeFirst())
            outcome.said.append(message)
            take(guest.receive(message))
            if outcome.joined != nil, !outcome.finished { take(guest.acknowledge()) }
        }
    }
    return outcome
}

@Suite struct ProofFlowTests {
    @Test func `who holds the secret is let in without a code`() throws {
        let link = try LinkParty(seed: 30)
        let outcome = try run(link)
        let joined = try #require(outcome.joined)
        #expect(outcome.finished && outcome.met == InvitationClaim(inviter: "Ada", space: "Trip"))
        #expect(joined.bundle.secret == link.party.secret)
        #expect(joined.credentials.devices(redeeming: link.invite.id) == [link.party.guestDevice.publicKey])
        #expect(joined.credentials.members().role(of: link.party.guestDevice.publicKey) == .editor)
    }

    @Test func `a member of a known identity is let in without a code, nobody else`() throws {
        var link = try LinkParty(seed: 31)
        let identity = try #require(link.party.guestChain?.identity)
        let invitation = try HostedInvitation.make(
            kind: .space, role: .editor, guest: identity, wallClock: 0, random: &link.party.random)
        #expect(invitation.code == nil)
        #expect(try link.party.reread(invitation).guest == identity)
        let ticket = invitation.ticket(rendezvous: [], addresses: [])
        #expect(try InvitationTicket(parsing: ticket.text) == ticket && ticket.guest == identity)
        let greeting = InvitationGreeting(description: link.greeting.description)
        func host(for identity: IdentityID) -> ProofHost {
            ProofHost(
                terms: ProofHost.Terms(space: link.party.space, role: .editor, guest: identity),
                device: link.party.hostDevice, handshakeHash: link.hash)
        }
        func guest(_ ticket: InvitationTicket, _ link: LinkParty) throws -> ProofGuest {
            try ProofGuest(
                ticket: ticket, chain: #require(link.party.guestChain), keys: link.party.guestKeys,
                handshakeHash: link.hash, hostStatic: invitation.staticKey.publicKey)
        }
        let outcome = try run(
            link, host: host(for: identity), guest: guest(ticket, link), greeting: greeting)
        #expect(outcome.request?.guest.chain?.identity == identity)
        // A guest of another identity is not even asked to prove it, and refused by the host if it does.
        let other = try LinkParty(seed: 32)
        #expect(throws: InvitationError.notForYou) { try guest(ticket, other) }
        let forged = InvitationTicket(
            id: ticket.id,
            access: .identity(
                try #require(other.party.guestChain?.identity), host: invitation.staticKey.publicKey),
            kind: .space, expires: 0, rendezvous: [], addresses: [])
        let refused = try run(
            link, host: host(for: identity), guest: guest(forged, other), greeting: greeting)
        #expect(refused.request == nil && refused.guestError == .notForYou)
        #expect(throws: InvitationError.wrongHost) {
            try ProofGuest(
                ticket: ticket, chain: #require(link.party.guestChain), keys: link.party.guestKeys,
                handshakeHash: link.hash, hostStatic: link.party.guestStatic)
        }
    }

    @Test func `somebody in the middle gets no proof, and nothing that serves it elsewhere`() throws {
        // Two handshakes have two hashes; the middle passes everything on.
        let link = try LinkParty(seed: 33)
        let outcome = try run(link, host: link.makeHost(hash: [UInt8](repeating: 9, count: 64)))
        #expect(outcome.guestError == .wrongHost && outcome.joined == nil && outcome.request == nil)
        // The knock and the greeting; the guest said nothing more.
        #expect(outcome.kinds == [12, 13])
        // In the middle is a member's program, with credentials that hold, and with no member's key.
        let stranger = try Party(seed: 34)
        var greeting = link.greeting
        greeting.description.chain = stranger.hostChain
        let fake = try run(link, host: link.makeHost(device: stranger.hostDevice), greeting: greeting)
        // It asked for the credentials, and said nothing of itself.
        #expect(fake.guestError == .wrongHost && fake.kinds == [12, 13, 16, 15])
    }

    @Test func `a host of another space, or without the invite, gets no proof`() throws {
        let link = try LinkParty(seed: 35), other = try LinkParty(seed: 36)
        let elsewhere = try run(
            link, host: other.makeHost(hash: link.hash), greeting: other.greeting)
        #expect(elsewhere.guestError == .wrongHost && elsewhere.kinds == [12, 13])
        var greeting = link.greeting
        greeting.credentials.removeLast()
        #expect(try run(link, greeting: greeting).guestError == .wrongHost)
        greeting = link.greeting
        greeting.invite = link.party.genesis.id
        #expect(try run(link, greeting: greeting).guestError == .wrongHost)
    }

    @Test func `a wrong secret lets nobody in`() throws {
        var link = try LinkParty(seed: 37)
        let wrong = try InvitationSecret.make(random: &link.party.random)
        let guess = InvitationTicket(
            id: wrong.id,
            access: .secret(wrong, space: link.party.space, genesis: link.party.genesis.id), kind: .space,
            expires: 9, rendezvous: [], addresses: [])
        let honest = try run(link, guest: link.makeGuest(ticket: guess))
        #expect(honest.guestError == .wrongHost && honest.request == nil)
        // A guest that asks for no proof of the host and signs with its own key.
        let own = try run(link)
        var items = try CBORValue(decoding: #require(own.proof)).asArray()
        items[4] = try wrong.key.sign([1], purpose: .invite).encodedValue
        var host = link.makeHost()
        _ = host.receive(own.said[0])
        _ = host.greet(link.greeting)
        let effects = host.receive(CBORValue.array(items).encoded())
        #expect(effects.contains { if case .failed(.wrongSecret) = $0 { true } else { false } })
        items.removeLast()
        host = link.makeHost()
        _ = host.receive(own.said[0])
        _ = host.greet(link.greeting)
        #expect(
            host.receive(CBORValue.array(items).encoded()).contains {
                if case .failed(.wrongSecret) = $0 { true } else { false }
            })
    }

    @Test func `a proof serves no other host, no other connection and no other guest`() throws {
        let link = try LinkParty(seed: 38)
        let honest = try run(link)
        let proof = try #require(honest.proof)
        func replay(_ message: [UInt8], _ host: ProofHost) -> Bool {
            var host = host
            _ = host.receive(honest.said[0])
            _ = host.greet(link.greeting)
            return host.receive(message).contains { if case .admit = $0 { true } else { false } }
        }
        #expect(replay(proof, link.makeHost()))
        let second = try Party(seed: 39)
        #expect(!replay(proof, link.makeHost(device: second.hostDevice)))
        #expect(!replay(proof, link.makeHost(hash: [UInt8](repeating: 6, count: 64))))
        // Another guest takes the signature of the secret and signs the rest itself.
        var thief = link
        thief.party = try Party(seed: 40)
        let keys = thief.party.guestKeys
        let chain = try #require(thief.party.guestChain)
        let binding = try DeviceBinding.issue(
            space: link.party.space, identity: chain.identity, control: keys.control, data: keys.data,
            noise: keys.noise, signingWith: keys.device)
        var items = try CBORValue(decoding: proof).asArray()
        let data = GuestBytes.description(keys, chain)
        let bound = Digest.blake2b(Array("bind".utf8), link.hash, Digest.blake2b(data).bytes).bytes
        items[1] = .bytes(data)
        items[2] = binding.encodedValue
        items[3] = try keys.device.sign(bound, purpose: .invite).encodedValue
        #expect(!replay(CBORValue.array(items).encoded(), link.makeHost()))
    }

    @Test func `who holds the secret lets in no device but its own`() throws {
        // What another guest says of itself, with its binding, is known to members; the proof is made anew.
        let link = try LinkParty(seed: 48)
        let honest = try run(link)
        let request = try #require(honest.request)
        let hash = [UInt8](repeating: 6, count: 64)
        let chain = try #require(request.guest.chain)
        var items = try CBORValue(decoding: #require(honest.proof)).asArray()
        items[4] = try Redemption.prove(
            link.invite.id, admission: Admission(chain: chain, binding: request.binding),
            host: link.party.hostDevice.publicKey, handshake: hash, signingWith: link.secret.key
        ).signature.encodedValue
        var host = link.makeHost(hash: hash)
        _ = host.receive(honest.said[0])
        _ = host.greet(link.greeting)
        #expect(
            host.receive(CBORValue.array(items).encoded()).contains {
                if case .failed(.badMessage) = $0 { true } else { false }
            })
    }

    @Test func `a proof counts for nothing in the credentials of another host`() throws {
        let link = try LinkParty(seed: 41)
        let outcome = try run(link)
        let request = try #require(outcome.request)
        // A second member, who has seen the proof, issues the admission itself.
        var random = SeededRandom(seed: 42)
        let admission = Admission(
            chain: try #require(request.guest.chain), binding: request.binding)
        let redemption = try #require(request.redemption)
        let other = try SigningKey.make(random: &random)
        #expect(
            redemption.isSigned(
                by: link.terms.key, admission: admission, host: link.party.hostDevice.publicKey))
        #expect(!redemption.isSigned(by: link.terms.key, admission: admission, host: other.publicKey))
    }

    @Test func `an invite for one identity is refused by guest, host and credentials to others`() throws {
        let somebody = try Party(seed: 43)
        let link = try LinkParty(seed: 44) { _ in somebody.guestChain?.identity }
        let outcome = try run(link)
        #expect(outcome.guestError == .notForYou && outcome.kinds == [12, 13, 16, 15])
        // A host that lets in whom it likes.
        let free = try LinkParty(seed: 44)
        let request = try #require(try run(free).request)
        var set = CredentialSet(space: link.party.space, genesis: link.party.genesis.id)
        #expect(set.insert(link.party.genesis) == .added)
        #expect(set.insert(link.invite) == .added)
        let redemption = try Redemption.prove(
            link.invite.id,
            admission: Admission(chain: #require(request.guest.chain), binding: request.binding),
            host: link.party.hostDevice.publicKey, handshake: link.hash, signingWith: link.secret.key)
        let admit = try Credential.issue(
            .admit(
                Admission(chain: #require(request.guest.chain), binding: request.binding), .editor,
                redeeming: redemption), space: link.party.space, parents: [link.invite.id],
            identity: link.party.hostChain.identity, device: link.party.hostChain.device,
            signingWith: link.party.hostDevice)
        #expect(set.insert(admit) == .invalid(.notAllowed))
    }

    @Test func `a changed byte in any message lets nobody in with other keys`() throws {
        for message in 1...8 {
            for position in [1, 3, 20, 40, 90, 200, 400] {
                let link = try LinkParty(seed: 45)
                var isChanged = false
                let outcome = try run(link) { number, bytes in
                    guard number == message, position < bytes.count else { return bytes }
                    var changed = bytes
                    changed[position] ^= 4
                    isChanged = true
                    return changed
                }
                // A knock serves only who was let in before.
                if isChanged, message > 1 {
                    #expect(outcome.joined == nil, "message \(message), byte \(position)")
                }
                if let request = outcome.request {
                    #expect(request.guest.device == link.party.guestDevice.publicKey)
                }
            }
        }
    }

    @Test func `a knock is known to who knows the guest, on its connection alone`() throws {
        let link = try LinkParty(seed: 46)
        var guest = try link.makeGuest(), host = link.makeHost()
        guard case .send(let bytes)? = guest.start().first,
            case .knocked(let knock)? = host.receive(bytes).first
        else { return #expect(Bool(false), "nobody knocked") }
        #expect(knock.isFrom(control: link.party.guestKeys.control.publicKey))
        #expect(!knock.isFrom(control: link.party.hostControl.publicKey))
        var elsewhere = link.makeHost(hash: [UInt8](repeating: 6, count: 64))
        guard case .knocked(let replayed)? = elsewhere.receive(bytes).first else { return }
        #expect(!replayed.isFrom(control: link.party.guestKeys.control.publicKey))
    }

    @Test func `a ticket with a secret reads back and hides nothing else`() throws {
        let link = try LinkParty(seed: 47)
        #expect(try InvitationTicket(parsing: link.ticket.text) == link.ticket)
        #expect(try InvitationTicket(parsing: link.ticket.qrPayload) == link.ticket)
        #expect(link.ticket.host == nil && !link.ticket.needsCode)
        #expect(link.ticket.id == InvitationID(inviteKey: link.terms.key))
        #expect(link.ticket.encoded().count <= 120)
    }
}

/// What guests and hosts say of themselves, written as the specification has it.
enum GuestBytes {
    static func description(of link: LinkParty) -> [UInt8] {
        CBORValue.fields([
            (1, link.party.hostChain.encodedValue), (2, link.party.space.encodedValue),
            (3, link.party.genesis.id.encodedValue),
            (4, .fields([(1, .text("Ada")), (2, .text("Trip"))])),
        ]).encoded()
    }

    static func description(_ keys: GuestKeys, _ chain: CertificateChain) -> [UInt8] {
        CBORValue.fields([
            (1, chain.encodedValue), (2, keys.device.publicKey.encodedValue),
            (3, keys.box.publicKey.encodedValue),
            (4, keys.control.publicKey.encodedValue), (5, keys.data.publicKey.encodedValue),
            (6, keys.noise.encodedValue),
        ]).encoded()
    }
}
