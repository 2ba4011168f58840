@testable import Dunlin
import DunlinCredentials
import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinObjects
@testable import DunlinSpaces
import DunlinUV
import Foundation
import Testing

/// Clients that find each other at a rendezvous of their own.
final class Neighbours {
    let loop: UVLoop
    let node: RendezvousNode
    let address: RendezvousAddress
    private var homes: [String] = []
    private var open: [Client] = []

    init() async throws {
        loop = try UVLoop()
        var random = SystemRandom()
        node = RendezvousNode(loop: loop, staticKey: try AgreementKey.make(random: &random))
        address = try await node.listen(host: "127.0.0.1", port: 0)
    }

    func add(_ name: String) async throws -> (client: Client, home: String) {
        let home = newHome()
        let client = try await ClientTests.makeClient(home, name: name)
        try await connect(client)
        return (client, home)
    }

    /// A folder that is gone at the end.
    func newHome() -> String {
        let home = ClientTests.temporaryHome()
        homes.append(home)
        return home
    }

    /// Opens a home again that was closed.
    func open(_ home: String) async throws -> Client {
        let client = try await Client.open(at: home, passphrase: ClientTests.passphrase)
        try await connect(client)
        return client
    }

    func connect(_ client: Client) async throws {
        open.append(client)
        try await client.listen(host: "127.0.0.1")
        await client.connect(rendezvous: [address])
    }

    func end() async {
        for client in open { await client.close() }
        await node.stop()
        loop.stop()
        for home in homes { try? FileManager.default.removeItem(atPath: home) }
    }

    /// Lets somebody into a space, and waits until the guest has it.
    static func letIn(
        _ guest: Client, to space: SpaceID, of host: Client, role: Role = .editor
    ) async throws {
        let invitation = try await host.inviteUnattended(to: space, role: role)
        let join = try await guest.accept(invitation.ticket, timeout: .seconds(20))
        guard try await outcome(join) == space else {
            Issue.record("the guest is not let in")
            return
        }
    }

    /// The space that an attempt has led to; nil when it has failed.
    static func outcome(_ attempt: JoinAttempt) async throws -> SpaceID? {
        for await state in attempt.states { if case .success(let space, _) = state { return space } }
        return nil
    }
}

extension Client {
    /// Signs for the device.
    var signing: SigningKey? { peer.device?.signing }

    /// Whether all objects are what the feeds make of them.
    func isSound(_ space: SpaceID) throws -> Bool { try peer.verifyDerivedState(of: space) }

    /// Writes what a program of somebody's own could: any change of any object, in its own feed.
    func forge(
        _ object: ObjectID, in space: SpaceID,
        _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        let feed = try ownDataFeed(in: space)
        var document = ObjectDocument(id: object)
        let first = try #require(peer.spaces[space]?.nextEvent)
        let (_, change) = try document.edit(
            replica: .init(raw: feed.raw), firstSequence: first, body)
        let encoded = try #require(change).encoded()
        try peer.spaces[space]?.commit(
            [ObjectChange(object: object, change: encoded)], wallClock: wallClock, random: &random)
        flush()
    }
}
