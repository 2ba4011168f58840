import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = ReplicaID.random { .random(in: .min ... .max) }
        let bob = ReplicaID.random { .random(in: .min ... .max) }
        var here = Text(replica: ada), there = Text(replica: bob)
        try here.insert("by train", at: 0)
        try there.merge(here.encode())

        // Both edit at once; what each typed stays whole.
        try here.insert("night ", at: 3)
        try there.insert("!", at: 8)
        try here.merge(there.encode(since: here.version))
        try there.merge(here.encode(since: there.version))
        #expect(here.string == "by night train!" && there.string == here.string)

        // A place that stays with its letter, kept as bytes; who wrote what; and the offsets of an editor.
        let train = try here.anchor(at: 9, side: .before).encoded()
        #expect(try here.authorship(of: 3..<9).map(\.first.replica) == [ada])
        #expect(here.scalarOffset(ofUTF16: 3) == 3 && here.utf16Offset(ofScalar: 9) == 9)

        // A mark, and edits that can be taken back. A view is told what to do, in scalars and in UTF-16.
        try here.mark(3..<8, "bold", .bool(true))
        var undo = TextUndoStack()
        try undo.perform(on: &here) { text in
            try text.delete(3..<9)
            try text.insert("We go ", at: 0)
        }
        #expect(try here.position(of: TextAnchor(decoding: train)) == 9)
        var view = here.string
        try undo.undo(&here) { delta in
            let start = view.utf16.index(view.startIndex, offsetBy: delta.utf16Position)
            let end = view.utf16.index(start, offsetBy: delta.deletedUTF16Count)
            view.replaceSubrange(start..<end, with: delta.inserted)
        }
        #expect(view == "by night train!")
        #expect(here.attributedRuns().map { here.string(in: $0.range) } == ["by ", "night", " train!"])

        // On disk: what is read at once, and the history, which is fetched when something is edited.
        let content = here.savedContent(), history = try here.savedHistory()
        var loaded = try Text(loading: content, replica: ada) { history }
        #expect(loaded.string == "by night train!")
        try loaded.replace(with: "by day train!")

        // When all replicas have a version, the history before it can go. Marks, authors and undo stay.
        try there.merge(loaded.encode(since: there.version))
        let agreed = there.version
        try loaded.forgetHistory(before: agreed)
        try there.insert("Ada goes ", at: 0)
        try loaded.merge(there.encode(since: agreed))
        #expect(loaded.string == "Ada goes by day train!" && loaded.version == there.version)
        #expect(throws: TextError.historyForgotten) { try loaded.encode() }
    }
}
