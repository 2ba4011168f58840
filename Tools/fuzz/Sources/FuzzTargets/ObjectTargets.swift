import DunlinCausality
import DunlinEncoding
import DunlinObjects

/// What is merged into objects and loaded as objects.
enum ObjectTargets {
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

    /// A saved object, damaged: with a checksum that fits it may read wrongly, and must not trap.
    static func object(_ input: [UInt8]) {
        if let document = try? ObjectDocument(loading: input) { check(document) }
        if let document = try? ObjectDocument(loading: forged(input)) { check(document) }
    }

    /// The content and the history of a saved object, damaged: what is accepted is one object.
    /// With checksums that fit it may read wrongly, and must not trap.
    static func savedObject(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2 else { return }
        if var document = try? ObjectDocument(loading: parts[0], history: { parts[1] }),
            case let state = document.canonicalState(), (try? document.open()) != nil
        {
            precondition(document.canonicalState() == state, "a damaged pair was accepted")
        }
        let content = forged(parts[0])
        let history = SavedHistory(Array(parts[1].dropLast(16)), of: content).encoded()
        guard var document = try? ObjectDocument(loading: content, history: { history }) else { return }
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

    static func json(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        if let value = try? ObjectValue(json: text) {
            precondition((try? ObjectValue(json: value.json)) == value, "JSON does not read what it wrote")
        }
        _ = ObjectID(text)
    }

    // MARK: Seeds

    static func id() -> ObjectID {
        guard let id = ObjectID(bytes: [UInt8](repeating: 5, count: 16)) else {
            preconditionFailure("a seed could not be made: 16 bytes are no object's name")
        }
        return id
    }

    static func sample() -> (ObjectDocument, [Change]) {
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

    /// The first of two who have exchanged everything, and forgotten it.
    private static var forgetfulObject: ObjectReplica {
        var (object, _) = sampleReplicas()
        made { try object.forgetHistory(before: object.version) }
        _ = made {
            try object.edit(time: 9) { editor throws(ObjectError) in try editor.put(.integer(1), at: "k") }
        }
        return object
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
}
