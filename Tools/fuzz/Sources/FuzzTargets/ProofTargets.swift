import DunlinCredentials
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

    static var hostSeeds: [[UInt8]] { [joined(transcript().guest)] }
    static var guestSeeds: [[UInt8]] { [joined(transcript().host)] }
    static var ticketSeeds: [[UInt8]] { [Array(ticket.text.utf8), Array(ticket.qrPayload.utf8)] }
}
