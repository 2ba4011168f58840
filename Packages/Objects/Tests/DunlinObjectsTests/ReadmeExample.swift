import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let replica = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        var note = ObjectDocument(id: try #require(ObjectID(bytes: [UInt8](repeating: 9, count: 16))))
        let fields = try ObjectValue(json: #"{"title":"Trip","text":{"@text":"by train"}}"#)
        let (_, change) = try note.edit(replica: replica, firstSequence: 0) { editor throws(ObjectError) in
            try editor.put(fields, at: "")
            try editor.insertText("night ", at: 3, in: "text")
        }
        #expect(note.root().json == #"{"text":{"@text":"by night train"},"title":"Trip"}"#)
        #expect(try Change(decoding: #require(change).encoded()) == change)

        // At rest: what shows, and the history, which is fetched when something needs it.
        let content = note.savedContent(), history = try note.savedHistory()
        var loaded = try ObjectDocument(loading: content, history: { history })
        #expect(loaded.root() == note.root())
        _ = try loaded.edit(replica: replica, firstSequence: 100) { editor throws(ObjectError) in
            try editor.deleteText(0..<3, in: "text")
        }

        // With its history: a document of its own.
        var mine = ObjectReplica(id: note.id, replica: replica)
        try mine.edit(time: 1) { editor throws(ObjectError) in try editor.put(fields, at: "") }
        let before = mine.version
        let changed = try mine.edit(time: 2) { editor throws(ObjectError) in
            try editor.insertText("!", at: 8, in: "text")
        }
        #expect(changed == ["text"] && mine.history().map(\.time) == [1, 2])
        #expect(try mine.diff(from: before, to: mine.version).map(\.new) == [.text("by train!")])
        let other = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var theirs = ObjectReplica(id: note.id, replica: other)
        try theirs.merge(mine.encode())
        #expect(theirs.document.canonicalState() == mine.document.canonicalState())

        // Formatting stays with its letters.
        try theirs.edit(time: 3) { editor throws(ObjectError) in
            try editor.markText(3..<8, "bold", .bool(true), in: "text")
        }
        try mine.edit(time: 3) { editor throws(ObjectError) in
            try editor.insertText("night ", at: 3, in: "text")
        }
        try mine.merge(theirs.encode())
        var shown = mine.document
        #expect(shown.attributedRuns(ofTextAt: "text").map(\.range) == [0..<9, 9..<14, 14..<15])
    }
}
