import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Testing

@Suite struct SameStateTests {
    @Test(arguments: Seeds.first(20))
    func `two objects have the same state when their canonical bytes are the same`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 40)
        var objects = try (1...3).map { try ObjectReplicaTests.make(UInt8($0)) }
        for step in 0..<30 {
            let index = Int.random(in: 0..<3, using: &random), other = Int.random(in: 0..<3, using: &random)
            try ObjectReplicaTests.edit(&objects[index], &random, time: UInt64(step))
            if Bool.random(using: &random) { try objects[other].merge(objects[index].encode()) }
            for a in objects {
                for b in objects {
                    let isSame = a.document.canonicalState() == b.document.canonicalState()
                    #expect(a.hasSameState(as: b) == isSame, "seed \(seed)")
                }
            }
        }
    }

    @Test func `what was done and taken back leaves the same state at another version`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["text": .text("abc"), "n": .integer(1)]), at: "")
        }
        try b.merge(a.encode())
        try b.edit(time: 1) { editor throws(ObjectError) in try editor.insertText("x", at: 0, in: "text") }
        #expect(!a.hasSameState(as: b))
        try b.edit(time: 1) { editor throws(ObjectError) in try editor.deleteText(0..<1, in: "text") }
        #expect(a.version != b.version && a.hasSameState(as: b))
        // What shows is the same, what it was won against is not; and what marks show counts.
        let third = try ObjectReplicaTests.make(3).replica
        var c = try ObjectReplica(loading: b.saved(), replica: third)
        try a.edit(time: 2) { editor throws(ObjectError) in try editor.put(.integer(2), at: "n") }
        try b.edit(time: 2) { editor throws(ObjectError) in try editor.put(.integer(3), at: "n") }
        try a.merge(b.encode())
        #expect(a.document.root() == b.document.root() && !a.hasSameState(as: b))
        try c.edit(time: 2) { editor throws(ObjectError) in
            try editor.put(.integer(3), at: "n")
            try editor.markText(0..<1, "bold", .bool(true), in: "text")
        }
        #expect(b.document.root() == c.document.root() && !b.hasSameState(as: c))
    }

    @Test func `another object that holds the same has the same state`() throws {
        let other = try #require(ObjectID(bytes: [UInt8](repeating: 8, count: 16)))
        var a = try ObjectReplicaTests.make(1), b = ObjectReplica(id: other, replica: a.replica)
        try a.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(1), at: "n") }
        try b.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(2), at: "n") }
        // The same version vector, but not of the same object.
        #expect(a.version == b.version && !a.hasSameState(as: b))
        try b.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(1), at: "n") }
        #expect(a.hasSameState(as: b))
    }

    @Test func `at one version nothing is looked at`() throws {
        func seconds(_ count: Int) throws -> Double {
            var object = try ObjectReplicaTests.make(1)
            let text = String(repeating: "word ", count: count)
            try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.text(text), at: "text") }
            let copy = try ObjectReplica(loading: object.saved(), replica: object.replica)
            var best = Double.infinity
            for _ in 0..<3 {
                let time = ContinuousClock().measure {
                    for _ in 0..<200 { #expect(object.hasSameState(as: copy)) }
                }
                best = min(best, time / .seconds(1))
            }
            return best
        }
        let short = try seconds(50), long = try seconds(50_000)
        #expect(long < 8 * short, "\(short) s, then \(long) s")
    }
}
