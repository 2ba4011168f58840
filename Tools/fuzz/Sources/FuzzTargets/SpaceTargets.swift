import DunlinEncoding
import DunlinEpochs
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// What the feeds and the snapshots of a space carry.
enum SpaceTargets {
    static func transaction(_ input: [UInt8]) {
        guard let transaction = try? Transaction(decoding: input) else { return }
        precondition(transaction.encoded() == input, "accepted bytes are not the canonical ones")
    }

    static func snapshot(_ input: [UInt8]) {
        let chunks = messages(input)
        guard let entries = try? SnapshotManifest(of: chunks).entries(from: chunks) else { return }
        precondition((try? SnapshotChunker.chunks(of: entries)) != nil, "entries of chunks make no chunks")
    }

    // MARK: Seeds

    static var transactionSeeds: [[UInt8]] {
        let (_, changes) = ObjectTargets.sample()
        let digest = Digest.blake2b([1])
        return [
            Transaction(
                dependencies: [], controlHeads: [digest], wallClock: 1,
                changes: changes.map { ObjectChange(object: ObjectTargets.id(), change: $0.encoded()) }
            ).encoded(),
            Transaction(
                dependencies: [
                    BlockReference(feed: PublicSigningKey(raw: digest.raw), length: 3, treeHash: digest)
                ],
                controlHeads: nil, wallClock: 2, changes: []
            ).encoded(),
        ]
    }

    static var snapshotSeeds: [[UInt8]] {
        let entries = (0..<40).map {
            SnapshotEntry(id: [UInt8($0)], bytes: [UInt8](repeating: UInt8($0), count: 300))
        }
        return [joined(made { try SnapshotChunker.chunks(of: entries) })]
    }
}
