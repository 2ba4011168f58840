import DunlinEncoding
import DunlinObjects
import DunlinSpaces
import DunlinSpacesSQLite
import Foundation
import Testing

/// A note whose history is in a column of its own.
@Suite struct SavedHistoryTests {
    private static let text = (0..<2_000).map { "word\($0)" }.joined(separator: " ")

    /// A note with a history, saved.
    private func saved() throws -> SampleHome {
        let home = try SampleHome()
        var peer = try home.open()
        try home.edit(&peer) { editor throws(ObjectError) in try editor.put(.text(Self.text), at: "text") }
        for place in 0..<50 {
            try home.edit(&peer) { editor throws(ObjectError) in
                try editor.insertText("x", at: place * 7, in: "text")
            }
        }
        try peer.checkpoint()
        return home
    }

    private func string(_ peer: inout Peer, _ home: SampleHome) throws -> String? {
        try peer.read(home.note, in: home.id) { $0.text(at: "text")?.string }
    }

    private func insert(_ peer: inout Peer, _ home: SampleHome) throws {
        try home.edit(&peer) { editor throws(ObjectError) in try editor.insertText("!", at: 0, in: "text") }
    }

    @Test func `reading a note leaves its history on the disk, and editing fetches it`() throws {
        let home = try saved()
        defer { home.remove() }
        var peer = try home.open()
        #expect(try string(&peer, home)?.count == Self.text.count + 50)
        #expect(try peer.read(home.note, in: home.id) { $0.hasHistory } == false)
        _ = try peer.stateHash(of: home.id)
        #expect(try peer.objectIDs(in: home.id, type: nil) == [home.note])
        #expect(try peer.read(home.note, in: home.id) { $0.hasHistory } == false)
        try insert(&peer, home)
        #expect(try peer.read(home.note, in: home.id) { $0.hasHistory })
        #expect(try string(&peer, home)?.prefix(3) == "!xw")
        #expect(try peer.verifyDerivedState(of: home.id))
    }

    @Test func `what was inserted and still shows is not kept twice`() throws {
        let home = try saved()
        defer { home.remove() }
        let state: Int = try #require(try home.read("SELECT length(state) FROM object"))
        let history: Int = try #require(try home.read("SELECT length(history) FROM object"))
        #expect(state > Self.text.utf8.count && history > 0 && history < 1_000)
    }

    @Test(arguments: [
        "history = x''", "history = x'00'", "history = substr(history, 1, length(history) / 2)",
        "history = substr(history, 1, 30) || x'ffff' || substr(history, 33)", "state = x'00'",
        "state = substr(state, 1, 100)",
    ])
    func `a note whose saved bytes are damaged is built again from the feeds`(damage: String) throws {
        let home = try saved()
        defer { home.remove() }
        var sound = try home.open()
        let before = try sound.stateHash(of: home.id)
        try home.write("UPDATE object SET \(damage)")
        var peer = try home.open()
        #expect(try !peer.verifyDerivedState(of: home.id))
        #expect(try peer.stateHash(of: home.id) == before)
        try insert(&peer, home)
        #expect(try string(&peer, home)?.prefix(3) == "!xw")
        try peer.checkpoint()
        var again = try home.open()
        #expect(try again.verifyDerivedState(of: home.id))
        #expect(try string(&again, home)?.prefix(3) == "!xw")
    }

    @Test func `a damaged history does not keep the blocks behind a checkpoint from being applied`() throws {
        let home = try saved()
        defer { home.remove() }
        var peer = try home.open()
        try insert(&peer, home)
        // No checkpoint: the block is applied again when the space is opened.
        try home.write("UPDATE object SET history = x'00'")
        var again = try home.open()
        #expect(try string(&again, home)?.prefix(3) == "!xw")
        #expect(try again.stateHash(of: home.id) == peer.stateHash(of: home.id))
    }

    @Test func `a damaged row that the feeds know nothing of is named`() throws {
        let home = try saved()
        defer { home.remove() }
        try home.write("UPDATE object SET id = x'00000000000000000000000000000001', state = x'00'")
        let stray = try #require(ObjectID(bytes: [UInt8](repeating: 0, count: 15) + [1]))
        var peer = try home.open()
        #expect {
            _ = try peer.read(stray, in: home.id) { $0.isEmpty }
        } throws: { error in
            guard case .damagedObject(stray, _)? = error as? SpaceError else { return false }
            return true
        }
    }
}
