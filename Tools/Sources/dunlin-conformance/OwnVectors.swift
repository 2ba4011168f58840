import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinReplication
import DunlinSpaces
import Foundation

/// Vectors of our own formats, made from fixed keys: what a second implementation compares its bytes with.
enum OwnVectors {
    private static func secret(_ byte: UInt8) -> SecretBytes {
        SecretBytes(copying: [UInt8](repeating: byte, count: 32))
    }

    private static func hex(_ bytes: [UInt8]) -> String { Hex.encode(bytes) }

    /// All of them as JSON with sorted keys; the same bytes each time.
    static func json() throws -> String {
        var random = SeededRandom(seed: 1)
        let identity = try SigningKey(seed: secret(1)), device = try SigningKey(seed: secret(2))
        let box = try AgreementKey(seed: secret(3))
        let space = Digest.blake2b([4])
        let certificate = try DeviceCertificate.issue(
            identity: identity.publicKey, device: device.publicKey, box: box.publicKey, serial: 0,
            signingWith: identity)
        let chain = try CertificateChain([certificate])
        let control = try SigningKey(seed: secret(5)), data = try SigningKey(seed: secret(6))
        let binding = try DeviceBinding.issue(
            space: space, identity: identity.publicKey, control: control, data: data,
            noise: AgreementKey(seed: secret(7)).publicKey, signingWith: device)
        let genesis = try Credential.issue(
            .genesis(Admission(chain: chain, binding: binding)), space: space, parents: [],
            identity: identity.publicKey,
            device: device.publicKey, signingWith: device)
        let all: [String: Any] = [
            "keyring": try keyring(&random),
            "credential": [
                "space": hex(space.bytes), "identitySeed": hex(secret(1).copied()),
                "deviceSeed": hex(secret(2).copied()), "bytes": hex(genesis.encoded),
                "id": hex(genesis.id.bytes),
            ],
            "membership": try MembershipVector.json(),
            "envelopes": try envelopes(space, data.publicKey, &random),
            "feed": try feed(space, data),
            "object": try object(data.publicKey),
            "transaction": try transaction(genesis.id, data.publicKey),
            "ticket": try ticket(),
            "replication": replication(data.publicKey),
        ]
        let bytes = try JSONSerialization.data(
            withJSONObject: all, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private static func keyring(_ random: inout SeededRandom) throws -> [String: Any] {
        var keyring = try Keyring(
            passphrase: SecretBytes(copying: Array("correct horse".utf8)), profile: .test, random: &random)
        try keyring.set("halo", to: secret(8))
        try keyring.set("device", to: SecretBytes(copying: [1, 2, 3]))
        return [
            "passphrase": "correct horse", "file": hex(try keyring.sealed(random: &random)),
            "records": ["halo": hex(secret(8).copied()), "device": "010203"],
        ]
    }

    private static func envelopes(
        _ space: SpaceID, _ feed: PublicSigningKey, _ random: inout SeededRandom
    ) throws -> [[String: Any]] {
        let key = ContentKey(secret(9)), spaceSecret = secret(10)
        return try [0, 1, 63, 64, 1_000, 1_024, 3_000].flatMap { count -> [[String: Any]] in
            let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let place = BlockEnvelope.Place(space: space, feed: feed, sequence: UInt64(count))
            let common: [String: Any] = [
                "space": hex(space.bytes), "feed": hex(feed.bytes), "sequence": count,
                "plaintext": hex(plaintext),
            ]
            return [
                common.merging([
                    "contentKey": hex(key.secret.copied()),
                    "block": hex(try BlockEnvelope.seal(plaintext, at: place, key: key, random: &random)),
                ]) { $1 },
                common.merging([
                    "spaceSecret": hex(spaceSecret.copied()),
                    "block": hex(
                        try BlockEnvelope.sealControl(
                            plaintext, at: place, secret: spaceSecret, random: &random)),
                ]) { $1 },
            ]
        }
    }

    private static func feed(_ space: SpaceID, _ key: SigningKey) throws -> [String: Any] {
        let descriptor = FeedDescriptor(space: space, feed: key.publicKey)
        var state = FeedState(descriptor)
        let blocks = (1...7).map { [UInt8](repeating: UInt8($0), count: $0 * 10) }
        let write = try state.append(blocks, signingWith: key)
        return [
            "descriptor": hex(descriptor.encoded()), "blocks": blocks.map(hex),
            "head": hex(write.head.encodedValue.encoded()), "treeHash": hex(write.head.treeHash.bytes),
        ]
    }

    /// One object, edited apart by two writers: their changes with what is in each one's past, and the state.
    private static func object(_ key: PublicSigningKey) throws -> [String: Any] {
        guard let id = ObjectID(bytes: [UInt8](repeating: 11, count: 16)) else { throw SpaceError.noIdentity }
        let a = ReplicaID(raw: key.raw), b = ReplicaID(raw: Digest.blake2b([12]).raw)
        var document = ObjectDocument(id: id)
        var steps: [[String: Any]] = []
        func note(_ change: Change?, _ replica: ReplicaID, _ sequence: Int, _ past: [String: Int]) {
            guard let change else { return }
            steps.append([
                "writer": hex(replica.bytes), "block": sequence, "past": past,
                "change": hex(change.encoded()),
            ])
        }
        let first = try document.edit(replica: a, firstSequence: 0) {
            (e: inout ObjectEditor) throws(ObjectError) in
            try e.setType("note")
            try e.put(
                .map([
                    "text": .text("héllo"), "n": .counter(2),
                    "list": .list([.integer(1), .map(["x": .null])]),
                    "d": .double(0.5), "b": .bytes([1, 2]), "key": .string("first"),
                ]), at: "")
        }
        note(first.1, a, 0, [:])
        var other = document
        let seen = [hex(a.bytes): 1]
        let mine = try document.edit(replica: a, firstSequence: 1 << 32) {
            (e: inout ObjectEditor) throws(ObjectError) in
            try e.insertText("A🐦", at: 2, in: "text")
            try e.deleteText(0..<1, in: "text")
            try e.add(5, to: "n")
            try e.put(.string("mine"), at: "key")
            try e.markText(1..<5, "bold", .bool(true), in: "text")
            try e.markText(0..<2, "link", .map([CBORPair(.text("to"), .null)]), expansion: .none, in: "text")
            try e.insert([.bool(true)], at: 1, inList: "list")
            try e.move(from: 2, to: 0, inList: "list")
            try e.put(.integer(9), at: "list/1")
        }
        note(mine.1, a, 1, seen)
        let theirs = try other.edit(replica: b, firstSequence: 0) {
            (e: inout ObjectEditor) throws(ObjectError) in
            try e.insertText("B", at: 2, in: "text")
            try e.add(-1, to: "n")
            try e.put(.string("theirs"), at: "key")
            try e.markText(0..<6, "bold", .unsigned(2), expansion: .both, in: "text")
            try e.markText(2..<4, "bold", nil, in: "text")
            try e.delete(0..<1, inList: "list")
            try e.remove("d")
        }
        note(theirs.1, b, 0, seen)
        guard let change = theirs.1 else { throw SpaceError.noIdentity }
        guard
            let start = document.graph.localVersion(
                of: EventID(replica: a, sequence: UInt64((first.1?.unitCount ?? 1) - 1)))
        else { throw SpaceError.noIdentity }
        try document.apply(change, replica: b, firstSequence: 0, parents: [start])
        return [
            "steps": steps, "canonicalState": hex(document.canonicalState()), "json": document.root().json,
        ]
    }

    private static func transaction(_ head: CredentialID, _ feed: PublicSigningKey) throws -> [String: Any] {
        guard let id = ObjectID(bytes: [UInt8](repeating: 11, count: 16)) else { throw SpaceError.noIdentity }
        let bytes = Transaction(
            dependencies: [BlockReference(feed: feed, length: 3, treeHash: Digest.blake2b([13]))],
            controlHeads: [head], wallClock: 1_700_000_000_000,
            changes: [ObjectChange(object: id, change: [1, 2, 3])]
        ).encoded()
        return [
            "bytes": hex(bytes), "feed": hex(feed.bytes), "length": 3,
            "treeHash": hex(Digest.blake2b([13]).bytes),
            "controlHeads": [hex(head.bytes)], "wallClock": 1_700_000_000_000, "object": hex(id.bytes),
            "change": "010203",
        ]
    }

    private static func ticket() throws -> [String: Any] {
        guard let id = InvitationID(bytes: [UInt8](repeating: 14, count: 16)) else {
            throw SpaceError.noIdentity
        }
        let host = try AgreementKey(seed: secret(15)).publicKey
        let ticket = InvitationTicket(
            id: id, host: host, kind: .space, expires: 1_700_000_600_000,
            rendezvous: [
                RendezvousAddress(key: host, address: PeerAddress(host: "192.0.2.1", port: 4_400)).description
            ],
            addresses: ["192.0.2.2:4401"])
        return [
            "id": hex(id.bytes), "host": hex(host.bytes), "expires": 1_700_000_600_000, "text": ticket.text,
            "link": ticket.link, "qr": ticket.qrPayload, "bytes": hex(ticket.encoded()),
        ]
    }

    private static func replication(_ feed: PublicSigningKey) -> [[String: Any]] {
        [
            [
                "name": "hello",
                "bytes": hex(ReplicationMessage.hello(version: 1, digest: Digest.blake2b([16])).encoded()),
            ],
            ["name": "vector", "bytes": hex(ReplicationMessage.vector([feed: 7]).encoded())],
            [
                "name": "want",
                "bytes": hex(ReplicationMessage.want(feed: feed, start: 2, count: 5).encoded()),
            ],
        ]
    }
}
