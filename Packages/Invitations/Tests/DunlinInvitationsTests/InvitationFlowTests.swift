import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import Testing

@Suite struct InvitationFlowTests {
    @Test(arguments: [InvitationKind.space, .device])
    func `the right code lets the guest in`(kind: InvitationKind) throws {
        var party = try Party(seed: 1, kind: kind)
        let outcome = try run(&party, code: try #require(party.invitation.code))
        let joined = try #require(outcome.joined)
        #expect(outcome.finished)
        #expect(joined.credentials.members().device(party.guestDevice.publicKey) != nil)
        #expect(joined.bundle.secret == party.secret)
        #expect(outcome.stored.redeemedBy == party.guestDevice.publicKey)
        #expect(outcome.claim == InvitationClaim(inviter: "Ada", space: "Trip"))
        #expect(joined.host.claim == outcome.claim)
    }

    @Test func `a claim changed on its way is found before the guest is in`() throws {
        var party = try Party(seed: 16)
        let outcome = try run(&party, code: try #require(party.invitation.code)) { number, bytes in
            guard number == 0 else { return bytes }
            return CBORValue.array([
                .unsigned(11), .fields([(1, .text("Mallory")), (2, .text("Trip"))]),
            ]).encoded()
        }
        #expect(outcome.claim?.inviter == "Mallory")
        #expect(outcome.joined == nil && outcome.guestError == .wrongHost)
    }

    @Test func `names are cleaned by who sends them and refused by who gets them`() throws {
        let claim = InvitationClaim(
            inviter: "A\u{1b}[31md\u{202e}a", space: String(repeating: "é", count: 200))
        #expect(claim.inviter == "A[31mda")
        #expect(claim.space.utf8.count == 256)
        var party = try Party(seed: 17)
        let outcome = try run(&party, code: try #require(party.invitation.code)) { number, bytes in
            guard number == 0 else { return bytes }
            return CBORValue.array([
                .unsigned(11), .fields([(1, .text("A\u{1b}[31m")), (2, .text("Trip"))]),
            ]).encoded()
        }
        #expect(outcome.claim == nil && outcome.guestError == .badMessage)
    }

    @Test func `a share that comes back, or is no usable point, ends the run on either side`() throws {
        let identity = [UInt8](repeating: 0, count: 32)
        let noElement = [UInt8](repeating: 0xff, count: 32)
        for bad in [identity, noElement] {
            var party = try Party(seed: 18)
            // Message 1 is the guest's share, message 2 the host's.
            for message in [1, 2] {
                let outcome = try run(&party, code: try #require(party.invitation.code)) { number, bytes in
                    guard number == message, var items = try? CBORValue(decoding: bytes).asArray() else {
                        return bytes
                    }
                    items[1] = .bytes(bad)
                    return CBORValue.array(items).encoded()
                }
                #expect(outcome.joined == nil, "message \(message)")
                #expect(outcome.stored.redeemedBy == nil)
            }
        }
        // The guest's own share and data come back to it.
        var party = try Party(seed: 19)
        var guest = try party.makeGuest()
        for case .send(let bytes) in party.makeHost().greet() {
            _ = guest.receive(bytes, random: &party.random)
        }
        let sent = guest.enter(code: try #require(party.invitation.code), random: &party.random)
        guard case .send(let bytes)? = sent.first else { return #expect(Bool(false), "nothing was sent") }
        var items = try CBORValue(decoding: bytes).asArray()
        items[0] = .unsigned(5)
        items[2] = .bytes(
            CBORValue.fields([
                (1, party.hostChain.encodedValue), (2, party.space.encodedValue),
                (3, party.genesis.id.encodedValue),
                (4, .fields([(1, .text("Ada")), (2, .text("Trip"))])),
            ]).encoded())
        let answer = guest.receive(CBORValue.array(items).encoded(), random: &party.random)
        #expect(answer.contains { if case .failed(.wrongHost) = $0 { true } else { false } })
        #expect(!answer.contains { if case .send = $0 { true } else { false } })
    }

    @Test func `a guest without the code, whose share is the point of no use, computes the key in vain`()
        throws
    {
        // With that share every secret of the host gives the same element, and the attacker knows it.
        var party = try Party(seed: 21)
        let zero = [UInt8](repeating: 0, count: 32), keys = party.guestKeys
        let chain = try #require(party.guestChain), data = GuestBytes.description(keys, chain)
        var host = party.makeHost()
        let share = CBORValue.array([.unsigned(4), .bytes(zero), .bytes(data)]).encoded()
        var answer: CBORValue?
        for effect in host.receive(share, wallClock: 2_000, random: &party.random) {
            if case .send(let bytes) = effect { answer = try CBORValue(decoding: bytes) }
        }
        let items = try #require(answer).asArray()
        // What an attacker would go on with, were it answered.
        if case .bytes(let hostShare) = items[1], case .bytes(let hostData) = items[2] {
            let key = CPace.sharedKey(
                session: party.hash, element: SecretBytes(copying: zero), initiator: (zero, data),
                responder: (hostShare, hostData))
            let confirmation = CPace.confirmation(key: key, session: party.hash, share: zero, data: data)
            let bound = Digest.blake2b(Array("bind".utf8), party.hash, confirmation).bytes
            let binding = try DeviceBinding.issue(
                space: party.space, identity: chain.identity, control: keys.control, data: keys.data,
                noise: keys.noise, signingWith: keys.device)
            let proof = CBORValue.array([
                .unsigned(6), .bytes(confirmation),
                try keys.device.sign(bound, purpose: .invite).encodedValue, binding.encodedValue,
            ]).encoded()
            let effects = host.receive(proof, wallClock: 2_000, random: &party.random)
            #expect(!effects.contains { if case .admit = $0 { true } else { false } })
        }
        #expect(try items[0].asUnsigned() == 10, "it was answered")
        #expect(host.invitation.redeemedBy == nil)
    }

    @Test func `messages of one run are worth nothing in another`() throws {
        var party = try Party(seed: 20)
        var recorded: [Int: [UInt8]] = [:]
        let first = try run(&party, code: try #require(party.invitation.code)) { number, bytes in
            recorded[number] = bytes
            return bytes
        }
        #expect(first.joined != nil)
        // Another handshake with the same keys: what the guest said is said again by somebody else.
        var host = party.makeHost(hash: [UInt8](repeating: 6, count: 64))
        for number in [1, 3] {
            let effects = host.receive(
                try #require(recorded[number]), wallClock: 2_000, random: &party.random)
            #expect(!effects.contains { if case .admit = $0 { true } else { false } })
        }
    }

    @Test func `three wrong codes end the invitation, also when the host restarts in between`() throws {
        var party = try Party(seed: 2)
        let wrong = party.invitation.code == "000000" ? "000001" : "000000"
        for left in [2, 1, 0] {
            let outcome = try run(&party, code: wrong)
            #expect(outcome.joined == nil)
            #expect(outcome.attemptsLeft == left)
            // What was stored before the answer is all that survives.
            party.invitation = try party.reread(outcome.stored)
        }
        let outcome = try run(&party, code: try #require(party.invitation.code))
        #expect(outcome.joined == nil)
        #expect(outcome.guestError == .exhausted)
    }

    @Test func `an expired invitation and a second guest are refused`() throws {
        var party = try Party(seed: 3)
        #expect(
            try run(&party, code: #require(party.invitation.code), wallClock: .max).guestError == .expired)
        let first = try run(&party, code: try #require(party.invitation.code))
        party.invitation = first.stored
        var other = try Party(seed: 4)
        other.invitation = party.invitation
        #expect(try run(&other, code: try #require(party.invitation.code)).guestError == .alreadyUsed)
    }

    @Test func `the guest that missed the answer may come again with the same device`() throws {
        var party = try Party(seed: 5)
        let first = try run(&party, code: try #require(party.invitation.code))
        party.invitation = first.stored
        #expect(try run(&party, code: try #require(party.invitation.code)).joined != nil)
    }

    @Test func `a guest let in at the last attempt may fetch its answer again`() throws {
        var party = try Party(seed: 15)
        let wrong = party.invitation.code == "000000" ? "000001" : "000000"
        for _ in 0..<2 { party.invitation = try run(&party, code: wrong).stored }
        let last = try run(&party, code: try #require(party.invitation.code))
        #expect(last.joined != nil && last.stored.attemptsLeft == 0)
        party.invitation = try party.reread(last.stored)
        #expect(try run(&party, code: try #require(party.invitation.code)).joined != nil)
    }

    @Test(arguments: [false, true])
    func `whoever knows the code and cannot be let in uses neither the invitation nor an attempt`(
        isScanned: Bool
    ) throws {
        var party = try Party(seed: 22, isScanned: isScanned)
        let code = party.invitation.code ?? ""
        if !isScanned {
            party.invitation = try run(&party, code: code == "000000" ? "000001" : "000000").stored
        }
        let left = party.invitation.attemptsLeft
        // As often as it tries.
        for _ in 0..<4 {
            let outcome = try run(&party, code: code, refusing: .tooLarge(limit: AdmissionBundle.byteLimit))
            #expect(outcome.joined == nil)
            #expect(outcome.guestError == .tooLarge(limit: AdmissionBundle.byteLimit))
            party.invitation = try party.reread(outcome.stored)
            #expect(party.invitation.redeemedBy == nil && party.invitation.attemptsLeft == left)
        }
        var other = try Party(seed: 23, isScanned: isScanned)
        other.invitation = party.invitation
        let last = try run(&other, code: code)
        #expect(last.joined != nil && last.redeemedBefore == nil)
        #expect(last.stored.redeemedBy == other.guestDevice.publicKey)
    }

    @Test func `a guest is told in the place of the claim that the invitation is over`() throws {
        for error in [InvitationError.alreadyUsed, .cancelled, .exhausted] {
            var party = try Party(seed: 24)
            var guest = try party.makeGuest()
            let effects = guest.receive(InvitationHost.refusal(error), random: &party.random)
            guard case .failed(error)? = effects.first else { return #expect(Bool(false), "\(effects)") }
        }
    }

    @Test func `a man in the middle with the right code forwarded fails on both sides`() throws {
        // Two handshakes have two hashes and two pairs of keys; the middle can only relay the messages.
        var party = try Party(seed: 6)
        let host = party.makeHost(hash: [UInt8](repeating: 9, count: 64))
        let outcome = try run(&party, code: #require(party.invitation.code), host: host)
        #expect(outcome.joined == nil)
        #expect(outcome.attemptsLeft == 2)
        #expect(throws: InvitationError.wrongHost) {
            try party.makeGuest(hostStatic: AgreementKey.make(random: &party.random).publicKey)
        }
    }

    @Test func `a changed byte in any message lets nobody in`() throws {
        // Message 5 is the bundle's header, 6 asks for the part that is message 7.
        for message in 1...7 {
            for position in [1, 3, 20, 40, 90, 140, 400] {
                var party = try Party(seed: 7)
                var isChanged = false
                let outcome = try run(&party, code: try #require(party.invitation.code)) { number, bytes in
                    guard number == message, position < bytes.count else { return bytes }
                    var changed = bytes
                    changed[position] ^= 4
                    isChanged = true
                    return changed
                }
                if isChanged { #expect(outcome.joined == nil, "message \(message), byte \(position)") }
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
            #expect(guest.receive([UInt8](repeating: 1, count: count), random: &party.random).count == 1)
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
