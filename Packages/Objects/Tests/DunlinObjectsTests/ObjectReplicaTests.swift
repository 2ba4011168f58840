import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Testing

@Suite struct ObjectReplicaTests {
    static func make(_ number: UInt8) throws -> ObjectReplica {
        ObjectReplica(
            id: try #require(ObjectID(bytes: [UInt8](repeating: 7, count: 16))),
            replica: try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32))))
    }

    static func edit(_ object: inout ObjectReplica, _ random: inout SeededGenerator, time: UInt64) throws {
        let keys: [UTF8String] = ["a", "b", "c"]
        let key = keys.randomElement(using: &random) ?? "a"
        let choice = Int.random(in: 0..<9, using: &random), number = Int64.random(in: 0..<100, using: &random)
        let place = Int.random(in: 0..<50, using: &random)
        try object.edit(time: time) { editor throws(ObjectError) in
            switch choice {
            case 0: try editor.put(.integer(number), at: ObjectPath([.key(key)]))
            case 1: try editor.put(.map(["x": .integer(number)]), at: "map")
            case 2: try editor.put(.text("start \(number)"), at: "text")
            case 3:
                guard let text = editor.text(at: "text") else { return }
                try editor.insertText("<\(number)>", at: min(place, text.count), in: "text")
            case 4:
                if editor.value(at: "list") == nil { try editor.put(.list([]), at: "list") }
                try editor.insert([.integer(number)], at: 0, inList: "list")
            case 5: try editor.remove(ObjectPath([.key(key)]))
            case 6, 7:
                guard case .list(let items)? = editor.value(at: "list"), !items.isEmpty else { return }
                if choice == 6 {
                    try editor.move(from: place % items.count, to: 0, inList: "list")
                } else {
                    try editor.put(.integer(number), at: ObjectPath("list/\(place % items.count)"))
                }
            default:
                if editor.value(at: "n") == nil { try editor.put(.counter(0), at: "n") }
                try editor.add(number, to: "n")
            }
        }
    }

    @Test(arguments: Seeds.first(24))
    func `replicas that merge at random have one state, history and past`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        var objects = try (1...4).map { try Self.make(UInt8($0)) }
        var snapshots: [(version: VersionVector, state: [UInt8])] = []
        for step in 0..<50 {
            let index = Int.random(in: 0..<4, using: &random)
            try Self.edit(&objects[index], &random, time: UInt64(step))
            if Int.random(in: 0..<3, using: &random) == 0 {
                let other = Int.random(in: 0..<4, using: &random)
                let since = Bool.random(using: &random) ? objects[other].version : VersionVector()
                try objects[other].merge(objects[index].encode(since: since))
                snapshots.append((objects[other].version, objects[other].document.canonicalState()))
            }
            if Int.random(in: 0..<15, using: &random) == 0 {
                objects[index] = try ObjectReplica(
                    loading: objects[index].saved(), replica: objects[index].replica)
            }
        }
        for source in objects { for index in objects.indices { try objects[index].merge(source.encode()) } }
        let state = objects[0].document.canonicalState()
        for object in objects {
            #expect(object.document.canonicalState() == state, "seed \(seed)")
            #expect(Set(object.history()) == Set(objects[0].history()), "seed \(seed)")
            for snapshot in snapshots {
                #expect(
                    try object.state(at: snapshot.version).canonicalState() == snapshot.state, "seed \(seed)")
            }
        }
    }

    @Test func `changes are told by their paths, in the present and between versions`() throws {
        var a = try Self.make(1), b = try Self.make(2)
        try a.edit(time: 10) { editor throws(ObjectError) in
            try editor.put(
                .map(["title": .string("x"), "body": .text("hello"), "tags": .list([.integer(1)])]),
                at: "note")
        }
        let before = a.version
        #expect(try b.merge(a.encode()).contains("note") && b.document.root() == a.document.root())
        let changed = try a.edit(time: 11) { editor throws(ObjectError) in
            try editor.insertText("!", at: 5, in: "note/body")
            try editor.put(.string("y"), at: "note/title")
        }
        #expect(changed == ["note/body", "note/title"])
        #expect(try b.merge(a.encode(since: before)) == changed)
        try b.edit(time: 12) { editor throws(ObjectError) in
            try editor.insertText("?", at: 6, in: "note/body")
        }
        var document = b.document
        let authors = try document.authorship(of: 0..<7, inTextAt: "note/body")
        #expect(authors.map(\.range) == [0..<5, 5..<6, 6..<7])
        #expect(authors.map(\.first.replica) == [a.replica, a.replica, b.replica])
        #expect(
            ObjectPath("note/body").isTouched(by: changed[0]) && ObjectPath("note").isTouched(by: changed[0]))
        #expect(!ObjectPath("note/tags").isTouched(by: changed[0]))
        #expect(
            try b.diff(from: before, to: b.version) == [
                ObjectDifference(path: "note/body", old: .text("hello"), new: .text("hello!?")),
                ObjectDifference(path: "note/title", old: .string("x"), new: .string("y")),
            ])
        #expect(b.history().map(\.time) == [10, 11, 12] && b.history(upTo: before).count == 1)
        #expect(try b.state(at: before).root()["note"]?["title"] == .string("x"))
    }

    @Test func `an edit that fails leaves nothing, and later transactions wait for earlier ones`() throws {
        var a = try Self.make(1), b = try Self.make(2)
        try a.edit(time: 1) { editor throws(ObjectError) in try editor.put(.integer(1), at: "k") }
        let first = try a.encode(), version = a.version, state = a.document.canonicalState()
        #expect(throws: ObjectError.self) {
            try a.edit(time: 2) { editor throws(ObjectError) in
                try editor.put(.integer(2), at: "k")
                try editor.insertText("x", at: 0, in: "nowhere")
            }
        }
        #expect(a.document.canonicalState() == state && a.version == version)
        try a.edit(time: 3) { editor throws(ObjectError) in try editor.put(.integer(3), at: "k") }
        let second = try a.encode(since: version)
        #expect(throws: ObjectError.self) { try b.merge(second) }
        #expect(b.document.isEmpty)
        try b.merge(first)
        try b.merge(second)
        #expect(b.document.root() == a.document.root())
        #expect(try b.merge(a.encode()).isEmpty)
    }

    @Test func `damaged updates give an error or an object, and never trap`() throws {
        var random = SeededGenerator(seed: 4)
        var a = try Self.make(1), b = try Self.make(2)
        for step in 0..<20 {
            try Self.edit(&a, &random, time: UInt64(step))
            try Self.edit(&b, &random, time: UInt64(step))
            if step % 5 == 0 { try a.merge(b.encode()) }
        }
        let bytes = try a.encode()
        for end in bytes.indices {
            var fresh = try Self.make(9)
            #expect(throws: ObjectError.self) { try fresh.merge(Array(bytes[..<end])) }
            #expect(fresh.document.isEmpty)
        }
        for _ in 0..<3_000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            var fresh = try Self.make(9)
            do { try fresh.merge(changed) } catch { #expect(fresh.document.isEmpty) }
        }
    }

    @Test func `paths read back what they write, keys that look like places included`() {
        let keys: [UTF8String] = ["a", "", "12", "~", "/", "~1", "~2", "~0x/", "a~b", "٣"]
        // Swift joins these with what stands before them: a slash, a digit or a tilde.
        let joined: [UTF8String] = [
            "\u{301}", "\u{301}b", "1\u{20e3}", "~\u{301}", "/\u{301}", "\u{200d}", "\n",
        ]
        for key in keys + joined {
            for path in [
                [.key("x"), .key(key), .index(4)], [.index(1), .key(key)], [.key(key), .key(key)],
            ]
            .map(ObjectPath.init(_:)) {
                #expect(ObjectPath(path.description) == path, "\(path)")
            }
        }
        #expect(ObjectPath([.key("a"), .key("\u{301}b"), .index(3)]).steps.count == 3)
        #expect(ObjectPath("a/0/b").steps == [.key("a"), .index(0), .key("b")])
    }

    @Test func `each transaction of the history leads to what its author saw after it`() throws {
        var object = try Self.make(1), other = try Self.make(2)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.text("one"), at: "t") }
        try other.merge(object.encode())
        try object.edit(time: 1) { editor throws(ObjectError) in try editor.insertText("!", at: 3, in: "t") }
        try other.edit(time: 2) { editor throws(ObjectError) in try editor.insertText("?", at: 0, in: "t") }
        try object.merge(other.encode())
        let shown = try object.history().map { transaction in
            let version = try #require(object.version(after: transaction))
            return try object.state(at: version).text(at: "t")?.string
        }
        #expect(shown == ["one", "one!", "?one"])
        var later = other
        try later.edit(time: 3) { editor throws(ObjectError) in try editor.remove("t") }
        #expect(object.version(after: try #require(later.history().last)) == nil)
    }

    @Test func `an edit that is refused at once costs no replay`() throws {
        func seconds(_ edits: Int) throws -> Double {
            var object = try Self.make(1)
            for step in 0..<edits {
                try object.edit(time: 0) { editor throws(ObjectError) in
                    try editor.put(.integer(Int64(step)), at: "a")
                }
            }
            var best = Double.infinity
            for _ in 0..<3 {
                let time = ContinuousClock().measure {
                    for _ in 0..<100 {
                        #expect(throws: ObjectError.outOfRange(9..<9, count: 0)) {
                            try object.edit(time: 1) { editor throws(ObjectError) in
                                throw .outOfRange(9..<9, count: 0)
                            }
                        }
                    }
                }
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let short = try seconds(100), long = try seconds(3_200)
        #expect(long < 8 * short, "\(short) s, then \(long) s")
    }

    @Test func `who wrote a text and what its marks show are asked of the object itself`() throws {
        var object = try Self.make(1), other = try Self.make(2)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.text("abc"), at: "t") }
        try other.merge(object.encode())
        try other.edit(time: 1) { editor throws(ObjectError) in
            try editor.insertText("de", at: 3, in: "t")
            try editor.markText(0..<2, "bold", .bool(true), in: "t")
        }
        let authors = try other.authorship(of: 0..<5, inTextAt: "t")
        #expect(authors.map(\.range) == [0..<3, 3..<5])
        #expect(authors.map(\.first.replica) == [object.replica, other.replica])
        #expect(other.attributedRuns(ofTextAt: "t").map(\.range) == [0..<2, 2..<5])
        #expect(try other.authorship(of: 0..<5, inTextAt: "none").isEmpty)
    }
}
