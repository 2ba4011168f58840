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
        let home = try SampleHome()
        defer { home.remove() }
        var hash: Digest?
        for round in 0..<6 {
            // Objects that older formats saved cannot be read any more, and need not be.
            if round >= 3 { try home.makeOlder(round - 2) }
            var peer = try home.open()
            if round > 0 {
                #expect(try peer.stateHash(of: home.id) == hash)
                #expect(peer.spaceSummaries.first?.name == "Trip")
            }
            for number in 0..<10 {
                try home.edit(&peer) { editor throws(ObjectError) in
                    try editor.setType("note")
                    try editor.put(.text("round \(round) number \(number)"), at: "text")
                }
            }
            if round >= 1 { try peer.checkpoint() }
            hash = try peer.stateHash(of: home.id)
            #expect(try peer.verifyDerivedState(of: home.id))
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
