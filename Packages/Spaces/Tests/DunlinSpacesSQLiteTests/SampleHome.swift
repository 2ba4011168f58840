import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import DunlinSpacesSQLite
import Foundation
import GRDB
import Testing

/// One device's space in a file, with one note in it.
struct SampleHome {
    let path = SQLiteSpaceStoreTests.temporaryPath()
    let id: SpaceID
    let note: ObjectID
    private let device: LocalDevice
    private let secrets: SpaceSecrets

    init() throws {
        var random = SeededRandom(seed: 1)
        let identity = try SigningKey.make(random: &random), signing = try SigningKey.make(random: &random)
        let box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        device = LocalDevice(signing: signing, box: box, chain: chain)
        id = try #require(SpaceID(bytes: random.bytes(32)))
        secrets = try SpaceSecrets.make(space: id, secret: random.secret(32), random: &random)
        note = try #require(ObjectID(bytes: random.bytes(16)))
    }

    /// A peer with the space, which is founded when there is no file yet.
    func open() throws -> Peer {
        var random = SeededRandom(seed: 2)
        var peer = Peer(random: &random)
        try peer.setDevice(device)
        let isNew = !FileManager.default.fileExists(atPath: path)
        let store = try SQLiteSpaceStore(path: path)
        if isNew {
            try peer.createSpace(named: "Trip", secrets: secrets, store: store, random: &random)
        } else {
            try peer.openSpace(SpaceSecrets(record: secrets.record), store: store)
        }
        return peer
    }

    func edit(
        _ peer: inout Peer, _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        var random = SystemRandom()
        try peer.commit(to: id, wallClock: 1, random: &random) { transaction throws(SpaceError) in
            try transaction.edit(note, body)
        }
    }

    /// Makes the file one of an older format; before the third there was no column for histories.
    func makeOlder(_ version: Int) throws {
        if version < 3 { try write("ALTER TABLE object DROP COLUMN history") }
        try write(
            """
            UPDATE object SET state = x'02';
            PRAGMA user_version = \(version);
            """)
    }

    func write(_ sql: String) throws {
        try DatabaseQueue(path: path).write { db in
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM object") == 1)
            try db.execute(sql: sql)
        }
    }

    func read<T: DatabaseValueConvertible>(_ sql: String) throws -> T? {
        try DatabaseQueue(path: path).read { db in try T.fetchOne(db, sql: sql) }
    }

    func remove() {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
