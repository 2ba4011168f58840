import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinSequences
import Foundation
import Testing

/// Changes that only a writer with another program makes.
@Suite struct ForeignChangeTests {
    private let replica = ReplicaID(raw: Bytes32())

    private func document() throws -> ObjectDocument {
        var document = ObjectDocument(id: try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16))))
        _ = try document.edit(replica: replica, firstSequence: 0) {
            (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.text("ab"), at: "text")
        }
        return document
    }

    private func deletion(at position: Int, count: Int) -> Change {
        var change = Change()
        change.targets = [.root, .ensured(parent: 0, key: "text", kind: .text)]
        let operation = SequenceOperation(.deleteBackward, at: position, count: count)
        change.operations = [(target: 1, operation: .text(operation, inserted: []))]
        return change
    }

    @Test func `a deletion that comes down from beyond the end is kept as it is`() throws {
        var document = try document()
        let change = try Change(decoding: deletion(at: 6, count: 7).encoded())
        try document.apply(change, replica: replica, firstSequence: 100, parents: document.frontier)
        #expect(document.text(at: "text")?.string == "")
        let loaded = try ObjectDocument(loading: document.saved())
        #expect(loaded.canonicalState() == document.canonicalState())
    }

    @Test func `a deletion that reaches below the beginning is refused`() throws {
        var bytes = deletion(at: 6, count: 7).encoded()
        let count = try #require(bytes.lastIndex(of: 7))
        bytes[count] = 8
        #expect(throws: (any Error).self) { try Change(decoding: bytes) }
        #expect(SequenceOperation(reading: .deleteBackward, at: 6, count: 8) == nil)
        #expect(SequenceOperation(reading: .insert, at: 6, count: 0) == nil)
        #expect(SequenceOperation(reading: .deleteForward, at: 1 << 63, count: 1) == nil)
    }

    /// An insertion that follows a billion deletions, concurrent to another: places are looked up by version.
    @Test func `deletions by the billion take no memory`() throws {
        var document = try document()
        let base = document.frontier
        _ = try document.edit(replica: replica, firstSequence: 10) {
            (editor: inout ObjectEditor) throws(ObjectError) in try editor.insertText("c", at: 2, in: "text")
        }
        var change = Change()
        change.targets = [.root, .ensured(parent: 0, key: "text", kind: .text)]
        change.operations = [
            (
                target: 1,
                operation: .text(SequenceOperation(.deleteForward, at: 5, count: 1 << 30), inserted: [])
            ),
            (target: 1, operation: .text(SequenceOperation(.insert, at: 0, count: 1), inserted: [0x78])),
            (target: 1, operation: .text(SequenceOperation(.insert, at: 1, count: 1), inserted: [0x79])),
            (
                target: 1,
                operation: .mark(
                    .init(
                        start: .scalarOfWriter(sequence: 1 << 30, .before), end: .border(.before), key: "k",
                        value: .null))
            ),
        ]
        let other = try #require(ReplicaID(bytes: [UInt8](repeating: 9, count: 32)))
        // Other tests run beside this one; an index by version would take 4 GiB.
        let before = residentByteCount()
        try document.apply(
            Change(decoding: change.encoded()), replica: other, firstSequence: 0, parents: base)
        #expect(residentByteCount() - before < 1 << 30)
        #expect(document.text(at: "text")?.string == "xyabc")
        #expect(document.attributedRuns(ofTextAt: "text").map(\.range) == [0..<5])
        #expect(residentByteCount() - before < 1 << 30)
        let loaded = try ObjectDocument(loading: document.saved())
        #expect(loaded.canonicalState() == document.canonicalState())
    }

    @Test func `a change that names its own container as another's does the same beside concurrent ones`()
        throws
    {
        let other = try #require(ReplicaID(bytes: [UInt8](repeating: 9, count: 32)))
        var change = Change()
        change.targets = [.root, .made(EventID(replica: other, sequence: 0), kind: .list)]
        change.operations = [
            (target: 0, operation: .set(key: "made", .make(.list))),
            (
                target: 1,
                operation: .list(
                    SequenceOperation(.insert, at: 0, count: 1), inserted: [.scalar(.integer(1))])
            ),
        ]
        let read = try Change(decoding: change.encoded())
        var line = try document(), branch = line
        let base = line.frontier
        let edit = { (document: inout ObjectDocument) in
            _ = try document.edit(replica: replica, firstSequence: 10) {
                (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.integer(1), at: "beside")
            }
        }
        try line.apply(read, replica: other, firstSequence: 0, parents: base)
        try edit(&branch)
        try branch.apply(read, replica: other, firstSequence: 0, parents: base)
        try edit(&line)
        #expect(line.canonicalState() == branch.canonicalState())
        #expect(line.value(at: "made") == .list([.integer(1)]))
    }

    private func residentByteCount() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
    }
}
