import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import Testing

@testable import DunlinInvitations

/// What a space of many credentials gives its guests, in parts, in both flows.
@Suite struct CredentialPartsTests {
    enum Flow: CaseIterable { case code, proof }

    /// What became of a run, and the parts of the bundle as they were sent.
    struct Run {
        var joined: InvitationGuest.Joined?
        var error: InvitationError?
        var finished = false
        var parts: [[UInt8]] = []
    }

    /// Spaces whose credentials take three parts.
    private static let old = Result {
        var party = try Party(seed: 70)
        try party.age(2_000)
        return party
    }
    private static let oldLink = Result { try LinkParty(seed: 71, age: 2_000) }

    /// Runs a flow to its end; `tamper` may change each part of the bundle.
    private func run(
        _ flow: Flow, age: Int? = nil, tamper: (Int, [UInt8]) -> [UInt8] = { $1 }
    ) throws -> Run {
        var run = Run()
        var isGiving = false
        func take(_ bytes: [UInt8]) throws -> [UInt8] {
            let items = try CBORValue(decoding: bytes).asArray()
            if try items[0].asUnsigned() == 8 { isGiving = true }
            guard isGiving, try items[0].asUnsigned() == 15 else { return bytes }
            run.parts.append(bytes)
            return tamper(run.parts.count - 1, bytes)
        }
        switch flow {
        case .code:
            var party = try Self.old.get()
            if let age { try party.age(age - party.history.count) }
            let outcome = try DunlinInvitationsTests.run(
                &party, code: #require(party.invitation.code)
            ) { (try? take($1)) ?? $1 }
            (run.joined, run.error, run.finished) = (outcome.joined, outcome.guestError, outcome.finished)
        case .proof:
            let link = try age.map { try LinkParty(seed: 71, age: $0) } ?? Self.oldLink.get()
            let outcome = try DunlinInvitationsTests.run(link) {
                (try? take($1)) ?? $1
            }
            (run.joined, run.error, run.finished) = (outcome.joined, outcome.guestError, outcome.finished)
        }
        return run
    }

    /// A part with another number.
    private func renumbered(_ part: [UInt8], _ number: Int) throws -> [UInt8] {
        var items = try CBORValue(decoding: part).asArray()
        items[1] = .unsigned(UInt64(number))
        return CBORValue.array(items).encoded()
    }

    /// With a code there are fewer, in the tests below: both flows give and take by the same means.
    @Test func `a space of 4,000 credentials lets a guest in`() throws {
        let run = try run(.proof, age: 4_000)
        let joined = try #require(run.joined)
        #expect(run.finished && run.error == nil)
        #expect(joined.credentials.count >= 4_002)
        #expect(joined.bundle.credentials.count == joined.credentials.count)
        // More than one message takes, in messages that each take little.
        #expect(run.parts.reduce(0) { $0 + $1.count } > 1 << 20)
        #expect(run.parts.count > 4 && run.parts.allSatisfy { $0.count <= 257 << 10 })
    }

    @Test(arguments: Flow.allCases)
    func `a part left out, sent twice, out of order or changed is refused`(flow: Flow) throws {
        let honest = try run(flow)
        let parts = honest.parts
        #expect(honest.joined != nil && parts.count >= 3)
        let wrong: [(String, [UInt8], Int)] = [
            ("left out", parts[2], 2), ("sent twice", parts[0], 0),
            ("left out and renumbered", try renumbered(parts[2], 1), 1),
            ("sent twice and renumbered", try renumbered(parts[0], 1), 1),
            ("changed", parts[1].dropLast() + [parts[1][parts[1].count - 1] ^ 1], 1),
        ]
        // Both flows take parts at one place.
        for (name, part, number) in flow == .code ? wrong[...] : wrong.suffix(2) {
            let run = try run(flow) { $0 == 1 ? part : $1 }
            #expect(run.joined == nil && !run.finished, "\(name)")
            #expect(run.error == .wrongPart(number: number), "\(name)")
        }
    }

    @Test func `parts that nobody has asked for, and too many, are refused`() throws {
        let part = InvitationMessage.part(number: 0, CBORValue.array([.array([])]).encoded()).encoded()
        var party = try Party(seed: 72)
        let link = try LinkParty(seed: 73)
        var guest = try party.makeGuest(), other = try link.makeGuest()
        for case .send(let bytes) in party.makeHost().greet() {
            _ = guest.receive(bytes, random: &party.random)
        }
        _ = other.start()
        #expect(failure(guest.receive(part, random: &party.random)) == .badMessage)
        #expect(failure(other.receive(part)) == .badMessage)
        // After the last part.
        var host = link.makeHost(), member = try link.makeGuest()
        let sent = try exchange(&host, &member, link)
        let extra = try renumbered(try #require(sent.last), sent.count)
        #expect(failure(member.receive(extra)) == .badMessage)
        // A host that announces more than anything has that may be given.
        for (count, error) in [(1_025, InvitationError.tooLarge(limit: 64 << 20)), (0, .badMessage)] {
            member = try link.makeGuest()
            host = link.makeHost()
            let header = CBORValue.fields([
                (1, .bytes([UInt8](repeating: 0, count: 80))), (2, .text("Trip")),
                (3, .array([CBORValue](repeating: Digest.blake2b([1]).encodedValue, count: count))),
            ]).encoded()
            let bound = Digest.blake2b(
                Array("admit".utf8), link.hash, Digest.blake2b(header).bytes
            ).bytes
            let signature = try link.party.hostDevice.sign(bound, purpose: .invite)
            let forged = InvitationMessage.admission(header, signature).encoded()
            _ = try exchange(&host, &member, link, toGuest: { $0 == 8 ? forged : $1 })
            #expect(lastFailure == error)
        }
    }

    @Test func `a host gives each part once, in order, and is told of the end after the last`() throws {
        let link = try LinkParty(seed: 74)
        for message in [
            InvitationMessage.wanted(number: 1), .wanted(number: 1_023), .acknowledged,
        ] {
            var host = link.makeHost(), guest = try link.makeGuest()
            var isAsked = false
            var isGiving = false
            _ = try exchange(
                &host, &guest, link,
                toHost: { kind, bytes in
                    guard kind == 16, isGiving, !isAsked else { return bytes }
                    isAsked = true
                    return message.encoded()
                },
                toGuest: { kind, bytes in
                    isGiving = isGiving || kind == 8
                    return bytes
                })
            #expect(isAsked && !host.isGiving && lastFailure == .badMessage)
        }
        // The only part again, instead of the end.
        var host = link.makeHost(), guest = try link.makeGuest()
        let parts = try exchange(&host, &guest, link)
        #expect(parts.count == 1 && lastFailure == nil && host.isGiving)
        for case .failed(let error) in host.receive(InvitationMessage.wanted(number: 0).encoded()) {
            #expect(error == .badMessage)
        }
        #expect(!host.isGiving)
    }

    @Test func `more than 64 MiB is not cut into parts`() throws {
        let feed = try Party(seed: 81).hostControl.publicKey
        func entries(_ count: Int) -> [AdmissionBundle.Entry] {
            let credential = [UInt8](repeating: 0, count: (1 << 20) - 80)
            return (0..<count).map { .init(feed: feed, sequence: UInt64($0), credential: credential) }
        }
        #expect(try CredentialParts(entries(64)).digests.count == 64)
        #expect(throws: InvitationError.tooLarge(limit: 64 << 20)) { try CredentialParts(entries(65)) }
        // An admission is still to come.
        #expect(!AdmissionBundle.isTooLarge(entries(63)) && AdmissionBundle.isTooLarge(entries(64)))
    }

    @Test func `a host that is no member has nothing kept but a little`() throws {
        // It has the ticket, and signs whatever it likes with its own key.
        var link = try LinkParty(seed: 75)
        let stranger = try Party(seed: 76)
        var greeting = link.greeting
        greeting.description.chain = stranger.hostChain
        for _ in 0..<4_000 {
            let stray = try Credential.issue(
                .invite(
                    Invite(
                        key: SigningKey.make(random: &link.party.random).publicKey, role: .editor, limit: 1)),
                space: link.party.space, parents: [link.party.genesis.id],
                identity: stranger.hostChain.identity, device: stranger.hostChain.device,
                signingWith: stranger.hostDevice)
            greeting.credentials.append(
                .init(feed: stranger.hostControl.publicKey, sequence: 0, credential: stray.encoded))
        }
        let outcome = try DunlinInvitationsTests.run(
            link, host: link.makeHost(device: stranger.hostDevice), greeting: greeting)
        #expect(outcome.guestError == .wrongHost && outcome.proof == nil)
        let taken = outcome.said.filter { $0.count > 1_024 }.reduce(0) { $0 + $1.count }
        #expect(taken < (1 << 20) + (257 << 10), "\(taken) bytes were taken")
        // Before parts are asked for, a message has at most 64 KiB.
        var guest = try link.makeGuest()
        #expect(guest.messageLimit == 64 << 10)
        _ = guest.start()
        // Keys from 64 on are room for what is to come.
        func padded(_ count: Int) throws -> [UInt8] {
            let header = CBORValue.fields([
                (1, .bytes(GuestBytes.description(of: link))), (2, link.invite.id.encodedValue),
                (3, .array([Digest.blake2b([1]).encodedValue])),
                (64, .bytes([UInt8](repeating: 0, count: count))),
            ]).encoded()
            let signature = try link.party.hostDevice.sign(
                InvitationGreeting.bound(link.hash, header), purpose: .invite)
            return InvitationMessage.greeting(header, signature).encoded()
        }
        #expect(failure(guest.receive(try padded(1 << 10))) == nil && guest.messageLimit == 1 << 20)
        guest = try link.makeGuest()
        _ = guest.start()
        let large = try padded(64 << 10)
        #expect(failure(guest.receive(large)) == .badMessage)
    }

    @Test(arguments: Flow.allCases)
    func `a guest that fell down between two parts comes again and gets all of them`(flow: Flow) throws {
        switch flow {
        case .code:
            var party = try Self.old.get()
            let code = try #require(party.invitation.code)
            let first = try DunlinInvitationsTests.run(&party, code: code) { number, bytes in
                // Message 7 is the first part: the next never comes.
                number == 9 ? [] : bytes
            }
            #expect(first.joined == nil && first.stored.redeemedBy == party.guestDevice.publicKey)
            party.invitation = try party.reread(first.stored)
            let hash = [UInt8](repeating: 8, count: 64)
            let again = try DunlinInvitationsTests.run(
                &party, code: code, host: party.makeHost(hash: hash), guest: party.makeGuest(hash: hash))
            #expect(again.joined?.credentials.count == 2_002 && again.finished)
        case .proof:
            let link = try Self.oldLink.get()
            var parts = 0
            let first = try DunlinInvitationsTests.run(link) { _, bytes in
                if bytes.count > 1 << 17 { parts += 1 }
                // Two large ones of the greeting, and one of the bundle.
                return parts >= 4 ? [] : bytes
            }
            #expect(first.joined == nil && first.request != nil)
            let hash = [UInt8](repeating: 8, count: 64)
            let again = try DunlinInvitationsTests.run(
                link, host: link.makeHost(hash: hash), guest: link.makeGuest(hash: hash))
            #expect(again.joined != nil && again.finished)
        }
    }

    @Test func `the secret of a space lies in no message`() throws {
        let link = try LinkParty(seed: 79)
        let outcome = try DunlinInvitationsTests.run(link)
        let joined = try #require(outcome.joined)
        #expect(joined.bundle.secret == link.party.secret)
        let secret = link.party.secret.copied()
        for message in outcome.said {
            let hasSecret = message.indices.contains { message[$0...].starts(with: secret) }
            #expect(!hasSecret)
        }
    }

    // MARK: -

    private final class Failure { var error: InvitationError? }
    private let last = Failure()
    /// What ended the last exchange.
    private var lastFailure: InvitationError? { last.error }

    private func failure(_ effects: [InvitationGuest.Effect]) -> InvitationError? {
        for case .failed(let error) in effects { return error }
        return nil
    }

    private func failure(_ effects: [ProofGuest.Effect]) -> InvitationError? {
        for case .failed(let error) in effects { return error }
        return nil
    }

    /// Carries messages until the guest is in or somebody fails.
    /// - Returns: the parts of the bundle.
    private func exchange(
        _ host: inout ProofHost, _ guest: inout ProofGuest, _ link: LinkParty,
        toHost: (UInt64, [UInt8]) -> [UInt8] = { $1 }, toGuest: (UInt64, [UInt8]) -> [UInt8] = { $1 }
    ) throws -> [[UInt8]] {
        last.error = nil
        var random = SeededRandom(seed: 80)
        var parts: [[UInt8]] = []
        var queue: [[UInt8]] = []
        var isAdmitted = false
        func take(_ effects: [ProofGuest.Effect]) {
            for effect in effects {
                if case .send(let bytes) = effect { queue.append(bytes) }
                if case .failed(let error) = effect { last.error = error }
            }
        }
        func kind(_ bytes: [UInt8]) throws -> UInt64 {
            try CBORValue(decoding: bytes).asArray()[0].asUnsigned()
        }
        take(guest.start())
        while !queue.isEmpty, last.error == nil {
            let message = queue.removeFirst()
            var effects = host.receive(toHost(try kind(message), message))
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .send(let bytes):
                    let kind = try kind(bytes)
                    isAdmitted = isAdmitted || kind == 8
                    if kind == 15, isAdmitted { parts.append(bytes) }
                    take(guest.receive(toGuest(kind, bytes)))
                case .knocked: effects += host.greet(link.greeting)
                case .admit(let request):
                    effects += host.admitted(try link.bundle(request), random: &random)
                case .failed(let error): last.error = error
                case .finished: break
                }
            }
        }
        return parts
    }
}
