import DunlinCredentials
import DunlinKeys
import DunlinMesh
import DunlinSpaces
import Foundation
import Synchronization
import Testing

@testable import Dunlin

/// What must not go wrong where a home, a client or a revocation is used in ways that were not meant.
@Suite struct ClientAttackTests {
    @Test func `a client that was closed writes nothing to the home that is opened again`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let first = try await ClientTests.makeClient(home, name: "Ada")
        let space = try await first.createSpace(named: "Trip")
        let id = try await first.insert(Chore(title: "a", notes: ""), into: space)
        await first.close()
        let second = try await Client.open(at: home, passphrase: ClientTests.passphrase)
        let before = try await second.stateHash(of: space)
        await #expect(throws: ClientError.self) {
            try await first.insert(Chore(title: "late", notes: ""), into: space)
        }
        await #expect(throws: ClientError.self) {
            try await first.update(id, as: Chore.self, in: space) { $0.done = true }
        }
        await #expect(throws: ClientError.self) { try await first.createSpace(named: "Late") }
        await first.flush()
        #expect(try await second.stateHash(of: space) == before)
        try await second.update(id, as: Chore.self, in: space) { $0.title = "b" }
        await first.close()
        await second.close()
        let third = try await Client.open(at: home, passphrase: ClientTests.passphrase)
        #expect(try await third.fetch(Chore.self, in: space).map(\.object.title) == ["b"])
        #expect(await third.spaces.map(\.name) == ["Trip"])
        await third.close()
    }

    @Test func `a home that is busy closes no file of anybody else`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        let isOver = Atomic(false), lost = Atomic(0)
        let thread = Thread {
            // Whoever opens files meanwhile gets numbers that were free.
            while !isOver.load(ordering: .relaxed) {
                let files = (0..<16).map { _ in unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
                for file in files where close(file) != 0 { lost.add(1, ordering: .relaxed) }
            }
        }
        thread.start()
        for _ in 0..<3_000 { #expect(throws: ClientError.self) { try Home.lock(home) } }
        isOver.store(true, ordering: .relaxed)
        #expect(lost.load(ordering: .relaxed) == 0)
        await client.close()
    }

    @Test func `a revocation that was cut short can be said again`() async throws {
        let homes = [ClientTests.temporaryHome(), ClientTests.temporaryHome()]
        defer { for home in homes { try? FileManager.default.removeItem(atPath: home) } }
        let first = try await Client.create(
            at: homes[0], passphrase: ClientTests.passphrase, profile: .test)
        let words = try await first.createIdentity(displayName: "Ada").joined(separator: " ")
        let space = try await first.createSpace(named: "Trip")
        let port = try await first.listen(host: "127.0.0.1")
        let second = try await Client.recover(
            at: homes[1], passphrase: ClientTests.passphrase, profile: .test,
            phrase: SeedPhrase(parsing: SecretBytes(copying: Array(words.utf8))))
        await second.connect(peers: [PeerAddress(host: "127.0.0.1", port: port)])
        try await ClientTests.eventually("the second device is in the space") {
            try await first.members(of: space).first?.devices.count == 2
        }
        let id = try #require(await second.deviceID)
        await second.close()
        // The process ended when the device was out of the identity, and still in the space.
        let outcomes = try await first.revokeAgain(id)
        #expect(outcomes == [space: .revoked])
        #expect(try await first.members(of: space).first?.devices.count == 1)
        await first.close()
    }
}

extension Client {
    fileprivate func revokeAgain(_ id: DeviceID) throws -> [SpaceID: Revocation] {
        let halo = try #require(haloID)
        try peer.revoke(id, in: halo, wallClock: wallClock, random: &random)
        return try revokeDevice(id)
    }
}
