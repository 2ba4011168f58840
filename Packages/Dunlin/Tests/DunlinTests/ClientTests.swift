import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinObjects
import DunlinSpaces
import DunlinUV
import Foundation
import Testing

struct Chore: DunlinObject, Equatable {
    var title: String
    var notes: CollaborativeText
    var done = false
}

@Suite struct ClientTests {
    static func temporaryHome() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-\(UUID())").path
    }

    static let passphrase = SecretBytes(copying: Array("correct horse".utf8))

    static func makeClient(_ home: String, name: String) async throws -> Client {
        let client = try await Client.create(at: home, passphrase: passphrase, profile: .test)
        let words = try await client.createIdentity(displayName: name)
        #expect(words.count == 12)
        return client
    }

    /// Waits until `condition` holds, at most ten seconds.
    static func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("not within ten seconds: \(what)")
    }

    @Test func `two clients meet through a rendezvous and end with the same state`() async throws {
        let homes = [Self.temporaryHome(), Self.temporaryHome()]
        defer { for home in homes { try? FileManager.default.removeItem(atPath: home) } }
        let loop = try UVLoop()
        var random = SystemRandom()
        let node = RendezvousNode(loop: loop, staticKey: try AgreementKey.make(random: &random))
        let address = try await node.listen(host: "127.0.0.1", port: 0)

        let ada = try await Self.makeClient(homes[0], name: "Ada"),
            bob = try await Self.makeClient(homes[1], name: "Bob")
        for client in [ada, bob] {
            try await client.listen(host: "127.0.0.1")
            await client.connect(rendezvous: [address])
        }
        let space = try await ada.createSpace(named: "Trip")
        let id = try await ada.insert(Chore(title: "Tickets", notes: "by train"), into: space)
        let invitation = try await ada.invite(to: space)
        let join = try await bob.accept(try InvitationTicket(parsing: invitation.ticket.text))
        var inviter: Inviter?
        for await state in join.states {
            switch state {
            case .readyForCode(let claimed, _):
                inviter = claimed
                await join.enter(code: try #require(invitation.code))
            case .failed(let error): Issue.record("\(error)")
            default: break
            }
        }
        #expect(inviter?.claim == InvitationClaim(inviter: "Ada", space: "Trip"))
        #expect(inviter?.isVerified == false)
        try await Self.eventually("Bob has the object") {
            (try? await bob.get(id, as: Chore.self, in: space)) == Chore(title: "Tickets", notes: "by train")
        }
        try await bob.update(id, as: Chore.self, in: space) { $0.notes.insert("night ", at: 3) }
        try await ada.update(id, as: Chore.self, in: space) { $0.done = true }
        try await Self.eventually("both have the same state") {
            try await ada.stateHash(of: space) == bob.stateHash(of: space)
        }
        #expect(
            try await ada.get(id, as: Chore.self, in: space)
                == Chore(title: "Tickets", notes: "by night train", done: true))
        #expect(try await bob.members(of: space).count == 2)
        var hosted: [InvitationState] = []
        for await state in invitation.states { hosted.append(state) }
        guard case .waiting? = hosted.first, case .success(space, _)? = hosted.last else {
            Issue.record("the host saw \(hosted)")
            return
        }
        await ada.close()
        await bob.close()
        await node.stop()
        loop.stop()
    }

    @Test func `a link lets in while who made it is away, survives a restart and is listed`() async throws {
        let homes = (0..<4).map { _ in Self.temporaryHome() }
        defer { for home in homes { try? FileManager.default.removeItem(atPath: home) } }
        let loop = try UVLoop()
        var random = SystemRandom()
        let node = RendezvousNode(loop: loop, staticKey: try AgreementKey.make(random: &random))
        let address = try await node.listen(host: "127.0.0.1", port: 0)
        var clients: [Client] = []
        for (home, name) in zip(homes, ["Ada", "Bob", "Eve", "May"]) {
            let client = try await Self.makeClient(home, name: name)
            try await client.listen(host: "127.0.0.1")
            await client.connect(rendezvous: [address])
            clients.append(client)
        }
        let (ada, bob, eve, may) = (clients[0], clients[1], clients[2], clients[3])
        let space = try await ada.createSpace(named: "Trip")
        let known = try DIDKey.decode(try #require(await bob.identity))
        let invitation = try await ada.invite(to: space, for: known)
        #expect(invitation.code == nil)
        func outcome(_ client: Client, _ ticket: InvitationTicket) async throws -> InvitationState? {
            var last: InvitationState?
            for await state in try await client.accept(ticket, timeout: .seconds(20)).states { last = state }
            return last
        }
        guard case .success(space, _)? = try await outcome(bob, invitation.ticket) else {
            Issue.record("Bob is not let in by who he is")
            return
        }
        let link = try await ada.inviteUnattended(to: space)
        try await Self.eventually("Bob knows the link") {
            await bob.invitations.contains { $0.id == link.id && $0.usesLeft == 1 }
        }
        await ada.close()
        guard case .success(space, _)? = try await outcome(eve, link.ticket) else {
            Issue.record("Eve is not let in while Ada is away")
            return
        }
        guard case .failed(.alreadyUsed)? = try await outcome(may, link.ticket) else {
            Issue.record("May is let in by a link that is used up")
            return
        }
        await bob.close()
        let again = try await Client.open(at: homes[1], passphrase: Self.passphrase)
        #expect(await again.invitations.map(\.ending) == [.alreadyUsed])
        for client in [again, eve, may] { await client.close() }
        await node.stop()
        loop.stop()
    }

    @Test func `a home opens again with everything in it, under its passphrase alone`() async throws {
        let home = Self.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let first = try await Self.makeClient(home, name: "Ada")
        let did = await first.identity
        let space = try await first.createSpace(named: "Trip")
        let id = try await first.insert(Chore(title: "a", notes: "b"), into: space)
        await #expect(throws: ClientError.self) {
            try await Client.open(at: home, passphrase: Self.passphrase)
        }
        await first.close()
        await #expect(throws: ClientError.self) {
            try await Client.open(at: home, passphrase: SecretBytes(copying: [1]))
        }
        let second = try await Client.open(at: home, passphrase: Self.passphrase)
        #expect(await second.identity == did)
        #expect(try await second.displayName() == "Ada")
        #expect(try await second.space(named: "Trip") == space)
        #expect(try await second.fetch(Chore.self, in: space).map(\.id) == [id])
        try await second.delete(id, in: space)
        #expect(try await second.fetch(Chore.self, in: space).isEmpty)
        await second.close()
    }

    @Test func `the phrase and one device bring the identity back, with its spaces`() async throws {
        let homes = [Self.temporaryHome(), Self.temporaryHome()]
        defer { for home in homes { try? FileManager.default.removeItem(atPath: home) } }
        let first = try await Client.create(at: homes[0], passphrase: Self.passphrase, profile: .test)
        let words = try await first.createIdentity(displayName: "Ada").joined(separator: " ")
        let space = try await first.createSpace(named: "Trip")
        let id = try await first.insert(Chore(title: "Pack", notes: ""), into: space)
        let port = try await first.listen(host: "127.0.0.1")
        let phrase = try SeedPhrase(parsing: SecretBytes(copying: Array(words.utf8)))
        let second = try await Client.recover(
            at: homes[1], passphrase: Self.passphrase, profile: .test, phrase: phrase)
        #expect(await !second.isRecovered)
        await second.connect(peers: [PeerAddress(host: "127.0.0.1", port: port)])
        for _ in 0..<300 where await second.spaces.first?.role == nil {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(await first.identity == second.identity)
        #expect(try await second.displayName() == "Ada")
        #expect(await second.spaces.map(\.id) == [space])
        for _ in 0..<100 where try await second.fetch(Chore.self, in: space).isEmpty {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await second.fetch(Chore.self, in: space).map(\.id) == [id])
        #expect(try await first.devices().count == 2)
        #expect(try await second.devices().filter(\.isThis).count == 1)
        // The new one suspects its senior, which is then none that speaks for the identity before it is
        // confirmed.
        let senior = try #require(await first.deviceID), nonce = [UInt8](repeating: 1, count: 16)
        _ = try await second.revokeDevice(senior)
        try await Self.eventually("the first device is suspended") { await first.standing == .suspended }
        await #expect {
            try await first.presentation(for: "https://a.example", nonce: nonce)
        } throws: { error in
            if case ClientError.deviceSuspended = error { true } else { false }
        }
        await #expect(throws: ClientError.self) { try await second.confirmDevice(senior) }
        try await second.confirmDevice(senior, phrase: phrase)
        try await Self.eventually("the first device is trusted again") { await first.standing == .present }
        _ = try await first.presentation(for: "https://a.example", nonce: nonce)
        // The older one takes the new one out again.
        let outcomes = try await first.revokeDevice(try #require(await second.deviceID))
        #expect(outcomes.count == 2 && outcomes.values.allSatisfy { $0 == .revoked })
        for _ in 0..<100 where await second.spaces.first?.role != nil {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(await second.spaces.first?.role == nil)
        try await Self.eventually("the second device knows") { await second.standing == .removed }
        await #expect {
            try await second.presentation(for: "https://a.example", nonce: nonce)
        } throws: { error in
            if case ClientError.deviceRemoved = error { true } else { false }
        }
        await first.close()
        await second.close()
    }
}
