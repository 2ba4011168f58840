import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinTextCRDT
import Testing

/// An object with a text and a plain text that has gone through the same.
private struct Pair {
    var object: ObjectReplica
    var text: Text

    init(_ number: UInt8) throws {
        object = try ObjectReplicaTests.make(number)
        text = Text(replica: object.replica)
    }

    /// - Parameter isLarge: so that the history is saved apart.
    mutating func begin(isLarge: Bool) throws {
        let words = String(repeating: "first words ", count: isLarge ? 100 : 1)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.text(words), at: "body") }
        try text.insert(words, at: 0)
    }

    mutating func merge(_ other: Pair, since: Bool) throws {
        try object.merge(other.object.encode(since: since ? object.version : VersionVector()))
        try text.merge(other.text.encode(since: since ? text.version : VersionVector()))
    }

    mutating func edit(_ random: inout SeededGenerator) throws {
        let count = text.count
        let start = Int.random(in: 0...count, using: &random)
        let range = start..<Int.random(in: start...min(count, start + 6), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
            let keys: [UTF8String] = ["bold", "link", "color"]
            let key = keys.randomElement(using: &random) ?? ""
            let value: CBORValue? =
                Bool.random(using: &random) ? nil : .unsigned(UInt64.random(in: 0..<3, using: &random))
            let expansion = MarkExpansion.allCases.randomElement(using: &random) ?? .none
            try object.edit(time: 1) { editor throws(ObjectError) in
                try editor.markText(range, key, value, expansion: expansion, in: "body")
            }
            try text.mark(range, key, value, expansion: expansion)
        case 2:
            try object.edit(time: 2) { editor throws(ObjectError) in try editor.deleteText(range, in: "body")
            }
            try text.delete(range)
        default:
            let typed = ["a", "é👍", "longer text", "\n"].randomElement(using: &random) ?? ""
            try object.edit(time: 3) { editor throws(ObjectError) in
                try editor.insertText(typed, at: start, in: "body")
            }
            try text.insert(typed, at: start)
        }
    }

    /// Whether both show the same.
    mutating func agrees() -> Bool {
        var document = object.document
        return document.text(at: "body")?.string == text.string
            && document.attributedRuns(ofTextAt: "body") == text.attributedRuns()
    }
}

@Suite struct MarkedTextTests {
    @Test(arguments: Seeds.first(40))
    func `a text in an object shows what a plain text shows, on all replicas and after a replay`(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed: seed + 300)
        var pairs = try (1...4).map { try Pair(UInt8($0)) }
        try pairs[0].begin(isLarge: seed % 2 == 1)
        for index in 1..<4 { try pairs[index].merge(pairs[0], since: false) }
        var versions: [(VersionVector, [UInt8])] = []
        for _ in 0..<70 {
            let index = Int.random(in: 0..<4, using: &random), other = Int.random(in: 0..<4, using: &random)
            try pairs[index].edit(&random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                try pairs[other].merge(pairs[index], since: Bool.random(using: &random))
                let isSame = pairs[other].agrees()
                #expect(isSame, "seed \(seed)")
            }
            if Int.random(in: 0..<15, using: &random) == 0 {
                let object = pairs[index].object
                versions.append((object.version, object.document.canonicalState()))
                pairs[index].object = try ObjectReplica(loading: object.saved(), replica: object.replica)
            }
        }
        for source in pairs.shuffled(using: &random) {
            for index in pairs.indices.shuffled(using: &random) {
                try pairs[index].merge(source, since: Bool.random(using: &random))
            }
        }
        for source in pairs { for index in pairs.indices { try pairs[index].merge(source, since: true) } }
        let object = pairs[0].object, state = object.document.canonicalState()
        for index in pairs.indices {
            let document = pairs[index].object.document
            let isSame = pairs[index].agrees()
            #expect(isSame, "seed \(seed)")
            #expect(document.canonicalState() == state, "seed \(seed)")
            let saved = try document.saved()
            let loaded = try ObjectDocument(loading: saved)
            #expect(try loaded.canonicalState() == state && loaded.saved() == saved, "seed \(seed)")
            // Read without its history, then with it.
            let history = try document.savedHistory()
            var opened = try ObjectDocument(loading: document.savedContent()) { history }
            var whole = document
            let runs = whole.attributedRuns(ofTextAt: "body")
            #expect(opened.canonicalState() == state, "seed \(seed)")
            #expect(opened.attributedRuns(ofTextAt: "body") == runs, "seed \(seed)")
            #expect(opened.part().differences(since: document.part()).isEmpty, "seed \(seed)")
            #expect(seed % 2 == 0 || !history.isEmpty && !opened.hasHistory, "seed \(seed)")
            try opened.open()
            #expect(opened.canonicalState() == state, "seed \(seed)")
            #expect(opened.attributedRuns(ofTextAt: "body") == runs, "seed \(seed)")
            #expect(
                try pairs[index].object.state(at: object.version).canonicalState() == state, "seed \(seed)")
            for (version, past) in versions {
                #expect(
                    try pairs[index].object.state(at: version).canonicalState() == past, "seed \(seed)")
            }
        }
        var fresh = try ObjectReplicaTests.make(9)
        try fresh.merge(object.encode())
        #expect(fresh.document.canonicalState() == state, "seed \(seed)")
    }

    @Test func `a mark is a change of its text's path, and differences tell what it shows`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 1) { editor throws(ObjectError) in
            try editor.put(.map(["body": .text("some words"), "list": .list([.text("x")])]), at: "note")
        }
        let before = a.version
        try b.merge(a.encode())
        let changed = try a.edit(time: 2) { editor throws(ObjectError) in
            try editor.markText(0..<4, "bold", .bool(true), in: "note/body")
        }
        #expect(changed == ["note/body"])
        #expect(try b.merge(a.encode(since: before)) == changed)
        let marked = b.version
        let attributes = [TextAttribute(key: "bold", value: .bool(true), ranges: [0..<4])]
        var difference = ObjectDifference(
            path: "note/body", old: .text("some words"), new: .text("some words"))
        difference.newAttributes = attributes
        #expect(try b.diff(from: before, to: marked) == [difference])
        try b.edit(time: 3) { editor throws(ObjectError) in
            try editor.insertText("thing", at: 4, in: "note/body")
            #expect(editor.attributedRuns(ofTextAt: "note/body").map(\.range) == [0..<9, 9..<15])
            try editor.markText(0..<1, "bold", .bool(true), in: "note/list/0")
        }
        let differences = try b.diff(from: marked, to: b.version)
        #expect(differences.map(\.path) == ["note/body", "note/list/0"])
        #expect(differences[0].oldAttributes == attributes)
        #expect(differences[0].newAttributes.map(\.ranges) == [[0..<9]])
        #expect(differences[1].old == differences[1].new)
        #expect(differences[1].newAttributes.map(\.ranges) == [[0..<1]])
        #expect(b.history().count == 3)
        var document = b.document
        #expect(document.attributedRuns(ofTextAt: "note/body").map(\.range) == [0..<9, 9..<15])
        #expect(document.attributedRuns(ofTextAt: "note").isEmpty)
        #expect(try b.diff(from: b.version, to: b.version).isEmpty)
    }

    @Test func `where no mark shows, the canonical state is as if there were none`() throws {
        var replica = try Replica(1)
        try replica.edit { try $0.put(.text("words"), at: "body") }
        let plain = replica.document
        try replica.edit { try $0.markText(1..<3, "bold", .bool(true), expansion: .both, in: "body") }
        #expect(replica.document.canonicalState().count == plain.canonicalState().count + 9)
        try replica.edit { try $0.markText(0..<5, "bold", nil, in: "body") }
        #expect(replica.document.canonicalState() == plain.canonicalState())
        // Two marks of one value beside each other show as one.
        try replica.edit { try $0.markText(0..<2, "bold", .bool(true), in: "body") }
        let wide = replica.document
        try replica.edit {
            try $0.markText(0..<1, "bold", .bool(true), in: "body")
            try $0.markText(1..<2, "bold", .bool(true), in: "body")
        }
        #expect(replica.document.canonicalState() == wide.canonicalState())
        #expect(replica.sent.last.map { $0.change.count < 60 } == true)
    }

    @Test func `a mark that nobody could read, or of text that is not there, is refused`() throws {
        var replica = try Replica(1)
        try replica.edit { try $0.put(.map(["body": .text("words"), "n": .counter(1)]), at: "") }
        let count = replica.sent.count
        let deep = (0..<100).reduce(CBORValue.null) { value, _ in .array([value]) }
        let twice = CBORValue.map([CBORPair(.text("x"), .null), CBORPair(.text("x"), .null)])
        let longKey = UTF8String(String(repeating: "k", count: 65_537))
        try replica.edit { editor in
            for value in [deep, twice] {
                #expect(throws: ObjectError.unreadableMark) {
                    try editor.markText(0..<2, "k", value, in: "body")
                }
            }
            #expect(throws: ObjectError.unreadableMark) {
                try editor.markText(0..<2, longKey, .null, in: "body")
            }
            #expect(throws: ObjectError.outOfRange(2..<6, count: 5)) {
                try editor.markText(2..<6, "k", .null, in: "body")
            }
            #expect(throws: ObjectError.noContainer(path: "n", kind: .text)) {
                try editor.markText(0..<0, "k", .null, in: "n")
            }
            try editor.markText(2..<2, "k", .null, in: "body")
        }
        #expect(replica.sent.count == count)
        try replica.edit {
            try $0.markText(
                0..<2, "k", .map([CBORPair(.text("y"), .null), CBORPair(.text("x"), .null)]), in: "body")
        }
        var other = try Replica(2)
        for delivery in replica.sent { _ = try other.receive(delivery) }
        #expect(other.document.canonicalState() == replica.document.canonicalState())
        #expect(
            other.document.attributedRuns(ofTextAt: "body")
                == replica.document.attributedRuns(ofTextAt: "body"))
    }

    @Test func `a mark is the first edit of an object whose history rests`() throws {
        let author = try #require(ReplicaID(bytes: [UInt8](repeating: 1, count: 32)))
        var document = ObjectDocument(id: try #require(ObjectID(bytes: [UInt8](repeating: 7, count: 16))))
        _ = try document.edit(replica: author, firstSequence: 0) { editor throws(ObjectError) in
            try editor.put(.text(String(repeating: "far ", count: 600)), at: "body")
        }
        let history = try document.savedHistory(), content = document.savedContent()
        var loaded = try ObjectDocument(loading: content) { history }
        #expect(!loaded.hasHistory)
        func mark(_ document: inout ObjectDocument) throws {
            _ = try document.edit(replica: author, firstSequence: 10_000) { editor throws(ObjectError) in
                try editor.markText(4..<7, "bold", .bool(true), in: "body")
            }
        }
        try mark(&document)
        try mark(&loaded)
        #expect(loaded.attributedRuns(ofTextAt: "body").map(\.range) == [0..<4, 4..<7, 7..<2_400])
        #expect(loaded.canonicalState() == document.canonicalState())
        // Without it, nothing is marked.
        var without = try ObjectDocument(loading: content)
        #expect(throws: ObjectError.self) { try mark(&without) }
        #expect(without.canonicalState() != document.canonicalState())
    }

    @Test func `a mark on a text in a list is told where the text is`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.list([.text("x"), .map(["t": .text("xyz")])]), at: "a")
        }
        let before = object.version
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.markText(0..<1, "bold", .bool(true), in: "a/1/t")
        }
        let differences = try object.diff(from: before, to: object.version)
        #expect(differences.map(\.path) == ["a/1/t"])
        #expect(differences.first?.oldAttributes == [])
        #expect(differences.first?.newAttributes.map(\.ranges) == [[0..<1]])
    }

    @Test func `what marks show is read without the history of the text`() throws {
        func seconds(_ edits: Int) throws -> Double {
            var object = try ObjectReplicaTests.make(1)
            try object.edit(time: 0) { editor throws(ObjectError) in
                try editor.put(.text("some words"), at: "text")
                try editor.markText(0..<4, "bold", .bool(true), in: "text")
            }
            for step in 0..<edits {
                try object.edit(time: 1) { editor throws(ObjectError) in
                    try editor.insertText("x", at: step % 10, in: "text")
                    try editor.deleteText(9 - step % 10..<10 - step % 10, in: "text")
                }
            }
            let document = object.document
            var best = Double.infinity
            for _ in 0..<3 {
                let time = ContinuousClock().measure {
                    for _ in 0..<50 { #expect(document.part().differences(since: document.part()).isEmpty) }
                }
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let short = try seconds(100), long = try seconds(3_200)
        // 32 times the history; of the same text with the same mark.
        #expect(long < 8 * short, "\(short) s, then \(long) s")
    }
}
