import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinTextCRDT
import Testing

/// A text as a view has it, which only deltas change.
private struct View {
    private var scalars: [Unicode.Scalar]
    private var units: [UInt16]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        units = Array(text.utf16)
    }

    mutating func perform(_ deltas: [TextDelta]) {
        for delta in deltas {
            let end = delta.position + delta.deletedCount
            let utf16End = delta.utf16Position + delta.deletedUTF16Count
            guard end <= scalars.count, utf16End <= units.count else {
                Issue.record("\(delta) of \(scalars.count) scalars, \(units.count) units")
                return
            }
            scalars.replaceSubrange(delta.position..<end, with: delta.inserted.unicodeScalars)
            units.replaceSubrange(delta.utf16Position..<utf16End, with: delta.inserted.utf16)
        }
    }

    func shows(_ text: String) -> Bool {
        scalars == Array(text.unicodeScalars) && units == Array(text.utf16)
    }
}

/// The texts that an object shows.
private struct Shown {
    private(set) var texts: [ContainerID: (path: ObjectPath, text: String)] = [:]

    init(_ document: ObjectDocument) throws { try collect(document.root(), ObjectPath(), document) }

    private mutating func collect(
        _ value: ObjectValue, _ path: ObjectPath, _ document: ObjectDocument
    ) throws {
        switch value {
        case .text(let text):
            let id = try #require(document.containerID(at: path))
            #expect(document.path(of: id) == path)
            texts[id] = (path, text)
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                try collect(element, ObjectPath(path.steps + [.index(index)]), document)
            }
        case .map(let fields):
            for (key, field) in fields { try collect(field, path.appending(key), document) }
        case .null, .bool, .integer, .double, .string, .bytes, .reference, .counter: return
        }
    }

    /// Whether changes are those that made one state the other: of all texts that both have, and no others.
    static func expect(
        _ changes: [ObjectTextChange], lead from: Shown, to: Shown, _ seed: UInt64
    ) {
        #expect(Set(changes.map(\.container)).count == changes.count, "seed \(seed)")
        for change in changes {
            #expect(from.texts[change.container]?.path == change.oldPath, "seed \(seed)")
            #expect(to.texts[change.container]?.path == change.path, "seed \(seed)")
            #expect(!change.deltas.isEmpty, "seed \(seed)")
        }
        for (id, before) in from.texts {
            guard let after = to.texts[id] else { continue }
            var view = View(before.text)
            view.perform(changes.first { $0.container == id }?.deltas ?? [])
            #expect(view.shows(after.text), "seed \(seed), \(after.path)")
        }
    }
}

@Suite struct TextChangeTests {
    private static func edit(_ editor: inout ObjectEditor, _ random: inout SeededGenerator) throws {
        var paths: [ObjectPath] = []
        func collect(_ value: ObjectValue, _ path: ObjectPath) {
            switch value {
            case .text: paths.append(path)
            case .list(let elements):
                for index in elements.indices {
                    collect(elements[index], ObjectPath(path.steps + [.index(index)]))
                }
            case .map(let fields):
                for (key, field) in fields.sorted(by: { $0.key < $1.key }) {
                    collect(field, path.appending(key))
                }
            default: return
            }
        }
        collect(editor.root(), ObjectPath())
        guard Int.random(in: 0..<3, using: &random) > 0, let path = paths.randomElement(using: &random),
            let count = editor.text(at: path)?.count
        else { return try ObjectConvergenceTests.randomEdit(&editor, &random) }
        let start = Int.random(in: 0...count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try editor.deleteText(start..<Int.random(in: start...count, using: &random), in: path)
        case 1: try editor.put(.text("wörd 👍 other"), at: path)
        default: try editor.insertText("<👍é>", at: start, in: path)
        }
        if Bool.random(using: &random) { try ObjectConvergenceTests.randomEdit(&editor, &random) }
    }

    @Test(arguments: Seeds.first(60))
    func `the deltas that are told make each text what it becomes, in edits and merges`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 500)
        var objects = try (1...3).map { try ObjectReplicaTests.make(UInt8($0)) }
        var told = 0
        for step in 0..<60 {
            let index = Int.random(in: 0..<3, using: &random), other = Int.random(in: 0..<3, using: &random)
            var before = try Shown(objects[index].document)
            var changes: [ObjectTextChange] = []
            try objects[index].edit(time: UInt64(step)) { editor throws(ObjectError) in
                do { try Self.edit(&editor, &random) } catch { throw error as? ObjectError ?? .malformed }
            } report: {
                changes.append($0)
            }
            try Shown.expect(changes, lead: before, to: Shown(objects[index].document), seed)
            told += changes.count
            guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
            before = try Shown(objects[other].document)
            changes = []
            try objects[other].merge(objects[index].encode(since: objects[other].version)) {
                changes.append($0)
            }
            try Shown.expect(changes, lead: before, to: Shown(objects[other].document), seed)
            told += changes.count
            if Int.random(in: 0..<8, using: &random) == 0 {
                objects[other] = try ObjectReplica(
                    loading: objects[other].saved(), replica: objects[other].replica)
            }
        }
        #expect(told > 0, "seed \(seed)")
    }

    @Test func `a remote keystroke is told in scalars and UTF-16, and what it did elsewhere is not`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["title": .text("👍 x"), "note": .map(["body": .text("👍👍")])]), at: "")
        }
        var changes: [ObjectTextChange] = []
        try b.merge(a.encode()) { changes.append($0) }
        // They came into being: the paths say so.
        #expect(changes.isEmpty)
        let since = a.version
        try a.edit(time: 1) { editor throws(ObjectError) in
            try editor.insertText("é", at: 1, in: "note/body")
            try editor.deleteText(0..<1, in: "note/body")
            try editor.put(.integer(1), at: "n")
            try editor.markText(0..<2, "bold", .bool(true), in: "title")
        }
        let paths = try b.merge(a.encode(since: since)) { changes.append($0) }
        #expect(paths == ["n", "note/body", "title"])
        #expect(changes.map(\.path) == ["note/body"] && changes.map(\.oldPath) == ["note/body"])
        #expect(
            changes.first?.deltas.map {
                [$0.position, $0.utf16Position, $0.deletedCount, $0.deletedUTF16Count]
            }
                == [[1, 2, 0, 0], [0, 0, 1, 2]])
        #expect(changes.first?.deltas.map(\.inserted) == ["é", ""])
        // What is known already changes nothing.
        changes = []
        try b.merge(a.encode()) { changes.append($0) }
        #expect(changes.isEmpty)
    }

    @Test func `texts that come or go in the same merge are not told, and one that has moved is`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(
                .map(["list": .list([.text("one"), .text("two")]), "gone": .text("x"), "kept": .text("k")]),
                at: "")
        }
        try b.merge(a.encode())
        let two = try #require(b.document.containerID(at: "list/1")), since = a.version
        for time in 1...2 {
            try a.edit(time: UInt64(time)) { editor throws(ObjectError) in
                try editor.insertText("!", at: 1, in: "gone")
                try editor.insertText("!", at: 1, in: "kept")
                try editor.insertText("!", at: 3, in: "list/1")
            }
        }
        try a.edit(time: 3) { editor throws(ObjectError) in
            try editor.put(.text("new"), at: "new")
            try editor.insertText("!", at: 3, in: "new")
            try editor.insert([.text("also new")], at: 0, inList: "list")
            try editor.remove("gone")
            // A field's text is the same one when it comes back.
            try editor.remove("kept")
            try editor.put(.text("kk"), at: "kept")
        }
        var changes: [ObjectTextChange] = []
        try b.merge(a.encode(since: since)) { changes.append($0) }
        #expect(changes.map(\.path) == ["kept", "list/2"])
        #expect(changes.map(\.oldPath) == ["kept", "list/1"])
        #expect(changes.last?.container == two && b.document.path(of: two) == "list/2")
        var view = View("two")
        view.perform(changes.last?.deltas ?? [])
        #expect(view.shows("two!!"))
        view = View("k")
        view.perform(changes.first?.deltas ?? [])
        #expect(view.shows("kk"))
    }

    @Test func `an edit that fails tells nothing, and the layer below tells the same`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.text("abc"), at: "text") }
        var changes: [ObjectTextChange] = []
        #expect(throws: ObjectError.self) {
            try object.edit(time: 1) { editor throws(ObjectError) in
                try editor.insertText("x", at: 0, in: "text")
                try editor.insertText("x", at: 9, in: "text")
            } report: {
                changes.append($0)
            }
        }
        #expect(changes.isEmpty)
        var document = object.document, copy = document
        let parents = copy.frontier, next = copy.graph.nextSequence(of: object.replica)
        let (_, change) = try document.edit(replica: object.replica, firstSequence: next) {
            editor throws(ObjectError) in
            try editor.put(.text("a.c"), at: "text")
        } report: {
            changes.append($0)
        }
        try copy.apply(
            try #require(change), replica: object.replica, firstSequence: next, parents: parents
        ) { changes.append($0) }
        #expect(changes.count == 2 && changes.first == changes.last)
        #expect(copy.text(at: "text")?.string == "a.c")
    }

    @Test func `a keystroke in the text of a field is told without a walk through the object`() throws {
        func seconds(_ count: Int) throws -> Double {
            var object = try ObjectReplicaTests.make(1), other = try ObjectReplicaTests.make(2)
            let elements = (0..<count).map { ObjectValue.integer(Int64($0)) }
            try object.edit(time: 0) { editor throws(ObjectError) in
                try editor.put(.map(["list": .list(elements), "text": .text("abc")]), at: "")
            }
            try other.merge(object.encode())
            var best = Double.infinity, told = 0
            for _ in 0..<3 {
                var updates: [[UInt8]] = []
                for step in 0..<50 {
                    let since = object.version
                    try object.edit(time: 1) { editor throws(ObjectError) in
                        try editor.insertText("x", at: step, in: "text")
                    }
                    updates.append(try object.encode(since: since))
                }
                let time = try ContinuousClock().measure {
                    for update in updates { try other.merge(update) { _ in told += 1 } }
                }
                best = min(best, time / .seconds(1))
            }
            #expect(told == 150)
            return best
        }
        let short = try seconds(100), long = try seconds(10_000)
        #expect(long < 8 * short, "\(short) s, then \(long) s")
    }
}
