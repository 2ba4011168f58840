import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinTextCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        let id = try #require(ObjectID(bytes: [UInt8](repeating: 9, count: 16)))
        let fields = try ObjectValue(json: #"{"title":"Trip","text":{"@text":"by train"}}"#)
        var mine = ObjectReplica(id: id, replica: ada), theirs = ObjectReplica(id: id, replica: bob)
        try mine.edit(time: 1) { editor throws(ObjectError) in try editor.put(fields, at: "") }
        let before = mine.version
        let changed = try mine.edit(time: 2) { editor throws(ObjectError) in
            try editor.insertText("!", at: 8, in: "text")
        }
        #expect(changed == ["text"])
        try theirs.merge(mine.encode())
        #expect(theirs.document.canonicalState() == mine.document.canonicalState())

        // Formatting stays with its letters.
        try theirs.edit(time: 3) { editor throws(ObjectError) in
            try editor.markText(3..<8, "bold", .bool(true), in: "text")
        }
        try mine.edit(time: 4) { editor throws(ObjectError) in
            try editor.insertText("night ", at: 3, in: "text")
        }
        try mine.merge(theirs.encode(since: mine.version))
        #expect(mine.document.root().json == #"{"text":{"@text":"by night train!"},"title":"Trip"}"#)
        #expect(mine.attributedRuns(ofTextAt: "text").map(\.range) == [0..<9, 9..<14, 14..<15])

        // A cursor stays with its letter, and a view is told what to change in its text.
        let cursor = try theirs.anchor(at: 8, side: .after, inTextAt: "text")
        var deltas: [TextDelta] = []
        try theirs.merge(mine.encode(since: theirs.version)) { change in deltas += change.deltas }
        #expect(deltas.map(\.position) == [3] && deltas.map(\.inserted) == ["night "])
        #expect(try theirs.position(of: cursor, inTextAt: "text") == 14 && theirs.hasSameState(as: mine))

        // The past: who did what, when, and what it looked like.
        #expect(mine.history().map(\.time) == [1, 2, 4, 3])
        let first = try #require(mine.history().first.flatMap(mine.version(after:)))
        #expect(try mine.state(at: first).root() == fields)
        #expect(try mine.diff(from: before, to: mine.version).map(\.new) == [.text("by night train!")])
        let runs = try mine.authorship(of: 0..<9, inTextAt: "text")
        #expect(runs.map { mine.transaction(containing: $0.first)?.time } == [1, 4])

        // Saved and read again. Save before you send, and open with the same name only what holds all that
        // was sent under it: after a restore from a backup take a new one.
        var loaded = try ObjectReplica(loading: mine.saved(), replica: ada)
        #expect(loaded.version == mine.version)
        // When all have agreed on a version, what was before it can go.
        try loaded.forgetHistory(before: loaded.version)
        #expect(loaded.forgottenVersion == mine.version && loaded.history().isEmpty)

        // The layer below: whoever gives events their numbers hands changes on with them.
        var note = ObjectDocument(id: id), copy = note
        let (_, change) = try note.edit(replica: ada, firstSequence: 0) { editor throws(ObjectError) in
            try editor.put(fields, at: "")
        }
        let sent = try #require(change).encoded()
        try copy.apply(Change(decoding: sent), replica: ada, firstSequence: 0, parents: copy.frontier)
        #expect(copy.canonicalState() == note.canonicalState())
        let content = note.savedContent(), history = try note.savedHistory()
        let shown = try ObjectDocument(loading: content, history: { history })
        #expect(shown.root() == note.root())
    }
}
