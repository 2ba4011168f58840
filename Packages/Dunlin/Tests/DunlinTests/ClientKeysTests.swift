import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeyStoreFile
import DunlinKeys
import DunlinMesh
import DunlinSpaces
import Foundation
import Testing

/// Where a home's keys are kept, and how they are taken away.
@Suite struct ClientKeysTests {
    static let other = SecretBytes(copying: Array("battery staple".utf8))

    static func files(_ home: String) -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: home).sorted()) ?? []
    }

    static func databases(_ home: String) -> [String] { files(home).filter { $0.contains(".sqlite") } }

    static func failure(_ body: () async throws(ClientError) -> Void) async -> ClientError? {
        do throws(ClientError) { try await body() } catch { return error }
        return nil
    }

    /// Lets Bob into a space of Ada's, over real sockets.
    static func letIn(_ bob: Client, to space: SpaceID, of ada: Client) async throws {
        let invitation = try await ada.invite(to: space)
        let join = try await bob.accept(try InvitationTicket(parsing: invitation.ticket.text))
        for await state in join.states {
            if case .readyForCode = state { await join.enter(code: try #require(invitation.code)) }
            if case .failed(let error) = state { Issue.record("\(error)") }
        }
    }

    @Test func `an app keeps the keys of a home where it likes`() async throws {
        let home = ClientTests.temporaryHome(), keys = MemoryKeyStore()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let first = try await Client.found(at: home, keys: keys, displayName: "Ada").client
        let space = try await first.createSpace(named: "Trip")
        let did = await first.identity, halo = await first.haloID
        guard
            case .keyStore(.noPassphrase)? = await Self.failure({ () throws(ClientError) in
                try await first.changePassphrase(from: Self.other, to: Self.other)
            })
        else {
            Issue.record("a store without a passphrase has changed it")
            return
        }
        await first.close()
        #expect(!Self.files(home).contains { $0.hasPrefix("keyring") })
        #expect(!Client.isHome(home))
        let names = try keys.names()
        #expect(names.contains("device") && names.contains("halo") && names.contains("space/\(space)"))

        guard
            case .homeExists? = await Self.failure({ () throws(ClientError) in
                _ = try await Client.create(at: home, keys: keys)
            })
        else {
            Issue.record("a home was made over another")
            return
        }
        let second = try await Client.open(at: home, keys: keys)
        #expect(await second.identity == did)
        #expect(await second.haloID == halo)
        #expect(try await second.space(named: "Trip") == space)
        try await second.signOut()
        #expect(throws: KeyStoreError.erased) { try keys.names() }
        #expect(Self.files(home).isEmpty)
    }

    @Test func `the passphrase of an open home changes, and a wrong one changes nothing`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        let before = try await client.createSpace(named: "Before")
        guard
            case .keyring(.wrongPassphrase)? = await Self.failure({ () throws(ClientError) in
                try await client.changePassphrase(from: Self.other, to: Self.other)
            })
        else {
            Issue.record("a wrong passphrase was taken")
            return
        }
        try await client.changePassphrase(from: ClientTests.passphrase, to: Self.other)
        let after = try await client.createSpace(named: "After")
        await client.close()
        guard
            case .keyring(.wrongPassphrase)? = await Self.failure({ () throws(ClientError) in
                _ = try await Client.open(at: home, passphrase: ClientTests.passphrase)
            })
        else {
            Issue.record("the old passphrase opens the home")
            return
        }
        let again = try await Client.open(at: home, passphrase: Self.other)
        #expect(Set(await again.spaces.map(\.id)) == [before, after])
        await again.close()
    }

    @Test func `a phrase has as many words as are asked for`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await Client.create(at: home, passphrase: ClientTests.passphrase, profile: .test)
        #expect(try await client.createIdentity(displayName: "Ada", length: .twentyFour).count == 24)
        await client.close()
    }

    @Test func `a forgotten space leaves no key, no file and no link, and the others stay`() async throws {
        let homes = [ClientTests.temporaryHome(), ClientTests.temporaryHome()]
        defer { for home in homes { try? FileManager.default.removeItem(atPath: home) } }
        let keys = MemoryKeyStore()
        let ada = try await ClientTests.makeClient(homes[0], name: "Ada")
        let bob = try await Client.found(at: homes[1], keys: keys, displayName: "Bob").client
        for client in [ada, bob] { try await client.listen(host: "127.0.0.1") }
        let trip = try await ada.createSpace(named: "Trip"), work = try await ada.createSpace(named: "Work")
        for space in [trip, work] { try await Self.letIn(bob, to: space, of: ada) }
        for space in [trip, work] {
            try await ClientTests.eventually("they are linked") { try await ada.links(in: space).count == 1 }
        }
        _ = try await bob.insert(Chore(title: "Tickets", notes: ""), into: trip)
        #expect(Self.databases(homes[1]).contains { $0.contains(Base32.encode(trip.bytes)) })

        try await bob.forget(trip)
        #expect(try keys.names().filter { $0.contains("\(trip)") } == ["skipped/\(trip)"])
        #expect(!Self.databases(homes[1]).contains { $0.contains(Base32.encode(trip.bytes)) })
        #expect(await bob.spaces.map(\.id) == [work])
        try await ClientTests.eventually("the link is gone") { try await ada.links(in: trip).isEmpty }
        #expect(try await ada.links(in: work).count == 1)
        guard
            case .space(.unknownSpace(trip))? = await Self.failure({ () throws(ClientError) in
                try await bob.forget(trip)
            })
        else {
            Issue.record("a space was forgotten twice")
            return
        }
        let halo = try #require(await bob.haloID)
        guard
            case .haloStays? = await Self.failure({ () throws(ClientError) in
                try await bob.forget(halo)
            })
        else {
            Issue.record("the HALO was forgotten")
            return
        }
        await ada.close()
        await bob.close()
        let again = try await Client.open(at: homes[1], keys: keys)
        #expect(await again.spaces.map(\.id) == [work])
        await again.close()
    }

    @Test func `what a crash leaves of a forgotten space goes when the home is opened`() async throws {
        let home = ClientTests.temporaryHome(), keys = MemoryKeyStore()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let first = try await Client.found(at: home, keys: keys, displayName: "Ada").client
        let trip = try await first.createSpace(named: "Trip"),
            work = try await first.createSpace(named: "Work")
        await first.close()
        // The keys went, the files did not.
        try keys.change([.remove("space/\(trip)"), .set("forgotten/\(trip)", SecretBytes(copying: []))])
        #expect(Self.databases(home).contains { $0.contains(Base32.encode(trip.bytes)) })
        let second = try await Client.open(at: home, keys: keys)
        #expect(!Self.databases(home).contains { $0.contains(Base32.encode(trip.bytes)) })
        #expect(try !keys.names().contains { $0.hasPrefix("forgotten/") })
        #expect(await second.spaces.map(\.id) == [work])
        await second.close()
    }

    @Test func `a damaged space can be forgotten`() async throws {
        let home = ClientTests.temporaryHome(), keys = MemoryKeyStore()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let first = try await Client.found(at: home, keys: keys, displayName: "Ada").client
        let trip = try await first.createSpace(named: "Trip")
        await first.close()
        let file = home + "/spaces/\(Base32.encode(trip.bytes)).sqlite"
        for log in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + log) }
        try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: file))
        let second = try await Client.open(at: home, keys: keys)
        #expect(await second.damagedSpaces.keys.map { $0 } == [trip])
        try await second.forget(trip)
        #expect(await second.damagedSpaces.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: file))
        await second.close()
    }

    @Test func `nothing of a home that was signed out is left but what is somebody else's`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        _ = try await client.createSpace(named: "Trip")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: home + "/spaces/notes.txt"))
        try await client.signOut()
        await client.close()
        #expect(Self.files(home) == ["spaces", "spaces/notes.txt"])
        #expect(!Client.isHome(home))
        guard
            case .noHome? = await Self.failure({ () throws(ClientError) in
                _ = try await Client.open(at: home, passphrase: ClientTests.passphrase)
            })
        else {
            Issue.record("it opens")
            return
        }
        guard
            case .noHome? = await Self.failure({ () throws(ClientError) in
                try Client.signOut(at: home)
            })
        else {
            Issue.record("it was signed out twice")
            return
        }
        let fresh = try await ClientTests.makeClient(home, name: "Ada")
        #expect(await fresh.spaces.isEmpty)
        await fresh.close()
    }

    /// What a crash may leave: files of a home that was signed out up to some step.
    enum Remains: CaseIterable { case marked, keyringMarked, keysGone, someFilesGone, onlyMark }

    @Test(arguments: Remains.allCases)
    func `a sign-out that was cut short leaves a home or what the next one takes away`(
        remains: Remains
    ) async throws {
        for again in ["sign out", "make a home"] {
            let home = ClientTests.temporaryHome()
            defer { try? FileManager.default.removeItem(atPath: home) }
            let client = try await ClientTests.makeClient(home, name: "Ada")
            let space = try await client.createSpace(named: "Trip")
            await client.close()
            func remove(_ name: String) throws {
                try FileManager.default.removeItem(atPath: home + "/" + name)
            }
            try Data().write(to: URL(fileURLWithPath: home + "/erasing"))
            switch remains {
            case .marked: break
            case .keyringMarked:
                try FileManager.default.moveItem(atPath: home + "/keyring", toPath: home + "/keyring.erased")
            case .keysGone: try FileKeyStore.erase(at: home + "/keyring")
            case .someFilesGone:
                try FileKeyStore.erase(at: home + "/keyring")
                try remove("spaces/\(Base32.encode(space.bytes)).sqlite")
                try remove("format")
            case .onlyMark:
                for name in Self.files(home) where !name.contains("/") && name != "erasing" {
                    try remove(name)
                }
            }
            if remains == .marked {
                let opened = try await Client.open(at: home, passphrase: ClientTests.passphrase)
                #expect(await opened.spaces.map(\.id) == [space])
                await opened.close()
                #expect(!Self.files(home).contains("erasing"))
                continue
            }
            guard
                case .noHome? = await Self.failure({ () throws(ClientError) in
                    _ = try await Client.open(at: home, passphrase: ClientTests.passphrase)
                })
            else {
                Issue.record("half a home opens")
                return
            }
            if again == "sign out" {
                try Client.signOut(at: home)
                #expect(Self.files(home).isEmpty)
            } else {
                let fresh = try await ClientTests.makeClient(home, name: "Eve")
                #expect(await fresh.spaces.isEmpty)
                await fresh.close()
                // The new identity's own space.
                #expect(Self.databases(home).count { $0.hasSuffix(".sqlite") } == 1)
                #expect(!Self.files(home).contains { $0.hasPrefix("erasing") || $0.hasSuffix(".erased") })
            }
        }
    }

    @Test func `a home that is open is not signed out from elsewhere, and a damaged one is`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        guard
            case .homeBusy? = await Self.failure({ () throws(ClientError) in
                try Client.signOut(at: home)
            })
        else {
            Issue.record("it was signed out under its owner's feet")
            return
        }
        #expect(Client.isHome(home))
        await client.close()
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: home + "/keyring"))
        try Client.signOut(at: home)
        #expect(Self.files(home).isEmpty)
    }
}
