import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinSequences
import Testing

/// What is refused of an object that has forgotten leaves it as it was, down to what it hands on.
@Suite struct RefusalTests {
    private struct Refused: Error {}

    /// An object that has forgotten a value which was overwritten since.
    private static func makeForgetful() throws -> ObjectReplica {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.integer(1), at: "a")
            try editor.put(.text("kept"), at: "text")
        }
        let agreed = object.version
        for step in 1...3 {
            try object.edit(time: UInt64(step)) { editor throws(ObjectError) in
                try editor.put(.integer(Int64(step)), at: "a")
            }
        }
        try object.forgetHistory(before: agreed)
        return object
    }

    private static func expect(_ object: ObjectReplica, isAs before: ObjectReplica) throws {
        #expect(object.document.canonicalState() == before.document.canonicalState())
        #expect(object.version == before.version)
        #expect(object.history() == before.history())
        let since = object.forgottenVersion
        #expect(try object.encode(since: since) == before.encode(since: since))
        let loaded = try ObjectReplica(loading: object.saved(), replica: object.replica)
        #expect(loaded.document.canonicalState() == before.document.canonicalState())
        #expect(
            try object.state(at: object.version).canonicalState() == before.document.canonicalState())
    }

    @Test func `an edit that fails after forgetting changes nothing`() throws {
        var object = try Self.makeForgetful()
        let before = object
        #expect(throws: ObjectError.self) {
            try object.edit(time: 9) { editor throws(ObjectError) in
                try editor.put(.integer(9), at: "a")
                try editor.insertText("x", at: 1_000, in: "text")
            }
        }
        try Self.expect(object, isAs: before)
    }

    @Test func `a merge that is refused behind a void transaction changes and tells nothing`() throws {
        var object = try Self.makeForgetful()
        try object.forgetHistory(before: object.version)
        let before = object
        let strangers = try (7...9).map { number in
            try #require(ReplicaID(bytes: [UInt8](repeating: UInt8(number), count: 32)))
        }
        var graph = object.document.graph
        let start = graph.count, horizon = graph.frontier
        try graph.append(replica: strangers[0], sequence: 0, count: 1, parents: horizon)
        let void = try graph.append(replica: strangers[1], sequence: 0, count: 1, parents: horizon)
        try graph.append(replica: strangers[2], sequence: 0, count: 1, parents: [void.lowerBound])
        var typed = Change(), lost = Change()
        typed.targets = [.root, .ensured(parent: 0, key: "text", kind: .text)]
        let insertion = SequenceOperation(.insert, at: 0, count: 1)
        typed.operations = [(target: 1, operation: .text(insertion, inserted: [0x78]))]
        lost.targets = [.made(EventID(replica: strangers[0], sequence: 99), kind: .map)]
        lost.operations = [(target: 0, operation: .set(key: "a", .scalar(.integer(7))))]
        var writer = ByteWriter()
        writer.raw(object.document.id.bytes)
        EventBatch(of: graph, in: [start..<graph.count]).write(&writer)
        writer.varint(3)
        for change in [typed, lost, typed] {
            writer.zigzag(0)
            writer.sized(change.encoded())
        }
        #expect(throws: ObjectError.graph(.forgotten)) {
            try object.merge(writer.bytes) { Issue.record("\($0)") }
        }
        try Self.expect(object, isAs: before)
    }

    @Test func `an object in which nothing is left is not one that nothing happened to`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(1), at: "a") }
        try object.edit(time: 1) { editor throws(ObjectError) in try editor.remove("a") }
        #expect(!object.document.isEmpty)
        try object.forgetHistory(before: object.version)
        #expect(!object.document.isEmpty)
    }

    @Test func `a field name that nobody could read is refused`() throws {
        var object = try ObjectReplicaTests.make(1), other = try ObjectReplicaTests.make(2)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(1), at: "a") }
        let before = object
        for length in [65_537, 70_000] {
            let key = UTF8String(String(repeating: "k", count: length)), path = ObjectPath([.key(key)])
            for way in 0..<6 {
                #expect(throws: ObjectError.keyTooLong(byteCount: length, limit: 65_536)) {
                    _ = try object.edit(time: 1) { editor throws(ObjectError) in
                        switch way {
                        case 0: try editor.put(.null, at: path)
                        case 1: try editor.put(.map(["a": .null, key: .null]), at: "")
                        case 2: try editor.put(.map([key: .list([])]), at: "b")
                        case 3: try editor.ensure(path, .text)
                        case 4: try editor.add(1, to: path)
                        default: try editor.remove(path)
                        }
                    }
                }
            }
        }
        try Self.expect(object, isAs: before)
        let longest = ObjectPath([.key(UTF8String(String(repeating: "k", count: 65_536)))])
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.put(.integer(2), at: longest)
            try editor.ensure(longest.parent.appending("t"), .text)
        }
        try other.merge(object.encode())
        #expect(other.document.value(at: longest) == .integer(2))
    }

    @Test func `what stands in the way of a container is kept`() throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in
            try editor.put(.string("Trip"), at: "title")
            try editor.put(.text("long"), at: "text")
        }
        for path: ObjectPath in ["title", "text"] {
            #expect(throws: ObjectError.otherValue(path: path.description, kind: .counter)) {
                try object.edit(time: 1) { editor throws(ObjectError) in try editor.add(1, to: path) }
            }
        }
        #expect(throws: ObjectError.otherValue(path: "title", kind: .text)) {
            try object.edit(time: 1) { editor throws(ObjectError) in try editor.ensure("title", .text) }
        }
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.ensure("text", .text)
            try editor.add(2, to: "n")
        }
        #expect(
            object.document.root().json == #"{"n":{"@counter":2},"text":{"@text":"long"},"title":"Trip"}"#)
    }

    @Test func `an update of another object is refused`() throws {
        var object = try ObjectReplicaTests.make(1)
        var other = ObjectReplica(
            id: try #require(ObjectID(bytes: [UInt8](repeating: 8, count: 16))), replica: object.replica)
        try other.edit(time: 0) { editor throws(ObjectError) in try editor.put(.integer(1), at: "a") }
        #expect(throws: ObjectError.otherObject(other.document.id)) { try object.merge(other.encode()) }
        #expect(throws: ObjectError.malformed) { try object.merge([]) }
        #expect(object.document.isEmpty)
    }

    @Test func `numbers and parents that cannot be are refused`() throws {
        var change = Change()
        change.targets = [.root]
        change.operations = [(target: 0, operation: .set(key: "a", .scalar(.null)))]
        var document = try ObjectReplicaTests.make(1).document
        let replica = try ObjectReplicaTests.make(1).replica
        for parents in [[5], [-1], [0]] {
            #expect(throws: ObjectError.graph(.unknownParent(parents[0]))) {
                try document.apply(change, replica: replica, firstSequence: 0, parents: parents)
            }
        }
        #expect(throws: ObjectError.graph(.full)) {
            try document.apply(change, replica: replica, firstSequence: .max, parents: [])
        }
        #expect(document.isEmpty)
    }

    @Test(arguments: [3, 1 << 20, 1 << 31, 1 << 33, (1 << 48) - 1])
    func `a saved list that says it was longer than it can have been is not forgotten`(length: Int) throws {
        var object = try ObjectReplicaTests.make(1)
        try object.edit(time: 0) { editor throws(ObjectError) in try editor.put(.list([.null]), at: "list") }
        let agreed = object.version
        try object.edit(time: 1) { editor throws(ObjectError) in
            try editor.insert([.null], at: 0, inList: "list")
        }
        let first = object.document.graph.count - 2
        func log(lengthBefore: Int) -> [UInt8] {
            var log = SequenceLog(), writer = ByteWriter()
            for (start, length) in [(first, 0), (first + 1, lengthBefore)] {
                log.append(
                    SequenceLog.Run(
                        .insert, start: start, count: 1, position: 0, isVoid: false, isLinear: true,
                        lengthBefore: length))
            }
            log.write(&writer)
            return writer.bytes
        }
        let saved = try object.document.saved(), honest = log(lengthBefore: 1)
        let place = try #require(saved.indices.first { saved[$0...].starts(with: honest) })
        let changed = saved[..<place] + log(lengthBefore: length) + saved[(place + honest.count)...]
        var document = try ObjectDocument(loading: SavingTests.withChecksum(Array(changed)))
        let state = document.canonicalState()
        #expect(throws: ObjectError.malformed) { try document.forgetHistory(before: agreed) }
        #expect(document.canonicalState() == state && document.versionVector == object.version)
    }
}
