import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Testing

/// Objects that forget their history before a version that all have agreed on, beside others that do not.
@Suite struct ForgettingTests {
    private static func edit(
        _ object: inout ObjectReplica, _ random: inout SeededGenerator, time: UInt64
    ) throws {
        guard Int.random(in: 0..<3, using: &random) == 0, let count = object.document.text(at: "text")?.count
        else { return try ObjectReplicaTests.edit(&object, &random, time: time) }
        let start = Int.random(in: 0...count, using: &random)
        let end = Int.random(in: start...count, using: &random)
        let marks = Bool.random(using: &random)
        let value: CBORValue? = Bool.random(using: &random) ? .bool(true) : nil
        try object.edit(time: time) { editor throws(ObjectError) in
            if marks {
                try editor.markText(start..<end, "bold", value, expansion: .after, in: "text")
            } else {
                try editor.deleteText(start..<end, in: "text")
            }
        }
    }

    private static func syncAll(_ objects: inout [ObjectReplica]) throws {
        for source in objects {
            for index in objects.indices {
                try objects[index].merge(source.encode(since: objects[index].version))
            }
        }
        for source in objects {
            for index in objects.indices {
                try objects[index].merge(source.encode(since: objects[index].version))
            }
        }
    }

    @Test(arguments: Seeds.first(20))
    func `who has forgotten goes on with who has not, and shows the same`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        var objects = try (1...4).map { try ObjectReplicaTests.make(UInt8($0)) }
        var agreed = VersionVector(), versions: [VersionVector] = []
        for step in 0..<120 {
            let index = Int.random(in: 0..<4, using: &random)
            try Self.edit(&objects[index], &random, time: UInt64(step))
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<5:
                let other = Int.random(in: 0..<4, using: &random)
                let since = Bool.random(using: &random) ? objects[other].version : agreed
                try objects[other].merge(objects[index].encode(since: since))
                versions.append(objects[other].version)
            case 5:
                objects[index] = try ObjectReplica(
                    loading: objects[index].saved(), replica: objects[index].replica)
            case 6 where step > 20:
                try Self.syncAll(&objects)
                agreed = objects[0].version
                versions = [agreed]
            case 7 where !agreed.isEmpty:
                // The first one never forgets.
                let other = Int.random(in: 1..<4, using: &random), before = objects[other].document
                try objects[other].forgetHistory(before: agreed)
                let after = objects[other].document
                #expect(after.canonicalState() == before.canonicalState(), "seed \(seed)")
                #expect(after.versionVector == before.versionVector, "seed \(seed)")
            default: break
            }
        }
        try Self.syncAll(&objects)
        let state = objects[0].document.canonicalState()
        let past = try versions.shuffled(using: &random).prefix(8).map { version in
            (version, try objects[0].state(at: version).canonicalState())
        }
        for object in objects {
            #expect(object.document.canonicalState() == state, "seed \(seed)")
            for (version, state) in past {
                #expect(try object.state(at: version).canonicalState() == state, "seed \(seed)")
            }
            let since = object.forgottenVersion
            #expect(try object.encode(since: since) == object.encode(since: since), "seed \(seed)")
            var copy = try ObjectReplica(loading: object.saved(), replica: object.replica)
            try copy.merge(objects[0].encode(since: since))
            #expect(copy.document.canonicalState() == state, "seed \(seed)")
            let history = try object.document.savedHistory()
            var document = try ObjectDocument(loading: object.document.savedContent()) { history }
            #expect(document.canonicalState() == state, "seed \(seed)")
            try document.open()
            #expect(document.canonicalState() == state, "seed \(seed)")
        }
    }

    @Test func `what is forgotten takes no room, and what asks for it is refused whole`() throws {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.map(["text": .text("begin"), "list": .list([.integer(1)])]), at: "")
        }
        try b.merge(a.encode())
        let early = b.version
        for step in 0..<500 {
            let word = "word \(step) "
            try a.edit(time: 1) { editor throws(ObjectError) in
                try editor.insertText(word, at: 5, in: "text")
                try editor.deleteText(5..<5 + word.count, in: "text")
                try editor.put(.integer(Int64(step)), at: "list/0")
                try editor.put(.integer(Int64(step)), at: "n")
            }
        }
        var late = b
        try b.merge(a.encode())
        let before = try a.document.saved().count, whole = a.saved().count
        try a.forgetHistory(before: a.version)
        #expect(try a.document.saved().count * 5 < before && a.saved().count * 5 < whole)
        #expect(a.document.root() == b.document.root() && a.history().isEmpty)

        // Somebody who was away since the beginning.
        try late.edit(time: 2) { editor throws(ObjectError) in try editor.put(.integer(1), at: "late") }
        let state = a.document.canonicalState(), version = a.version
        #expect(throws: ObjectError.graph(.forgotten)) { try a.merge(late.encode()) }
        #expect(throws: ObjectError.graph(.forgotten)) { try a.merge(late.encode(since: early)) }
        #expect(throws: ObjectError.graph(.forgotten)) { try a.encode(since: early) }
        #expect(throws: ObjectError.graph(.forgotten)) { try a.state(at: early) }
        #expect(a.document.canonicalState() == state && a.version == version)
        // Events that have not seen all of a version keep it from being forgotten.
        try b.merge(late.encode(since: early))
        #expect(throws: ObjectError.graph(.notSettled)) { try b.forgetHistory(before: version) }
        // What is known is taken again, and what follows.
        try a.merge(late.encode(since: late.version))
        var c = try ObjectReplicaTests.make(3)
        c = try ObjectReplica(loading: a.saved(), replica: c.replica)
        try c.edit(time: 3) { editor throws(ObjectError) in try editor.move(from: 0, to: 0, inList: "list") }
        try c.edit(time: 3) { editor throws(ObjectError) in try editor.insertText("!", at: 5, in: "text") }
        try a.merge(c.encode(since: version))
        #expect(a.document.root() == c.document.root())
    }

    @Test func `damage to a saved object that has forgotten is refused, and never traps`()
        throws
    {
        var random = SeededGenerator(seed: 9)
        var a = try ObjectReplicaTests.make(1)
        for step in 0..<80 { try Self.edit(&a, &random, time: UInt64(step)) }
        try a.forgetHistory(before: a.version)
        for step in 0..<10 { try Self.edit(&a, &random, time: UInt64(step)) }
        let saved = a.saved()
        for end in saved.indices {
            #expect(throws: ObjectError.self) {
                try ObjectReplica(loading: Array(saved[..<end]), replica: a.replica)
            }
        }
        for _ in Seeds.first(800) {
            var changed = saved
            changed[Int.random(in: 0..<saved.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            let (damaged, forged) = (changed, SavingTests.withChecksum(changed))
            #expect(throws: ObjectError.bytes(.damaged)) {
                try ObjectReplica(loading: damaged, replica: a.replica)
            }
            guard var read = try? ObjectReplica(loading: forged, replica: a.replica) else { continue }
            try? Self.edit(&read, &random, time: 1)
            _ = try? read.state(at: read.version)
            _ = try? ObjectReplica(loading: read.saved(), replica: a.replica)
        }
    }
}
