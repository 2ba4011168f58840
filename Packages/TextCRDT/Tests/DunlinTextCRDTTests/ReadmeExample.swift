import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let ada = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        let bob = try #require(ReplicaID(bytes: [UInt8](repeating: 2, count: 32)))
        var here = Text(replica: ada), there = Text(replica: bob)
        try here.insert("by train", at: 0)
        try there.merge(here.encode())

        // Both edit at once; what each typed stays whole.
        try here.insert("night ", at: 3)
        try there.insert("!", at: 8)
        try here.merge(there.encode(since: here.version))
        try there.merge(here.encode(since: there.version))
        #expect(here.string == "by night train!" && there.string == here.string)

        // A place that stays with its letter, a mark, and an edit that can be taken back.
        let train = try here.anchor(at: 9, side: .before)
        try here.mark(3..<8, "bold", .bool(true))
        var undo = TextUndoStack()
        try undo.perform(on: &here) { text in try text.insert("We go ", at: 0) }
        #expect(try here.position(of: train) == 15)
        try undo.undo(&here)
        #expect(try here.attributedRuns().map { here.string(in: $0.range) } == ["by ", "night", " train!"])

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
