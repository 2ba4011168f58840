import DunlinEncoding
import DunlinKeys
import Testing

@testable import DunlinInvitations

/// Invitations whose code is in the QR code, and is not typed.
@Suite struct ScanFlowTests {
    @Test(arguments: [InvitationKind.space, .device])
    func `who has scanned the ticket is let in and types nothing`(kind: InvitationKind) throws {
        var party = try Party(seed: 90, kind: kind, isScanned: true)
        #expect(party.invitation.code == nil && !party.ticket.needsCode)
        // From the text that the QR code holds.
        let ticket = try InvitationTicket(parsing: party.ticket.qrPayload)
        #expect(ticket == party.ticket)
        let guest = try InvitationGuest(
            ticket: ticket, chain: party.guestChain, keys: party.guestKeys, handshakeHash: party.hash,
            guestStatic: party.guestStatic, hostStatic: party.invitation.staticKey.publicKey)
        let outcome = try run(&party, code: "", guest: guest)
        #expect(outcome.joined != nil && outcome.finished)
        #expect(outcome.claim?.inviter == "Ada" && outcome.attemptsLeft == nil)
        #expect(outcome.stored.redeemedBy == party.guestDevice.publicKey)
    }

    @Test func `another secret is a failed attempt, and three of them end the invitation`() throws {
        var party = try Party(seed: 91, isScanned: true)
        let host = party.invitation.staticKey.publicKey
        for left in [2, 1, 0] {
            let guess = InvitationTicket(
                id: party.invitation.id,
                access: .scan(try ScanSecret(bytes: party.random.secret(16)), host: host), kind: .space,
                expires: 9, rendezvous: [], addresses: [])
            let guest = try InvitationGuest(
                ticket: guess, chain: party.guestChain, keys: party.guestKeys, handshakeHash: party.hash,
                guestStatic: party.guestStatic, hostStatic: host)
            let outcome = try run(&party, code: "", guest: guest)
            // It does not try the same again.
            #expect(outcome.joined == nil && outcome.attemptsLeft == left)
            #expect(outcome.guestError == (left > 0 ? .wrongSecret : .exhausted))
            party.invitation = try party.reread(outcome.stored)
            #expect(party.invitation.attemptsLeft == left)
        }
        #expect(try run(&party, code: "").guestError == .exhausted)
    }

    @Test func `digits do not open what is to be scanned, nor the other way round`() throws {
        var party = try Party(seed: 92, isScanned: true)
        let host = party.invitation.staticKey.publicKey
        // A ticket that somebody took the secret out of.
        let bare = InvitationTicket(
            id: party.invitation.id, host: host, kind: .space, expires: 9, rendezvous: [], addresses: [])
        let guest = try InvitationGuest(
            ticket: bare, chain: party.guestChain, keys: party.guestKeys, handshakeHash: party.hash,
            guestStatic: party.guestStatic, hostStatic: host)
        let outcome = try run(&party, code: "123456", guest: guest)
        #expect(outcome.joined == nil && outcome.attemptsLeft == 2)
        #expect(throws: InvitationError.wrongHost) {
            try party.makeGuest(hostStatic: AgreementKey.make(random: &party.random).publicKey)
        }
    }

    @Test func `a guest that missed the answer scans again and is let in`() throws {
        var party = try Party(seed: 93, isScanned: true)
        let first = try run(&party, code: "") { number, bytes in number == 5 ? [] : bytes }
        #expect(first.joined == nil && first.stored.redeemedBy == party.guestDevice.publicKey)
        party.invitation = try party.reread(first.stored)
        let hash = [UInt8](repeating: 8, count: 64)
        let again = try run(
            &party, code: "", host: party.makeHost(hash: hash), guest: party.makeGuest(hash: hash))
        #expect(again.joined != nil && again.finished)
    }

    @Test func `the secret of a scanned ticket is in it, and in nothing that is stored or said`() throws {
        var party = try Party(seed: 94, isScanned: true)
        guard case .scan(let secret, _) = party.ticket.access else {
            return #expect(Bool(false), "the ticket holds no secret")
        }
        func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
            bytes.indices.contains { bytes[$0...].starts(with: part) }
        }
        let box = try AgreementKey.make(random: &party.random)
        let stored = try party.invitation.encoded(sealingTo: box.publicKey, random: &party.random)
        #expect(holds(party.ticket.encoded(), secret.bytes.copied()))
        for part in [secret.bytes.copied(), party.invitation.staticKey.seed.copied()] {
            #expect(!holds(stored, part))
        }
        #expect(throws: InvitationError.malformedTicket) {
            try HostedInvitation(
                decoding: stored, openingWith: AgreementKey.make(random: &party.random))
        }
        var said: [[UInt8]] = []
        _ = try run(&party, code: "") { _, bytes in
            said.append(bytes)
            return bytes
        }
        #expect(said.count > 6 && !said.contains { holds($0, secret.bytes.copied()) })
    }

    @Test func `a scanned ticket has its fields and no others`() throws {
        let party = try Party(seed: 95, isScanned: true)
        let encoded = try CBORValue(decoding: party.ticket.encoded())
        guard case .map(let pairs) = encoded else { return #expect(Bool(false), "no map") }
        #expect(pairs.map(\.key) == [1, 2, 3, 5, 6, 7].map { .unsigned($0) })
        #expect(party.ticket.encoded().count <= 110)
        for extra in [9, 10, 11] as [UInt64] {
            let value = CBORValue.map(
                pairs + [CBORPair(.unsigned(extra), .bytes([UInt8](repeating: 1, count: 32)))])
            #expect(throws: InvitationError.malformedTicket) {
                try InvitationTicket(decoding: value.encoded())
            }
        }
        let short = CBORValue.map(
            pairs.map { $0.key == .unsigned(7) ? CBORPair($0.key, .bytes([1])) : $0 })
        #expect(throws: InvitationError.malformedTicket) { try InvitationTicket(decoding: short.encoded()) }
    }
}
