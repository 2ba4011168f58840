import DunlinEncoding
import DunlinKeys

/// One pair of a snapshot: an object's id and its canonical state.
public struct SnapshotEntry: Hashable, Sendable {
    /// What the entry is called; entries are sorted by the bytes of their ids.
    public var id: [UInt8]
    /// What the entry holds; the chunker does not look into it.
    public var bytes: [UInt8]

    /// An entry of a snapshot.
    public init(id: [UInt8], bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }
}

/// Why pairs are no snapshot, or chunks do not make one.
public enum SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Ids must ascend, each once.
    case unsorted(at: Int)
    /// A pair that no chunk can hold.
    case entryTooLarge(byteCount: Int, limit: Int)
    /// A chunk is not the one that the manifest names; fetch it from another peer.
    case wrongChunk(Int)
    case malformed(CBORError)

    /// One sentence: what is wrong with the chunks.
    public var description: String {
        switch self {
        case .unsorted(let at): "The snapshot's ids are out of order at pair \(at)."
        case .entryTooLarge(let count, let limit): "A pair has \(count) bytes; a chunk holds \(limit)."
        case .wrongChunk(let number):
            "Chunk \(number) is not the one of the snapshot; fetch it from another peer."
        case .malformed(let cause): "\(cause)"
        }
    }
}

/// Cuts sorted pairs into chunks of about 64 KiB whose borders depend on the pairs around them alone, so that
/// a change moves few borders and the next snapshot has most chunks in common with this one.
/// - Source: `Docs/Spec/Snapshots.md`.
public enum SnapshotChunker {
    static let smallest = 16 << 10
    static let average = 64 << 10
    /// Bytes of the largest chunk; a larger entry is an error.
    public static let largest = 256 << 10

    /// The chunks of a snapshot.
    /// - Throws: ``SnapshotError``.
    /// - Complexity: O(*n*) in the bytes.
    public static func chunks(of entries: [SnapshotEntry]) throws(SnapshotError) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var pending: [CBORValue] = []
        var size = 0
        func close() {
            chunks.append(CBORValue.array(pending).encoded())
            pending = []
            size = 0
        }
        for (index, entry) in entries.enumerated() {
            if index > 0, !entries[index - 1].id.lexicographicallyPrecedes(entry.id) {
                throw .unsorted(at: index)
            }
            let value = CBORValue.array([.bytes(entry.id), .bytes(entry.bytes)])
            let count = entry.id.count + entry.bytes.count + 16
            guard count + 16 <= largest else { throw .entryTooLarge(byteCount: count, limit: largest - 16) }
            if size + count + 16 > largest { close() }
            pending.append(value)
            size += count
            if size >= smallest, isBorder(entry, byteCount: count) { close() }
        }
        if !pending.isEmpty { close() }
        return chunks
    }

    /// Whether a chunk may end behind a pair: as likely as the pair is long, so that chunks are of one size
    /// on average whatever the pairs are.
    private static func isBorder(_ entry: SnapshotEntry, byteCount: Int) -> Bool {
        let draw = Digest.blake2b(entry.id, entry.bytes).bytes.prefix(4).reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        return draw * UInt64(average - smallest) < UInt64(byteCount) << 32
    }
}

/// Names a snapshot: the hashes of its chunks, and one over those.
public struct SnapshotManifest: Hashable, Sendable {
    /// Hashes of the chunks, in order.
    public let chunks: [Digest]

    /// A manifest of chunks whose hashes are known.
    public init(chunks: [Digest]) { self.chunks = chunks }

    /// The manifest of a snapshot's chunks.
    public init(of chunks: [[UInt8]]) { self.chunks = chunks.map { Digest.blake2b($0) } }

    /// Two snapshots are equal when their roots are.
    public var root: Digest { Digest.blake2b(CBORValue.array(chunks.map(\.encodedValue)).encoded()) }

    /// The pairs, from chunks that may come from anybody.
    /// - Throws: ``SnapshotError/wrongChunk(_:)`` naming the one to fetch again.
    public func entries(from received: [[UInt8]]) throws(SnapshotError) -> [SnapshotEntry] {
        guard received.count == chunks.count else { throw .wrongChunk(min(received.count, chunks.count)) }
        var entries: [SnapshotEntry] = []
        for (number, chunk) in received.enumerated() {
            guard chunk.count <= SnapshotChunker.largest, Digest.blake2b(chunk) == chunks[number] else {
                throw .wrongChunk(number)
            }
            do throws(CBORError) {
                for item in try CBORValue(decoding: chunk).asArray() {
                    let pair = try item.asArray(count: 2)
                    entries.append(SnapshotEntry(id: try pair[0].asBytes(), bytes: try pair[1].asBytes()))
                }
            } catch { throw .malformed(error) }
        }
        for index in entries.indices.dropFirst()
        where !entries[index - 1].id.lexicographicallyPrecedes(entries[index].id) {
            throw .unsorted(at: index)
        }
        return entries
    }
}
