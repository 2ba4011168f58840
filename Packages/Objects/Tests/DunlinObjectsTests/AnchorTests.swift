import DunlinCausality
import DunlinObjects
import DunlinTextCRDT
import Testing

/// An anchor of a text in an object, and the scalar that it stays with.
private struct Held {
    var anchor: TextAnchor
    var scalar: Unicode.Scalar
    var path: ObjectPath
}

@Suite struct AnchorTests {
    @Test func `an anchor stays with its scalar while two edit, and after saving and loading`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["body": .text("hello world"), "other": .text("hello world")]), at: "note")
        }
        try b.merge(a.encode())
        let before = try a.anchor(at: 6, side: .before, inTextAt: "note/body")
        let after = try a.anchor(at: 5, side: .after, inTextAt: "note/body")
        try a.edit(time: 1) { editor throws(ObjectError) in
            try editor.insertText("big ", at: 6, in: "note/body")
        }
        try b.edit(time: 1) { editor throws(ObjectError) in
            try editor.insertText(">> ", at: 0, in: "note/body")
            try editor.deleteText(3..<5, in: "note/body")
            try editor.insertText("x", at: 0, in: "note/other")
        }
        try a.merge(b.encode(since: a.version))
        #expect(a.document.text(at: "note/body")?.string == ">> llo big world")
        #expect(try a.position(of: before, inTextAt: "note/body") == 11)
        #expect(try a.position(of: after, inTextAt: "note/body") == 6)
        // On the other replica, which has not seen all, the same anchors mean the same scalars.
        #expect(try b.position(of: before, inTextAt: "note/body") == 7)
        #expect(try b.position(of: after, inTextAt: "note/body") == 6)
        // Another text with the same letters has other events.
        #expect(try a.position(of: before, inTextAt: "note/other") == nil)
        #expect(try a.position(of: .end, inTextAt: "note/other") == 12)

        var loaded = try ObjectReplica(loading: a.saved(), replica: a.replica)
        #expect(try loaded.position(of: before, inTextAt: "note/body") == 11)
        #expect(try loaded.anchor(at: 11, side: .before, inTextAt: "note/body") == before)
        let history = try a.document.savedHistory()
        var opened = try ObjectDocument(loading: a.document.savedContent()) { history }
        #expect(try opened.position(of: after, inTextAt: "note/body") == 6)

        try a.edit(time: 2) { editor throws(ObjectError) in
            try editor.deleteText(4..<12, in: "note/body")
        }
        #expect(try a.position(of: before, inTextAt: "note/body") == 4)
        #expect(try a.position(of: .start, inTextAt: "note/body") == 0)
    }

    @Test func `where there is no text or no such place, that is said`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["text": .text("abc"), "n": .counter(1), "list": .list([])]), at: "")
            try editor.insert([.text("in a list")], at: 0, inList: "list")
        }
        for path: ObjectPath in ["n", "none", ""] {
            #expect(throws: ObjectError.noContainer(path: path.description, kind: .text)) {
                try object.anchor(at: 0, side: .before, inTextAt: path)
            }
            #expect(try object.position(of: .start, inTextAt: path) == nil)
        }
        for position in [-1, 4] {
            #expect(throws: ObjectError.outOfRange(position..<position, count: 3)) {
                try object.anchor(at: position, side: .after, inTextAt: "text")
            }
        }
        #expect(try object.anchor(at: 3, side: .before, inTextAt: "text") == .end)
        #expect(try object.anchor(at: 0, side: .after, inTextAt: "text") == .start)
        let unknown = TextAnchor(event: EventID(replica: object.replica, sequence: 99), side: .before)
        #expect(try object.position(of: unknown, inTextAt: "text") == nil)
        // What wrote a field inserted no scalar.
        let field = TextAnchor(event: EventID(replica: object.replica, sequence: 0), side: .before)
        #expect(try object.position(of: field, inTextAt: "text") == nil)

        // A text in a list is another one when it was replaced, and none when it is gone.
        let inList = try object.anchor(at: 3, side: .after, inTextAt: "list/0")
        #expect(try object.position(of: inList, inTextAt: "list/0") == 3)
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.delete(0..<1, inList: "list")
            try editor.insert([.text("in a list")], at: 0, inList: "list")
        }
        #expect(try object.position(of: inList, inTextAt: "list/0") == nil)
        // A field's text is the same one when it comes back.
        let inField = try object.anchor(at: 1, side: .before, inTextAt: "text")
        try object.edit(time: 2) { editor throws(ObjectError) in try editor.put(.integer(1), at: "text") }
        #expect(try object.position(of: inField, inTextAt: "text") == nil)
        try object.edit(time: 3) { editor throws(ObjectError) in try editor.put(.text("-abc"), at: "text") }
        #expect(try object.position(of: inField, inTextAt: "text") == 2)
    }

    @Test func `an object that has forgotten knows the anchors at what is still there`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["text": .text("abcdef"), "other": .text("xyz")]), at: "")
        }
        let kept = try object.anchor(at: 4, side: .before, inTextAt: "text")
        let gone = try object.anchor(at: 2, side: .before, inTextAt: "text")
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.deleteText(1..<3, in: "text")
            try editor.insertText("!", at: 0, in: "other")
        }
        #expect(try object.position(of: gone, inTextAt: "text") == 1)
        try object.forgetHistory(before: object.version)
        try object.edit(time: 2) { editor throws(ObjectError) in
            try editor.insertText("<>", at: 0, in: "text")
        }
        var loaded = try ObjectReplica(loading: object.saved(), replica: object.replica)
        #expect(try object.position(of: kept, inTextAt: "text") == 4)
        #expect(try object.position(of: gone, inTextAt: "text") == nil)
        #expect(try loaded.position(of: kept, inTextAt: "text") == 4)
        #expect(try loaded.position(of: gone, inTextAt: "text") == nil)
        #expect(try loaded.anchor(at: 4, side: .before, inTextAt: "text") == kept)
    }

    @Test(arguments: Seeds.first(30))
    func `anchors agree with a model, through merges, saving and loading`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 77)
        let paths: [ObjectPath] = ["a", "map/b"]
        var objects = try (1...3).map { try ObjectReplicaTests.make(UInt8($0)) }
        try objects[0].edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["a": .text(""), "map": .map(["b": .text("")])]), at: "")
        }
        for index in 1..<3 { try objects[index].merge(objects[0].encode()) }
        // Every scalar occurs once, so its place is where it is found.
        var next: UInt32 = 0x4e00
        var held: [Held] = []
        for _ in 0..<100 {
            let index = Int.random(in: 0..<3, using: &random)
            let path = paths[Int.random(in: 0..<2, using: &random)]
            let scalars = Array(
                objects[index].document.text(at: path)?.string.unicodeScalars ?? "".unicodeScalars)
            let start = Int.random(in: 0...scalars.count, using: &random)
            let end = min(scalars.count, start + Int.random(in: 1...3, using: &random))
            let deletes = Int.random(in: 0..<4, using: &random) == 0
            let typed = String(String.UnicodeScalarView((next..<next + 2).compactMap(Unicode.Scalar.init)))
            next += 2
            try objects[index].edit(time: 1) { editor throws(ObjectError) in
                if deletes { return try editor.deleteText(start..<end, in: path) }
                try editor.put(.integer(Int64(start)), at: "n")
                try editor.insertText(typed, at: start, in: path)
            }
            if start < scalars.count, !deletes, Bool.random(using: &random) {
                let scalar = scalars[start], side: TextAnchor.Side = seed % 2 == 0 ? .before : .after
                // What was typed stands before it now.
                let anchor = try objects[index].anchor(
                    at: start + 2 + (side == .after ? 1 : 0), side: side, inTextAt: path)
                held.append(Held(anchor: anchor, scalar: scalar, path: path))
            }
            let other = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: try objects[other].merge(objects[index].encode(since: objects[other].version))
            case 3:
                objects[other] = try ObjectReplica(
                    loading: objects[other].saved(), replica: objects[other].replica)
            default: break
            }
        }
        for source in objects { for index in objects.indices { try objects[index].merge(source.encode()) } }
        #expect(!held.isEmpty)
        for held in held {
            let text = try #require(objects[0].document.text(at: held.path)?.string.unicodeScalars)
            let places = try objects.indices.map {
                try objects[$0].position(of: held.anchor, inTextAt: held.path)
            }
            #expect(Set(places).count == 1 && places[0] != nil, "seed \(seed)")
            if let place = Array(text).firstIndex(of: held.scalar) {
                #expect(places[0] == place + (held.anchor.side == .after ? 1 : 0), "seed \(seed)")
            }
        }
    }

    @Test func `asked again, a place costs no replay of the text's history`() throws {
        func seconds(_ edits: Int) throws -> Double {
            var object = try ObjectReplicaTests.make(1)
            try object.edit(time: 0) { editor throws(ObjectError) in
                try editor.put(.text("some words"), at: "text")
            }
            for step in 0..<edits {
                try object.edit(time: 1) { editor throws(ObjectError) in
                    try editor.insertText("x", at: step % 10, in: "text")
                    try editor.deleteText(9 - step % 10..<10 - step % 10, in: "text")
                }
            }
            var anchor = try object.anchor(at: 3, side: .before, inTextAt: "text")
            var best = Double.infinity
            for _ in 0..<3 {
                let time = try ContinuousClock().measure {
                    for _ in 0..<100 {
                        let position = try #require(try object.position(of: anchor, inTextAt: "text"))
                        anchor = try object.anchor(at: position, side: .before, inTextAt: "text")
                    }
                }
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let short = try seconds(100), long = try seconds(3_200)
        // 32 times the history.
        #expect(long < 8 * short, "\(short) s, then \(long) s")
    }

    @Test func `an object whose history rests fetches it for a place, but not for the ends`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.text(String(repeating: "far ", count: 600)), at: "text")
        }
        let anchor = try object.anchor(at: 100, side: .after, inTextAt: "text")
        let content = object.document.savedContent(), history = try object.document.savedHistory()
        var loaded = try ObjectDocument(loading: content) { history }
        #expect(try loaded.position(of: .end, inTextAt: "text") == 2_400 && !loaded.hasHistory)
        #expect(try loaded.position(of: anchor, inTextAt: "text") == 100 && loaded.hasHistory)
        var without = try ObjectDocument(loading: content)
        #expect(throws: ObjectError.self) { try without.position(of: anchor, inTextAt: "text") }
        #expect(throws: ObjectError.self) { try without.anchor(at: 3, side: .after, inTextAt: "text") }
    }
}
