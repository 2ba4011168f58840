import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinSpaces

enum InvitationTargets {
    private static let session = [UInt8](repeating: 7, count: 64)
    private static let guestStatic = KeyTargets.guest.box.publicKey
    private static let invitation: HostedInvitation = {
        var random = SeededRandom(seed: 20)
        return made { try HostedInvitation.make(kind: .space, role: .editor, wallClock: 0, random: &random) }
    }()

    private static func makeHost() -> InvitationHost {
        InvitationHost(
            invitation: invitation,
            description: HostDescription(
                chain: KeyTargets.founder.chain, space: KeyTargets.space, genesis: KeyTargets.genesis.id),
            device: KeyTargets.founder.signing, handshakeHash: session, guestStatic: guestStatic)
    }

    private static func makeGuest() -> InvitationGuest {
        var random = SeededRandom(seed: 21)
        return made {
            try InvitationGuest(
                ticket: invitation.ticket(rendezvous: [], addresses: []), chain: KeyTargets.guest.chain,
                keys: GuestKeys(
                    device: KeyTargets.guest.signing, box: KeyTargets.guest.box,
                    control: .make(random: &random), data: .make(random: &random),
                    noise: AgreementKey.make(random: &random).publicKey),
                handshakeHash: session, guestStatic: guestStatic, hostStatic: invitation.staticKey.publicKey)
        }
    }

    private static func bundle() -> AdmissionBundle {
        AdmissionBundle(
            secret: SecretBytes(copying: session.prefix(32) + []), name: "Trip",
            credentials: [
                AdmissionBundle.Entry(
                    feed: KeyTargets.founder.chain.device, sequence: 0, credential: KeyTargets.genesis.encoded
                )
            ], chain: nil)
    }

    /// What an honest host and guest say, from fixed randomness: a run with the same gets as far.
    private static func transcript() -> (guest: [[UInt8]], host: [[UInt8]]) {
        var host = makeHost(), guest = makeGuest()
        var hostRandom = SeededRandom(seed: 22), guestRandom = SeededRandom(seed: 23)
        var toHost: [[UInt8]] = [], toGuest: [[UInt8]] = []
        func sent(_ effects: [InvitationGuest.Effect]) -> [[UInt8]] {
            effects.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
        }
        for case .send(let bytes) in host.greet() {
            toGuest.append(bytes)
            _ = guest.receive(bytes, random: &guestRandom)
        }
        var queue = sent(guest.enter(code: invitation.code ?? "", random: &guestRandom))
        while let message = queue.first {
            queue.removeFirst()
            toHost.append(message)
            var effects = host.receive(message, wallClock: 1, random: &hostRandom)
            if effects.contains(where: { if case .admit = $0 { true } else { false } }) {
                effects += host.admitted(bundle(), random: &hostRandom)
            }
            for case .send(let bytes) in effects {
                toGuest.append(bytes)
                queue += sent(guest.receive(bytes, random: &guestRandom))
            }
        }
        return (toHost, toGuest)
    }

    static func host(_ input: [UInt8]) {
        var host = makeHost()
        var random = SeededRandom(seed: 22)
        for bytes in messages(input) {
            for effect in host.receive(bytes, wallClock: 1, random: &random) {
                if case .admit = effect { _ = host.admitted(bundle(), random: &random) }
            }
        }
        precondition(
            host.invitation.attemptsLeft >= -HostedInvitation.attemptLimit, "more attempts than allowed")
    }

    static func guest(_ input: [UInt8]) {
        var guest = makeGuest()
        var random = SeededRandom(seed: 23)
        for bytes in messages(input) {
            for effect in guest.receive(bytes, random: &random) {
                if case .codeNeeded = effect { _ = guest.enter(code: invitation.code ?? "", random: &random) }
                if case .joined = effect { preconditionFailure("the guest was let in without its admission") }
            }
        }
    }

    static var hostSeeds: [[UInt8]] { [joined(transcript().guest)] }
    static var guestSeeds: [[UInt8]] { [joined(transcript().host)] }

    static func ticket(_ input: [UInt8]) {
        if let ticket = try? InvitationTicket(parsing: String(decoding: input, as: UTF8.self)) {
            for text in [ticket.text, ticket.link, ticket.qrPayload] {
                precondition(
                    (try? InvitationTicket(parsing: text))?.id == ticket.id, "a ticket changes when written")
            }
        }
        _ = try? InvitationTicket(decoding: input)
        if let hosted = try? HostedInvitation(decoding: input, openingWith: KeyTargets.founder.box) {
            precondition(hosted.expires < .max || hosted.isExpired(.max), "an invitation without an end")
        }
    }

    private static var storedInvitation: [UInt8] {
        var random = SeededRandom(seed: 24)
        return made {
            try invitation.encoded(sealingTo: KeyTargets.founder.box.publicKey, random: &random)
        }
    }

    static var ticketSeeds: [[UInt8]] {
        let ticket = invitation.ticket(
            rendezvous: [
                RendezvousAddress(key: guestStatic, address: PeerAddress(host: "127.0.0.1", port: 1))
                    .description
            ], addresses: ["127.0.0.1:2"])
        return [
            Array(ticket.text.utf8), Array(ticket.link.utf8), Array(ticket.qrPayload.utf8),
            Array(("DUNLIN:" + Base45.encode(ticket.encoded())).utf8), storedInvitation,
        ] + ProofTargets.ticketSeeds
    }

    /// A whole peer that strangers dial: each message of the input goes to one of four connections.
    static func peer(_ input: [UInt8]) {
        var random = SeededRandom(seed: 30)
        var peer = Peer(random: &random)
        made {
            try peer.setDevice(
                LocalDevice(
                    signing: KeyTargets.founder.signing, box: KeyTargets.founder.box,
                    chain: KeyTargets.founder.chain))
        }
        let secrets = made {
            try SpaceSecrets.make(
                space: KeyTargets.space, secret: SecretBytes(copying: [UInt8](repeating: 4, count: 32)),
                random: &random)
        }
        made {
            try peer.createSpace(named: "Trip", secrets: secrets, store: MemorySpaceStore(), random: &random)
        }
        for id in 0..<4 as Range<UInt64> {
            peer.handle(.accepted(ConnectionID(rawValue: id)), now: .zero, wallClock: 0, random: &random)
        }
        for (number, bytes) in messages(input).enumerated() {
            let id = ConnectionID(rawValue: UInt64(number % 4))
            peer.handle(.received(id, bytes), now: .milliseconds(number), wallClock: 0, random: &random)
        }
        _ = made { try peer.takeEffects(now: .seconds(60), wallClock: 0, random: &random) }
    }

    static var peerSeeds: [[UInt8]] {
        var random = SeededRandom(seed: 31)
        let preamble = Preamble.space(
            secret: SecretBytes(copying: [UInt8](repeating: 4, count: 32)), random: &random)
        guard case .space(let salt, let tag) = preamble else { return [] }
        return [
            joined([
                [0x11] + salt + tag + [0, 32] + random.bytes(32), [0x13], [0x12] + random.bytes(16), [0],
            ])
        ]
    }
}
