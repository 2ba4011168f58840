import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import DunlinSpacesSQLite
import Foundation
import GRDB
import Testing

@Suite struct SQLiteSpaceStoreTests {
    static func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-\(UUID()).sqlite").path
    }

    @Test func `a space opens again from its file, with and without a checkpoint`() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = SeededRandom(seed: 1)
        let identity = try SigningKey.make(random: &random), signing = try SigningKey.make(random: &random)
        let box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        let device = LocalDevice(signing: signing, box: box, chain: chain)
        let id = try #require(SpaceID(bytes: random.bytes(32)))
        let secrets = try SpaceSecrets.make(space: id, secret: random.secret(32), random: &random)
        let note = try #require(ObjectID(bytes: random.bytes(16)))
        var hash: Digest?
        for round in 0..<4 {
            // Objects that format 1 saved cannot be read any more, and need not be.
            if round == 3 {
                try DatabaseQueue(path: path).write { db in
                    try db.execute(sql: "UPDATE object SET state = x'02'; PRAGMA user_version = 1")
                    #expect(db.changesCount > 0)
                }
            }
            var peer = Peer(random: &random)
            try peer.setDevice(device)
            let store = try SQLiteSpaceStore(path: path)
            if round == 0 {
                try peer.createSpace(named: "Trip", secrets: secrets, store: store, random: &random)
            } else {
                try peer.openSpace(SpaceSecrets(record: secrets.record), store: store)
                #expect(try peer.stateHash(of: id) == hash)
                #expect(peer.spaceSummaries.first?.name == "Trip")
            }
            for number in 0..<10 {
                try peer.commit(to: id, wallClock: 1, random: &random) { transaction throws(SpaceError) in
                    try transaction.edit(note) { editor throws(ObjectError) in
                        try editor.setType("note")
                        try editor.put(.text("round \(round) number \(number)"), at: "text")
                    }
                }
            }
            if round == 1 { try peer.checkpoint() }
            hash = try peer.stateHash(of: id)
            #expect(try peer.verifyDerivedState(of: id))
        }
    }

    @Test func `a file of a newer format is refused and left alone`() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try SQLiteSpaceStore(path: path)
        let process = try Self.setVersion(path, 99)
        #expect(process)
        #expect(throws: StoreError.newerFormat(99)) { try SQLiteSpaceStore(path: path) }
    }

    @Test func `a file that is no database is refused`() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try SQLiteSpaceStore(path: path) }
    }

    /// Writes the version number where SQLite keeps it: bytes 60 to 63 of the file.
    static func setVersion(_ path: String, _ version: UInt8) throws -> Bool {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: 60)
        try file.write(contentsOf: Data([0, 0, 0, version]))
        return true
    }
}
