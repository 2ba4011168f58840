import ArgumentParser
import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces
import Foundation
import Recordings

/// One author of a recorded session, as a process of its own. The folder is where the processes leave notes
/// for each other (invitations with their codes, keys of feeds); everything else goes over the mesh.
struct AuthorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "author", shouldDisplay: false)
    @Option var folder: String
    @Option var trace: String
    @Option var agent: Int
    @Option var rendezvous: String

    private static let path: ObjectPath = "text"

    func run() async throws {
        let recording = try Recording.forDemonstration(trace), pasts = try recording.pasts()
        let client = try await Client.create(
            at: folder + "/author-\(agent)", passphrase: SecretBytes(copying: Array("demo".utf8)),
            profile: .test)
        _ = try await client.createIdentity(displayName: "Author \(agent)")
        try await client.listen(host: "127.0.0.1")
        await client.connect(rendezvous: [RendezvousAddress](compact: RendezvousAddress(rendezvous)))
        guard let object = ObjectID(bytes: [UInt8](repeating: 7, count: 16)) else { return }
        let space = try await agent == 0 ? found(client, object, recording.agents) : joinSpace(client)
        try await leave("feed-\(agent)", client.ownDataFeed(in: space).description)
        var feeds: [PublicSigningKey] = []
        for other in 0..<recording.agents {
            let text = try await note("feed-\(other)")
            guard let key = PublicSigningKey(bytes: try Hex.decode(text)) else {
                throw DemoFailure("bad feed key")
            }
            feeds.append(key)
        }
        // The founder's first block makes the text; its transactions follow.
        let offsets = feeds.indices.map { $0 == 0 ? 1 : 0 }
        try await wait(
            client, space, reaching: limits(feeds, offsets, [Int](repeating: 0, count: feeds.count)))

        let started = ContinuousClock.now
        for (index, transaction) in recording.txns.enumerated() where transaction.agent == agent {
            var held = limits(feeds, offsets, pasts[index])
            held[feeds[agent]] = nil
            try await wait(client, space, reaching: held)
            try await client.hold(held, in: space)
            try await client.edit(object, in: space) { editor throws(ObjectError) in
                for patch in transaction.patches {
                    try editor.deleteText(patch.position..<patch.position + patch.deleted, in: Self.path)
                    try editor.insertText(patch.inserted, at: patch.position, in: Self.path)
                }
            }
        }
        try await client.hold(nil, in: space)
        var totals = [Int](repeating: 0, count: feeds.count)
        for transaction in recording.txns { totals[transaction.agent ?? 0] += 1 }
        try await wait(client, space, reaching: limits(feeds, offsets, totals))
        let elapsed = ContinuousClock.now - started
        let text = try await client.value(object, in: space) { $0.text(at: Self.path)?.string }
        let bytes = await client.byteCounts
        let result = ObjectValue.map([
            "done": .integer(Int64(agent)), "ok": .bool(text == recording.endContent),
            "stateHash": .string(UTF8String(try await client.stateHash(of: space).description)),
            "milliseconds": .integer(Int64(elapsed / .milliseconds(1))), "sent": .integer(Int64(bytes.sent)),
        ])
        print(result.json)
        fflush(nil)
        // Others may still need what this one has.
        try leave("done-\(agent)", "1")
        for other in 0..<recording.agents { _ = try await note("done-\(other)") }
        await client.close()
    }

    private func limits(
        _ feeds: [PublicSigningKey], _ offsets: [Int], _ counts: [Int]
    ) -> [PublicSigningKey: UInt64] {
        Dictionary(
            feeds.indices.map { (feeds[$0], UInt64(offsets[$0] + counts[$0])) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Waits until these blocks are stored here.
    private func wait(
        _ client: Client, _ space: SpaceID, reaching limits: [PublicSigningKey: UInt64]
    ) async throws {
        while true {
            let stored = try await client.storedLengths(in: space)
            if limits.allSatisfy({ (stored[$0.key] ?? 0) >= $0.value }) { return }
            try await Task.sleep(for: .microseconds(200))
        }
    }

    /// Founds the space, makes the empty text and invites the others, one after the other.
    private func found(_ client: Client, _ object: ObjectID, _ count: Int) async throws -> SpaceID {
        let space = try await client.createSpace(named: "Trace")
        try await client.commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(object) { editor throws(ObjectError) in try editor.ensure(Self.path, .text) }
        }
        for guest in 1..<max(1, count) {
            let invitation = try await client.invite(to: space)
            try leave("invitation-\(guest)", invitation.ticket.text + " " + (invitation.code ?? ""))
            _ = try await note("feed-\(guest)")
        }
        return space
    }

    private func joinSpace(_ client: Client) async throws -> SpaceID {
        let parts = try await note("invitation-\(agent)").split(separator: " ").map(String.init)
        let events = await client.events()
        let join = try await client.join(InvitationTicket(parsing: parts[0]))
        for await event in events {
            guard case .join(join, let state) = event else { continue }
            switch state {
            case .codeNeeded: await client.enter(code: parts[1], for: join)
            case .admitted(let joined): return joined.secrets.space
            case .failed(let error): throw error
            case .searching, .connected, .claimed, .authenticating, .admitting: break
            }
        }
        throw DemoFailure("the invitation came to nothing")
    }

    private func leave(_ name: String, _ text: String) throws {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    private func note(_ name: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(1_200)
        while ContinuousClock.now < deadline {
            if let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8) { return text }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DemoFailure("nobody left the note \(name)")
    }
}

extension [RendezvousAddress] {
    init(compact address: RendezvousAddress?) { self = address.map { [$0] } ?? [] }
}
