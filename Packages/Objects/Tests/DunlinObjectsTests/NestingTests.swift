import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinSequences
import Testing

@Suite struct NestingTests {
    private let replica = ReplicaID(raw: Bytes32())

    private func document() throws -> ObjectDocument {
        ObjectDocument(id: try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16))))
    }

    /// Each map in the one before, made by a change of its own: as somebody would who wants readers to
    /// recurse.
    @Test func `containers nest to a limit and no deeper`() throws {
        var document = try document()
        var path = ""
        var sequence: UInt64 = 0
        var depth = 0
        do throws(ObjectError) {
            while depth < 1_000 {
                path += path.isEmpty ? "a" : "/a"
                let here = ObjectPath(path)
                _ = try document.edit(replica: replica, firstSequence: sequence) {
                    (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.map([:]), at: here)
                }
                sequence += 1
                depth += 1
            }
        } catch {
            #expect(error == .tooDeep(limit: 64))
        }
        #expect(depth == 64)
        let loaded = try ObjectDocument(loading: document.saved())
        #expect(loaded.canonicalState() == document.canonicalState())
    }

    @Test func `a change that nests too deep changes nothing for anybody`() throws {
        var change = Change()
        change.targets = [.root]
        for number in 0..<100 { change.targets.append(.ensured(parent: number, key: "k", kind: .map)) }
        change.operations = [(100, .set(key: "x", .scalar(.null)))]
        var document = try document()
        #expect(throws: ObjectError.tooDeep(limit: 64)) {
            try document.apply(change, replica: replica, firstSequence: 0, parents: [])
        }
        #expect(document.isEmpty)
    }

    @Test(arguments: [65, 10_000]) func `a value nested too deep is refused wherever it is put`(levels: Int)
        throws
    {
        var document = try document()
        func edit(_ edits: (inout ObjectEditor) throws(ObjectError) -> Void) throws(ObjectError) {
            let sequence = document.graph.nextSequence(of: replica)
            _ = try document.edit(replica: replica, firstSequence: sequence, edits)
        }
        try edit { editor throws(ObjectError) in
            try editor.put(.list([.null]), at: "list")
            try editor.put(.text("text"), at: "text")
        }
        let lists = (0..<levels).reduce(ObjectValue.null) { value, _ in .list([value]) }
        let maps = (0..<levels).reduce(ObjectValue.null) { value, _ in .map(["k": value]) }
        for value in [lists, maps] {
            for path: ObjectPath in ["new", "list", "list/0", "list/1"] {
                #expect(throws: ObjectError.tooDeep(limit: 64), "\(path)") {
                    var copy = document
                    _ = try copy.edit(replica: replica, firstSequence: 9) {
                        (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(value, at: path)
                    }
                }
            }
            #expect(throws: ObjectError.tooDeep(limit: 64)) {
                var copy = document
                _ = try copy.edit(replica: replica, firstSequence: 9) {
                    (editor: inout ObjectEditor) throws(ObjectError) in
                    try editor.insert([.null, value], at: 0, inList: "list")
                }
            }
        }
        let mark = (0..<levels).reduce(CBORValue.null) { value, _ in .array([value]) }
        #expect(throws: ObjectError.unreadableMark) {
            try edit { editor throws(ObjectError) in try editor.markText(0..<2, "k", mark, in: "text") }
        }
    }

    @Test(arguments: [UInt64.max, UInt64.max - 1]) func `a change whose numbers would not end is refused`(
        first: UInt64
    ) throws {
        var change = Change()
        change.targets = [.root, .madeByWriter(sequence: first, kind: .list)]
        change.operations = [
            (0, .set(key: "x", .make(.list))),
            (1, .list(SequenceOperation(.insert, at: 0, count: 2), inserted: [.make(.map), .make(.map)])),
        ]
        var document = try document()
        #expect(throws: ObjectError.graph(.full)) {
            try document.apply(change, replica: replica, firstSequence: first, parents: [])
        }
        #expect(document.isEmpty)
    }

    @Test func `a container that no event made is unknown`() throws {
        var change = Change()
        change.targets = [.root, .madeByWriter(sequence: 0, kind: .map)]
        change.operations = [(0, .set(key: "x", .scalar(.null))), (1, .set(key: "y", .scalar(.null)))]
        var document = try document()
        #expect(throws: ObjectError.unknownContainer) {
            try document.apply(change, replica: replica, firstSequence: 0, parents: [])
        }
    }

    /// One replica has met the container's event, another has not: the change must mean the same to both.
    @Test func `a container that is concurrent to a change is unknown to it`() throws {
        let other = ReplicaID(raw: try #require(Bytes32([UInt8](repeating: 2, count: 32))))
        var made = try document()
        let change = try made.edit(replica: replica, firstSequence: 0) {
            (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.map(["m": .map([:])]), at: "")
        }.1
        #expect(change != nil)
        var stranger = Change()
        stranger.targets = [.made(EventID(replica: replica, sequence: 0), kind: .map)]
        stranger.operations = [(0, .set(key: "x", .scalar(.null)))]
        #expect(throws: ObjectError.unknownContainer) {
            try made.apply(stranger, replica: other, firstSequence: 0, parents: [])
        }
        var empty = try document()
        #expect(throws: ObjectError.unknownContainer) {
            try empty.apply(stranger, replica: other, firstSequence: 0, parents: [])
        }
    }
}
