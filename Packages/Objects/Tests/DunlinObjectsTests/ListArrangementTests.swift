import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Testing

/// Elements of lists that are set and moved.
@Suite struct ListArrangementTests {
    /// Two replicas with the same list of three tasks.
    private static func makePair() throws -> (ObjectReplica, ObjectReplica) {
        var a = try ObjectReplicaTests.make(1), b = try ObjectReplicaTests.make(2)
        try a.edit(time: 1) { editor throws(ObjectError) in
            try editor.put(
                .list(["wash", "cook", "read"].map { .map(["title": .string($0), "done": .bool(false)]) }),
                at: "tasks")
        }
        try b.merge(a.encode())
        return (a, b)
    }

    private static func sync(_ a: inout ObjectReplica, _ b: inout ObjectReplica) throws {
        let update = try a.encode()
        try a.merge(b.encode())
        try b.merge(update)
        #expect(a.document.canonicalState() == b.document.canonicalState())
    }

    private static func titles(_ object: ObjectReplica) -> [ObjectValue?] {
        guard case .list(let tasks)? = object.document.value(at: "tasks") else { return [] }
        return tasks.indices.map { object.document.value(at: ObjectPath("tasks/\($0)/title")) }
    }

    @Test func `a task that one moves and another edits is there once, moved and edited`() throws {
        var (a, b) = try Self.makePair()
        try a.edit(time: 2) { editor throws(ObjectError) in
            try editor.move(from: 0, to: 2, inList: "tasks")
        }
        let paths = try b.edit(time: 2) { editor throws(ObjectError) in
            try editor.put(.string("wash up"), at: "tasks/0/title")
            try editor.move(from: 0, to: 1, inList: "tasks")
        }
        #expect(paths == ["tasks", "tasks/1/title"])
        try Self.sync(&a, &b)
        #expect(Self.titles(a) == [.string("cook"), .string("wash up"), .string("read")])
    }

    @Test func `putting a value at an element keeps it the same element`() throws {
        var (a, b) = try Self.makePair()
        // A map stays the same map: fields that are the same are not written.
        try a.edit(time: 2) { editor throws(ObjectError) in
            try editor.put(.map(["title": .string("wash"), "done": .bool(true)]), at: "tasks/0")
        }
        try b.edit(time: 2) { editor throws(ObjectError) in
            try editor.put(.string("wash up"), at: "tasks/0/title")
            try editor.put(.string("nothing"), at: "tasks/2")
            try editor.move(from: 2, to: 0, inList: "tasks")
        }
        try Self.sync(&a, &b)
        #expect(a.document.value(at: "tasks/0") == .string("nothing"))
        #expect(
            a.document.value(at: "tasks/1") == .map(["title": .string("wash up"), "done": .bool(true)]))
        // What was deleted meanwhile does not come back by being set.
        try a.edit(time: 3) { editor throws(ObjectError) in try editor.remove("tasks/0") }
        try b.edit(time: 3) { editor throws(ObjectError) in try editor.put(.integer(1), at: "tasks/0") }
        try Self.sync(&a, &b)
        #expect(Self.titles(a) == [.string("wash up"), .string("cook")])
    }

    @Test func `putting a whole list moves what was moved and sets what was changed`() throws {
        var (a, b) = try Self.makePair()
        func put(_ order: [ObjectValue], _ object: inout ObjectReplica) throws {
            try object.edit(time: 4) { editor throws(ObjectError) in
                try editor.put(.list(order), at: "tasks")
            }
        }
        guard case .list(let tasks)? = a.document.value(at: "tasks") else { return #expect(Bool(false)) }
        for order in [[1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1]] {
            var (x, y) = (a, b)
            try put(order.map { tasks[$0] }, &x)
            try y.edit(time: 4) { editor throws(ObjectError) in
                for place in 0..<3 {
                    try editor.put(.integer(Int64(place)), at: ObjectPath("tasks/\(place)/place"))
                }
            }
            try Self.sync(&x, &y)
            let places = (0..<3).map { x.document.value(at: ObjectPath("tasks/\($0)/place")) }
            #expect(places == order.map { .integer(Int64($0)) }, "\(order)")
        }
        try a.edit(time: 5) { editor throws(ObjectError) in
            try editor.put(.list([.integer(1), .integer(2), .integer(3)]), at: "numbers")
        }
        try b.merge(a.encode())
        try a.edit(time: 6) { editor throws(ObjectError) in
            try editor.put(.list([.integer(1), .integer(20), .integer(3)]), at: "numbers")
        }
        try b.edit(time: 6) { editor throws(ObjectError) in
            try editor.put(.list([.integer(1), .integer(3), .integer(2)]), at: "numbers")
        }
        try Self.sync(&a, &b)
        #expect(a.document.value(at: "numbers") == .list([.integer(1), .integer(3), .integer(20)]))
    }

    @Test func `an object with moved and set elements is saved and goes on`() throws {
        var (a, b) = try Self.makePair()
        try a.edit(time: 2) { editor throws(ObjectError) in
            try editor.move(from: 2, to: 0, inList: "tasks")
            try editor.put(.text("long"), at: "tasks/1")
        }
        let saved = try ObjectDocument(loading: a.document.saved())
        #expect(saved.canonicalState() == a.document.canonicalState())
        var opened = try ObjectReplica(loading: a.saved(), replica: a.replica)
        try b.edit(time: 3) { editor throws(ObjectError) in try editor.remove("tasks/2") }
        try opened.merge(b.encode())
        try a.merge(b.encode())
        #expect(opened.document.canonicalState() == a.document.canonicalState())
        #expect(a.document.value(at: "tasks/0") == .text("long"))
    }

    @Test func `moves beyond the list are refused, by the editor and void from others`() throws {
        var (a, b) = try Self.makePair()
        for (from, to) in [(3, 0), (0, 3), (-1, 0), (0, -1)] {
            #expect(throws: ObjectError.self) {
                try a.edit(time: 2) { editor throws(ObjectError) in
                    try editor.move(from: from, to: to, inList: "tasks")
                }
            }
        }
        #expect(a.document.canonicalState() == b.document.canonicalState())
        // The list is shorter for one who writes on what he has not read.
        try a.edit(time: 3) { editor throws(ObjectError) in
            try editor.insert([.null, .null], at: 0, inList: "tasks")
        }
        try b.edit(time: 3) { editor throws(ObjectError) in
            try editor.move(from: 2, to: 0, inList: "tasks")
        }
        try Self.sync(&a, &b)
        #expect(a.document.value(at: "tasks/2/title") == .string("read"))
    }
}
