import DunlinEpochs
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let entries = (0..<100).map {
            SnapshotEntry(id: [UInt8($0)], bytes: [UInt8](repeating: UInt8($0), count: 5_000))
        }
        let chunks = try SnapshotChunker.chunks(of: entries)
        let manifest = SnapshotManifest(of: chunks)
        #expect(chunks.count > 3)
        #expect(try manifest.entries(from: chunks) == entries)
    }
}
