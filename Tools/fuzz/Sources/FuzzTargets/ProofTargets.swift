import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// Invitations without a code, at both ends.
enum ProofTargets {
    private static let session = [UInt8](repeating: 7, count: 64)
    private static let secret: InvitationSecret = {
        var random = SeededRandom(seed: 40)
        return made { try InvitationSecret.make(random: &random) }
    }()
    private static let terms = Invite(key: secret.key.publicKey, role: .editor, limit: 2)
    private static let invite: Credential = made {
        try Credential.issue(
            .invite(terms), space: KeyTargets.space, parents: [KeyTargets.genesis.id],
            identity: KeyTargets.founder.chain.identity, device: KeyTargets.founder.chain.device,
            signingWith: KeyTargets.founder.signing)
    }
    private static let ticket = InvitationTicket(
        id: secret.id,
        access: .secret(secret, space: KeyTargets.space, genesis: KeyTargets.genesis.id), kind: .space,
        expires: 1, rendezvous: [], addresses: ["127.0.0.1:2"])

    private static var entries: [AdmissionBundle.Entry] {
        [KeyTargets.genesis, invite].enumerated().map { number, credential in
            AdmissionBundle.Entry(
                feed: KeyTargets.founder.chain.device, sequence: UInt64(number),
                credential: credential.encoded)
        }
    }

    private static var greeting: InvitationGreeting {
        InvitationGreeting(
            description: HostDescription(
                chain: KeyTargets.founder.chain, space: KeyTargets.space, genesis: KeyTargets.genesis.id,
                claim: InvitationClaim(inviter: "Ada", space: "Trip")), invite: invite.id,
            credentials: entries)
    }

    private static func makeHost() -> ProofHost {
        ProofHost(
            terms: ProofHost.Terms(space: KeyTargets.space, invite: invite.id, terms: terms),
            device: KeyTargets.founder.signing, handshakeHash: session)
    }

    private static func makeGuest() -> ProofGuest {
        var random = SeededRandom(seed: 21)
        return made {
            try ProofGuest(
                ticket: ticket, chain: KeyTargets.guest.chain,
                keys: GuestKeys(
                    device: KeyTargets.guest.signing, box: KeyTargets.guest.box,
                    control: .make(random: &random), data: .make(random: &random),
                    noise: AgreementKey.make(random: &random).publicKey),
                handshakeHash: session, hostStatic: KeyTargets.guest.box.publicKey)
        }
    }

    private static func bundle() -> AdmissionBundle {
        AdmissionBundle(
            secret: SecretBytes(copying: Array(session.prefix(32))), name: "Trip", credentials: entries,
            chain: nil)
    }

    /// What an honest host and guest say.
    private static func transcript() -> (guest: [[UInt8]], host: [[UInt8]]) {
        var host = makeHost(), guest = makeGuest()
        var toHost: [[UInt8]] = [], toGuest: [[UInt8]] = []
        func sent(_ effects: [ProofGuest.Effect]) -> [[UInt8]] {
            effects.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
        }
        var queue = sent(guest.start())
        while let message = queue.first {
            queue.removeFirst()
            toHost.append(message)
            for bytes in answers(of: &host, to: message) {
                toGuest.append(bytes)
                queue += sent(guest.receive(bytes))
            }
        }
        return (toHost, toGuest)
    }

    private static func answers(of host: inout ProofHost, to message: [UInt8]) -> [[UInt8]] {
        var said: [[UInt8]] = []
        var effects = host.receive(message)
        var random = SeededRandom(seed: 41)
        while !effects.isEmpty {
            switch effects.removeFirst() {
            case .send(let bytes): said.append(bytes)
            case .knocked: effects += host.greet(greeting)
            case .admit(let request):
                precondition(
                    request.redemption?.isSigned(
                        by: terms.key,
                        admission: Admission(
                            chain: request.guest.chain ?? KeyTargets.guest.chain, binding: request.binding),
                        host: KeyTargets.founder.chain.device) == true, "let in without a proof")
                effects += host.admitted(bundle(), random: &random)
            case .finished, .failed: break
            }
        }
        return said
    }

    static func host(_ input: [UInt8]) {
        var host = makeHost()
        for bytes in messages(input) { _ = answers(of: &host, to: bytes) }
    }

    static func guest(_ input: [UInt8]) {
        var guest = makeGuest()
        _ = guest.start()
        for bytes in messages(input) {
            for effect in guest.receive(bytes) {
                if case .joined = effect { preconditionFailure("the guest was let in without its admission") }
            }
        }
    }

    /// Parts of a host that has the ticket and signs whatever it gives: of what shows who it is, if the input
    /// begins with an even byte, else of the bundle.
    static func parts(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let parts = messages(Array(input.dropFirst()))
        var guest = makeGuest(), host = makeHost()
        var isProven = false
        var queue: [[UInt8]] = []
        func take(_ effects: [ProofGuest.Effect]) {
            for effect in effects {
                switch effect {
                case .send(let bytes): queue.append(bytes)
                case .met: isProven = true
                case .joined(let joined):
                    precondition(
                        joined.credentials.members().device(KeyTargets.guest.chain.device) != nil,
                        "the guest was let in without its admission")
                case .failed: break
                }
            }
        }
        take(guest.start())
        if first & 1 == 0 {
            give(parts, &guest, greeting: take)
            return
        }
        while !queue.isEmpty, !isProven {
            for bytes in answers(of: &host, to: queue.removeFirst()) { take(guest.receive(bytes)) }
        }
        precondition(isProven, "an honest host is not met")
        var random = SeededRandom(seed: 42)
        let sealed = made {
            try SealedBox.seal(
                SecretBytes(copying: Array(session.prefix(32))), to: KeyTargets.guest.box.publicKey,
                random: &random)
        }
        let header = CBORValue.fields([
            (1, .bytes(sealed)), (2, .text("Trip")), (3, hashes(parts)),
        ]).encoded()
        take(guest.receive(signed(8, header, "admit")))
        for (number, part) in parts.enumerated() { take(guest.receive(message(number, part))) }
    }

    private static func give(
        _ parts: [[UInt8]], _ guest: inout ProofGuest, greeting take: ([ProofGuest.Effect]) -> Void
    ) {
        let description = CBORValue.fields([
            (1, KeyTargets.founder.chain.encodedValue), (2, KeyTargets.space.encodedValue),
            (3, KeyTargets.genesis.id.encodedValue),
            (4, .fields([(1, .text("Ada")), (2, .text("Trip"))])),
        ]).encoded()
        let header = CBORValue.fields([
            (1, .bytes(description)), (2, invite.id.encodedValue), (3, hashes(parts)),
        ]).encoded()
        take(guest.receive(signed(13, header, "greet")))
        for (number, part) in parts.enumerated() { take(guest.receive(message(number, part))) }
    }

    private static func hashes(_ parts: [[UInt8]]) -> CBORValue {
        .array(parts.map { Digest.blake2b($0).encodedValue })
    }

    private static func message(_ number: Int, _ part: [UInt8]) -> [UInt8] {
        CBORValue.array([.unsigned(15), .unsigned(UInt64(number)), .bytes(part)]).encoded()
    }

    private static func signed(_ kind: UInt64, _ header: [UInt8], _ label: String) -> [UInt8] {
        let bound = Digest.blake2b(Array(label.utf8), session, Digest.blake2b(header).bytes).bytes
        let signature = made { try KeyTargets.founder.signing.sign(bound, purpose: .invite) }
        return CBORValue.array([.unsigned(kind), .bytes(header), signature.encodedValue]).encoded()
    }

    static var partSeeds: [[UInt8]] {
        func part(_ entries: [AdmissionBundle.Entry]) -> [UInt8] {
            CBORValue.array(
                entries.map {
                    .array([$0.feed.encodedValue, .unsigned($0.sequence), .bytes($0.credential)])
                }
            ).encoded()
        }
        let guest = made {
            var random = SeededRandom(seed: 21)
            return try DeviceBinding.issue(
                space: KeyTargets.space, identity: KeyTargets.guest.chain.identity,
                control: .make(random: &random), data: .make(random: &random),
                noise: AgreementKey.make(random: &random).publicKey, signingWith: KeyTargets.guest.signing)
        }
        let admit = made {
            try Credential.issue(
                .admit(Admission(chain: KeyTargets.guest.chain, binding: guest), .editor),
                space: KeyTargets.space, parents: [invite.id], identity: KeyTargets.founder.chain.identity,
                device: KeyTargets.founder.chain.device, signingWith: KeyTargets.founder.signing)
        }
        let admission = AdmissionBundle.Entry(
            feed: KeyTargets.founder.chain.device, sequence: 2, credential: admit.encoded)
        return [
            [0] + joined([part(entries)]), [0] + joined(entries.map { part([$0]) }),
            [1] + joined([part(entries)]), [1] + joined([part(entries), part([admission])]),
        ]
    }

    static var hostSeeds: [[UInt8]] { [joined(transcript().guest)] }
    static var guestSeeds: [[UInt8]] { [joined(transcript().host)] }
    static var ticketSeeds: [[UInt8]] { [Array(ticket.text.utf8), Array(ticket.qrPayload.utf8)] }
}
