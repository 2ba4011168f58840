import DunlinCausality
import DunlinEncoding
import DunlinEpochs
import DunlinKeys
import DunlinListCRDT
import DunlinMapCRDT
import DunlinObjects
import DunlinSequences
import DunlinSpaces
import DunlinTextCRDT

enum DataTargets {
    private static func replica(_ number: UInt8) -> ReplicaID {
        ReplicaID(raw: Bytes32([UInt8](repeating: number, count: 32)) ?? Bytes32())
    }

    private static func id() -> ObjectID {
        ObjectID(bytes: [UInt8](repeating: 5, count: 16)) ?? made { throw SpaceError.noIdentity }
    }

    private static func sample() -> (ObjectDocument, [Change]) {
        var document = ObjectDocument(id: id())
        var changes: [Change] = []
        func edit(_ number: UInt64, _ body: (inout ObjectEditor) throws(ObjectError) -> Void) {
            do throws(ObjectError) {
                let change = try document.edit(replica: replica(1), firstSequence: number << 32, body).1
                if let change { changes.append(change) }
            } catch { preconditionFailure("a seed could not be made: \(error)") }
        }
        edit(0) { editor throws(ObjectError) in
            try editor.setType("note")
            try editor.put(
                .map([
                    "text": .text("hello"), "n": .counter(3),
                    "list": .list([.integer(1), .map(["x": .null])]),
                    "b": .bytes([1, 2]), "d": .double(0.5), "s": .string("é"),
                ]), at: "")
        }
        edit(1) { editor throws(ObjectError) in
            try editor.insertText("👩‍🚀 ", at: 2, in: "text")
            try editor.deleteText(0..<1, in: "text")
            try editor.add(-4, to: "n")
        }
        edit(2) { editor throws(ObjectError) in
            try editor.insert([.bool(true), .text("t")], at: 1, inList: "list")
            try editor.delete(0..<1, inList: "list")
            try editor.remove("d")
            try editor.setDeleted(true)
        }
        edit(3) { editor throws(ObjectError) in
            try editor.markText(1..<4, "bold", .bool(true), in: "text")
            try editor.markText(
                0..<6, "link", .map([CBORPair(.text("to"), .null)]), expansion: .both, in: "text")
            try editor.insertText("in", at: 3, in: "text")
            try editor.markText(2..<5, "bold", nil, expansion: .none, in: "text")
        }
        edit(4) { editor throws(ObjectError) in
            try editor.move(from: 2, to: 0, inList: "list")
            try editor.put(.list([]), at: "list/1")
        }
        return (document, changes)
    }

    static func change(_ input: [UInt8]) {
        guard let change = try? Change(decoding: input) else { return }
        precondition(change.encoded() == input, "accepted bytes are not the canonical ones")
        var (document, _) = sample()
        try? document.apply(change, replica: replica(2), firstSequence: 0, parents: document.frontier)
        check(document)
    }

    /// Several changes on one document, by two replicas, concurrent and not.
    static func document(_ input: [UInt8]) {
        var document = ObjectDocument(id: id())
        var next: [UInt64] = [0, 0]
        for (number, bytes) in messages(input).enumerated() {
            guard let change = try? Change(decoding: bytes) else { continue }
            let who = number % 2
            let parents = number % 3 == 2 ? Frontier() : document.frontier
            let before = document.canonicalState()
            do {
                try document.apply(
                    change, replica: replica(UInt8(who)), firstSequence: next[who], parents: parents)
                next[who] += UInt64(change.unitCount)
            } catch {
                precondition(document.canonicalState() == before, "a refused change left a trace")
            }
        }
        check(document)
    }

    private static func check(_ document: ObjectDocument) {
        _ = document.root().json
        var read = document
        for runs in ["text", "m/t"].map({ read.attributedRuns(ofTextAt: $0) }) {
            precondition(
                zip(runs, runs.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound },
                "runs of a text do not follow one another")
        }
        let content = document.savedContent(), state = document.canonicalState()
        var loaded = made { try ObjectDocument(loading: content) }
        precondition(loaded.canonicalState() == state, "a document changes when it is saved")
        for path: ObjectPath in ["text", "m/t"] {
            precondition(
                loaded.attributedRuns(ofTextAt: path) == read.attributedRuns(ofTextAt: path),
                "runs of a text change when it is saved")
        }
        // One that came without its history has none to save.
        guard document.hasHistory else { return }
        let history = made { try document.savedHistory() }
        made { try loaded.open(history: history) }
        precondition(loaded.canonicalState() == state, "a document changes with its own history")
        let whole = made { try ObjectDocument(loading: loaded.saved()) }
        precondition(whole.canonicalState() == state, "a document changes when all of it is saved")
    }

    static func object(_ input: [UInt8]) {
        guard let document = try? ObjectDocument(loading: input) else { return }
        check(document)
    }

    /// The content and the history of a saved object, damaged: it may read wrongly, and must not trap.
    static func savedObject(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2,
            var document = try? ObjectDocument(loading: parts[0], history: { parts[1] })
        else { return }
        let root = document.root()
        check(document)
        do { try document.open() } catch {
            precondition(!document.hasHistory, "a refused history is there")
        }
        // But for marks, of which both parts speak.
        precondition(document.root() == root, "a history changes what shows")
        guard document.hasHistory, document.graph.nextSequence(of: replica(2)) < 1 << 60 else { return }
        for change in sample().1 {
            for parents in [document.frontier, Frontier()] {
                try? document.apply(
                    change, replica: replica(2), firstSequence: document.graph.nextSequence(of: replica(2)),
                    parents: parents)
            }
        }
        for path: ObjectPath in ["text", "long"] { _ = try? document.authorship(of: 0..<9, inTextAt: path) }
        check(document)
    }

    static func transaction(_ input: [UInt8]) {
        guard let transaction = try? Transaction(decoding: input) else { return }
        precondition(transaction.encoded() == input, "accepted bytes are not the canonical ones")
    }

    static func text(_ input: [UInt8]) {
        var text = Text(replica: replica(9))
        made { try text.insert("abc", at: 0) }
        let before = text.string
        do {
            try text.merge(input)
        } catch { precondition(text.string == before, "a refused merge left a trace") }
        check(text)
        let end = made { try text.string(at: text.version) }
        precondition(end == text.string, "a replay gives another text")
        var copy = Text(replica: replica(8))
        made { try copy.merge(text.encode()) }
        precondition(copy.string == text.string, "who takes everything at once has another text")
        mergeBehindHorizon(input)
    }

    private static func mergeBehindHorizon(_ input: [UInt8]) {
        var text = forgetfulText()
        let before = made { try text.savedHistory() }
        do {
            try text.merge(input)
        } catch {
            let after = made { try text.savedHistory() }
            precondition(before == after, "a refused merge left a trace")
        }
        check(text)
        let (content, history) = (text.savedContent(), made { try text.savedHistory() })
        let copy = made {
            try Text(loading: content, replica: replica(9), history: { history })
        }
        let end = made { try copy.string(at: copy.version) }
        precondition(end == text.string, "a replay gives another text")
    }

    /// The content and the history of a saved text, damaged: it may read wrongly, and must not trap.
    static func savedText(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2,
            var text = try? Text(loading: parts[0], replica: replica(9), history: { parts[1] })
        else { return }
        _ = text.string
        do {
            try text.insert("ab", at: text.count / 2)
            try text.delete(0..<1)
            try text.merge(textSeeds[0])
            _ = try text.string(at: text.version)
            _ = try text.attributedRuns()
            _ = try text.authorship(of: 0..<text.count)
            try text.forgetHistory(before: text.version)
            _ = try text.savedHistory()
            _ = try text.encode()
        } catch {}
        _ = text.utf16Offset(ofScalar: text.count / 2)
    }

    /// The content and the history of a saved list, and of a saved map, damaged.
    static func savedList(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2,
            var list = try? List(loading: parts[0], replica: replica(9), history: { parts[1] })
        else { return }
        do {
            try list.insert(.null, at: list.count / 2)
            try list.delete(0..<1)
            try list.merge(listSeeds[0])
            _ = try list.elements(at: list.version)
            try list.forgetHistory(before: list.version)
            _ = try list.savedHistory()
        } catch {}
    }

    static func savedMap(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2,
            var map = try? Map(loading: parts[0], replica: replica(9), history: { parts[1] })
        else { return }
        do {
            try map.set("k", to: .null)
            try map.merge(mapSeeds[0])
            _ = map.savedContent()
            try map.forgetHistory(before: map.version)
            _ = try map.savedHistory()
        } catch {}
    }

    private static func check(_ text: Text) {
        let string = text.string
        precondition(text.count == string.unicodeScalars.count, "scalars are counted wrongly")
        precondition(text.utf16Count == string.utf16.count, "UTF-16 units are counted wrongly")
        precondition(text.lineCount == string.utf8.count { $0 == 0x0a } + 1, "lines are counted wrongly")
    }

    static func list(_ input: [UInt8]) {
        var list = List(replica: replica(9))
        made { try list.insert(.unsigned(1), at: 0) }
        do { try list.merge(input) } catch { precondition(list.count == 1, "a refused merge left a trace") }
        let replayed = made { try list.elements(at: list.version) }
        precondition(replayed == list.elements, "a replay gives another list")
        var copy = List(replica: replica(8))
        made { try copy.merge(list.encode()) }
        precondition(copy.elements == list.elements, "who takes everything at once has another list")
    }

    static func map(_ input: [UInt8]) {
        var map = Map(replica: replica(9))
        made { try map.set("a", to: .unsigned(1)) }
        do { try map.merge(input) } catch { precondition(map.keys == ["a"], "a refused merge left a trace") }
        var copy = Map(replica: replica(8))
        made { try copy.merge(map.encode()) }
        precondition(copy.keys == map.keys, "who takes everything at once has other keys")
        for key in map.keys {
            precondition(copy[key] == map[key], "who takes everything at once has another value")
        }
    }

    static func objectUpdate(_ input: [UInt8]) {
        var object = ObjectReplica(id: id(), replica: replica(9))
        _ = made {
            try object.edit(time: 1) { editor throws(ObjectError) in try editor.put(.integer(1), at: "k") }
        }
        let before = object.document.canonicalState()
        do { try object.merge(input) } catch {
            precondition(object.document.canonicalState() == before, "a refused merge left a trace")
        }
        check(object.document)
        checkReplay(object)
        var forgetful = made { try ObjectReplica(loading: forgetfulObject.saved(), replica: replica(9)) }
        let kept = forgetful.document.canonicalState()
        do { try forgetful.merge(input) } catch {
            precondition(forgetful.document.canonicalState() == kept, "a refused merge left a trace")
        }
        checkReplay(forgetful)
        var copy = ObjectReplica(id: id(), replica: replica(8))
        _ = made { try copy.merge(object.encode()) }
        precondition(
            copy.document.canonicalState() == object.document.canonicalState(),
            "who takes everything at once has another object")
    }

    private static func checkReplay(_ object: ObjectReplica) {
        let past = made { try object.state(at: object.version) }
        precondition(
            past.canonicalState() == object.document.canonicalState(), "a replay gives another object")
    }

    /// The first of two who have exchanged everything, and forgotten it.
    private static var forgetfulObject: ObjectReplica {
        var (object, _) = sampleReplicas()
        made { try object.forgetHistory(before: object.version) }
        _ = made {
            try object.edit(time: 9) { editor throws(ObjectError) in try editor.put(.integer(1), at: "k") }
        }
        return object
    }

    static func json(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        if let value = try? ObjectValue(json: text) {
            precondition((try? ObjectValue(json: value.json)) == value, "JSON does not read what it wrote")
        }
        _ = ObjectID(text)
    }

    static func snapshot(_ input: [UInt8]) {
        let chunks = messages(input)
        guard let entries = try? SnapshotManifest(of: chunks).entries(from: chunks) else { return }
        precondition((try? SnapshotChunker.chunks(of: entries)) != nil, "entries of chunks make no chunks")
    }

    // MARK: Seeds

    static var changeSeeds: [[UInt8]] { sample().1.map { $0.encoded() } }
    static var documentSeeds: [[UInt8]] { [joined(sample().1.map { $0.encoded() })] }
    static var objectSeeds: [[UInt8]] {
        [sample().0, ObjectDocument(id: id())].map { document in made { try document.saved() } }
    }

    static var savedObjectSeeds: [[UInt8]] {
        var long = sample().0
        do throws(ObjectError) {
            // So much that the history is saved apart.
            _ = try long.edit(replica: replica(1), firstSequence: 9 << 32) { editor throws(ObjectError) in
                try editor.put(.text(String(repeating: "word ", count: 230)), at: "long")
                try editor.deleteText(7..<20, in: "long")
            }
        } catch { preconditionFailure("a seed could not be made: \(error)") }
        let forgetful = forgetfulObject.document
        return [sample().0, long, forgetful].map { document in
            joined([document.savedContent(), made { try document.savedHistory() }])
        }
    }

    static var transactionSeeds: [[UInt8]] {
        let (_, changes) = sample()
        let digest = Digest.blake2b([1])
        return [
            Transaction(
                dependencies: [], controlHeads: [digest], wallClock: 1,
                changes: changes.map { ObjectChange(object: id(), change: $0.encoded()) }
            ).encoded(),
            Transaction(
                dependencies: [
                    BlockReference(feed: PublicSigningKey(raw: digest.raw), length: 3, treeHash: digest)
                ],
                controlHeads: nil, wallClock: 2, changes: []
            ).encoded(),
        ]
    }

    /// A text with marks and two authors that has forgotten what was before, and went on.
    private static func forgetfulText() -> Text {
        var text = sampleTexts()[0]
        made { try text.mark(1..<4, "bold", .bool(true)) }
        made { try text.forgetHistory(before: text.version) }
        made { try text.insert("on", at: 2) }
        made { try text.mark(0..<3, "bold", nil) }
        return text
    }

    private static func sampleTexts() -> [Text] {
        var a = Text(replica: replica(1)), b = Text(replica: replica(2))
        made { try a.insert("hello", at: 0) }
        made { try b.merge(a.encode()) }
        made { try a.delete(1..<3) }
        made { try b.insert("X\n👍", at: 2) }
        made { try a.merge(b.encode()) }
        made { try a.insert("é", at: 0) }
        return [a, b, Text(replica: replica(3))]
    }

    static var textSeeds: [[UInt8]] {
        let later = forgetfulText()
        let update = made { try later.encode(since: later.forgottenVersion()) }
        return sampleTexts().map { text in made { try text.encode() } } + [billions, update]
    }

    /// Operations that count to a billion and reach beyond any text, and one behind them.
    private static var billions: [UInt8] {
        var graph = CausalGraph()
        let units = 1 << 30
        for _ in 0..<2 {
            _ = made {
                try graph.append(
                    replica: replica(4), sequence: graph.nextSequence(of: replica(4)), count: units)
            }
        }
        _ = made { try graph.append(replica: replica(5), sequence: 0, count: 1) }
        var writer = ByteWriter()
        EventBatch(of: graph, in: [0..<graph.count]).write(&writer)
        let operations = [
            SequenceOperation(.deleteForward, at: 1, count: units),
            SequenceOperation(.deleteBackward, at: 1 << 40, count: units),
            SequenceOperation(.insert, at: 0, count: 1),
        ]
        SequenceColumns.write(
            operations.enumerated().map { SequenceColumns.Operation(number: $0 * units, operation: $1) },
            &writer)
        writer.varint(0)
        writer.raw([0x61])
        return writer.bytes
    }

    static var savedTextSeeds: [[UInt8]] {
        (sampleTexts() + [forgetfulText()]).map { text in
            joined([text.savedContent(), made { try text.savedHistory() }])
        }
    }

    static var listSeeds: [[UInt8]] { sampleLists().map { list in made { try list.encode() } } }

    static var savedListSeeds: [[UInt8]] {
        var forgetful = sampleLists()[0]
        made { try forgetful.forgetHistory(before: forgetful.version) }
        made { try forgetful.move(from: 1, to: 0) }
        return (sampleLists() + [forgetful]).map { list in
            joined([list.savedContent(), made { try list.savedHistory() }])
        }
    }

    private static func sampleLists() -> [List] {
        var a = List(replica: replica(1)), b = List(replica: replica(2))
        made { try a.insert(contentsOf: [.unsigned(1), .text("x"), .null], at: 0) }
        made { try b.merge(a.encode()) }
        made { try a.delete(0..<1) }
        made { try b.insert(.array([]), at: 1) }
        made { try b.move(from: 2, to: 0) }
        made { try a.set(.text("y"), at: 0) }
        made { try a.merge(b.encode()) }
        return [a, b]
    }

    static var mapSeeds: [[UInt8]] { sampleMaps().map { map in made { try map.encode() } } }

    static var savedMapSeeds: [[UInt8]] {
        var forgetful = sampleMaps()[0]
        made { try forgetful.set("c", to: .null) }
        made { try forgetful.forgetHistory(before: forgetful.version) }
        made { try forgetful.increment("n", by: -1) }
        return (sampleMaps() + [forgetful]).map { map in
            joined([map.savedContent(), made { try map.savedHistory() }])
        }
    }

    private static func sampleMaps() -> [Map] {
        var a = Map(replica: replica(1)), b = Map(replica: replica(2))
        made { try a.set("k", to: .unsigned(1)) }
        made { try b.set("k", to: .text("z")) }
        made { try b.increment("n", by: 5) }
        made { try a.merge(b.encode()) }
        made { try a.set("k", to: nil) }
        return [a, b]
    }

    static var objectUpdateSeeds: [[UInt8]] {
        let (a, b) = sampleReplicas()
        let later = forgetfulObject
        return [
            made { try a.encode() }, made { try b.encode() },
            made { try later.encode(since: later.forgottenVersion) },
        ]
    }

    private static func sampleReplicas() -> (ObjectReplica, ObjectReplica) {
        var a = ObjectReplica(id: id(), replica: replica(1)), b = ObjectReplica(id: id(), replica: replica(2))
        _ = made {
            try a.edit(time: 5) { editor throws(ObjectError) in
                try editor.put(
                    .map(["t": .text("hello"), "l": .list([.integer(1)]), "n": .counter(2)]), at: "m")
            }
        }
        _ = made { try b.merge(a.encode()) }
        _ = made {
            try a.edit(time: 6) { editor throws(ObjectError) in try editor.insertText("!", at: 5, in: "m/t") }
        }
        // Marks that do not know of each other, one of them over text that the other's writer has not seen.
        _ = made {
            try a.edit(time: 8) { editor throws(ObjectError) in
                try editor.markText(1..<6, "bold", .bool(true), in: "m/t")
            }
        }
        _ = made {
            try b.edit(time: 9) { editor throws(ObjectError) in
                try editor.insertText("X", at: 2, in: "m/t")
                try editor.markText(0..<4, "bold", .unsigned(2), expansion: .none, in: "m/t")
                try editor.markText(3..<6, "bold", nil, in: "m/t")
            }
        }
        _ = made { try a.merge(b.encode()) }
        _ = made { try b.edit(time: 7) { editor throws(ObjectError) in try editor.remove("m") } }
        _ = made { try a.merge(b.encode()) }
        return (a, b)
    }

    static var jsonSeeds: [[UInt8]] {
        [
            #"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude80"],"t":{"@text":"x"},"n":{"@counter":3}}"#, "[]",
            "\"x\"",
        ]
        .map { Array($0.utf8) }
    }

    static var snapshotSeeds: [[UInt8]] {
        let entries = (0..<40).map {
            SnapshotEntry(id: [UInt8($0)], bytes: [UInt8](repeating: UInt8($0), count: 300))
        }
        return [joined(made { try SnapshotChunker.chunks(of: entries) })]
    }
}
