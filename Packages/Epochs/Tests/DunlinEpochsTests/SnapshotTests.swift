import DunlinEpochs
import DunlinKeys
import Testing

@Suite struct SnapshotTests {
    static func entries(_ count: Int, seed: UInt64) -> [SnapshotEntry] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            SnapshotEntry(id: random.bytes(16), bytes: random.bytes(Int(random.uniform(below: 800))))
        }.sorted { $0.id.lexicographicallyPrecedes($1.id) }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `one changed pair leaves all chunks but a few as they were`(seed: UInt64) throws {
        var entries = Self.entries(5_000, seed: seed)
        let before = try SnapshotManifest(of: SnapshotChunker.chunks(of: entries))
        var random = SeededRandom(seed: seed + 1_000)
        let place = Int(random.uniform(below: UInt64(entries.count)))
        switch seed % 3 {
        case 0: entries[place].bytes = random.bytes(300)
        case 1: entries.remove(at: place)
        default:
            entries.append(SnapshotEntry(id: random.bytes(16), bytes: random.bytes(100)))
            entries.sort { $0.id.lexicographicallyPrecedes($1.id) }
        }
        let after = try SnapshotManifest(of: SnapshotChunker.chunks(of: entries))
        #expect(before.root != after.root)
        #expect(Set(after.chunks).subtracting(before.chunks).count <= 3, "seed \(seed)")
        #expect((15...60).contains(after.chunks.count), "\(after.chunks.count) chunks, seed \(seed)")
    }

    @Test func `a changed, missing or swapped chunk is named`() throws {
        let entries = Self.entries(2_000, seed: 7)
        let chunks = try SnapshotChunker.chunks(of: entries)
        let manifest = SnapshotManifest(of: chunks)
        #expect(try manifest.entries(from: chunks) == entries)
        var bad = chunks
        bad[2][10] ^= 1
        #expect(throws: SnapshotError.wrongChunk(2)) { try manifest.entries(from: bad) }
        bad = chunks
        bad.swapAt(0, 1)
        #expect(throws: SnapshotError.wrongChunk(0)) { try manifest.entries(from: bad) }
        #expect(throws: SnapshotError.self) { try manifest.entries(from: Array(chunks.dropLast())) }
    }

    @Test func `pairs out of order and pairs too large are refused`() {
        let one = SnapshotEntry(id: [1], bytes: []), two = SnapshotEntry(id: [2], bytes: [])
        #expect(throws: SnapshotError.unsorted(at: 1)) { try SnapshotChunker.chunks(of: [two, one]) }
        #expect(throws: SnapshotError.unsorted(at: 1)) { try SnapshotChunker.chunks(of: [one, one]) }
        let large = SnapshotEntry(id: [3], bytes: [UInt8](repeating: 0, count: 300 << 10))
        #expect(throws: SnapshotError.self) { try SnapshotChunker.chunks(of: [large]) }
    }
}
