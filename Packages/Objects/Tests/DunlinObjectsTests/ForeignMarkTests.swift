import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinSequences
import DunlinTextCRDT
import Testing

/// Marks that only a writer with another program makes.
@Suite struct ForeignMarkTests {
    private func replicas() throws -> (Replica, Replica) {
        var a = try Replica(1), b = try Replica(2)
        // Events: 0 ensures the text, 1 to 5 insert, 6 ensures the counter, 7 adds; then a deletion.
        try a.edit {
            try $0.put(.text("abcde"), at: "body")
            try $0.add(2, to: "n")
        }
        try a.edit { try $0.deleteText(1..<2, in: "body") }
        for delivery in a.sent { _ = try b.receive(delivery) }
        return (a, b)
    }

    private func change(_ start: Operation.Anchor, _ end: Operation.Anchor) -> Change {
        var change = Change()
        change.targets = [.root, .ensured(parent: 0, key: "body", kind: .text)]
        change.operations = [(1, .mark(.init(start: start, end: end, key: "k", value: .null)))]
        return change
    }

    /// What a mark shows in "acde", after it went through its bytes and the document through its own.
    private func shown(
        _ replica: Replica, _ start: Operation.Anchor, _ end: Operation.Anchor
    ) throws -> [Range<Int>] {
        var document = replica.document
        let change = try Change(decoding: change(start, end).encoded())
        try document.apply(change, replica: replica.id, firstSequence: 5 << 32, parents: document.frontier)
        var loaded = try ObjectDocument(loading: document.saved())
        #expect(loaded.canonicalState() == document.canonicalState())
        let runs = document.attributedRuns(ofTextAt: "body").filter { !$0.attributes.isEmpty }
        #expect(loaded.attributedRuns(ofTextAt: "body").filter { !$0.attributes.isEmpty } == runs)
        #expect((document.canonicalState() == replica.document.canonicalState()) == runs.isEmpty)
        return runs.map(\.range)
    }

    @Test func `a mark whose ends have no place, or the wrong way round, reaches over nothing`() throws {
        let (a, b) = try replicas()
        func own(_ sequence: UInt64, _ side: TextAnchor.Side) -> Operation.Anchor {
            .scalar(EventID(replica: a.id, sequence: sequence), side)
        }
        let start = Operation.Anchor.border(.after), end = Operation.Anchor.border(.before)
        #expect(try shown(b, start, end) == [0..<4])
        #expect(try shown(b, own(1, .before), own(3, .after)) == [0..<2])
        #expect(try shown(b, own(3, .after), own(1, .before)).isEmpty)
        #expect(try shown(b, end, start).isEmpty)
        // The writer saw the scalar deleted.
        #expect(try shown(b, own(2, .before), own(2, .after)).isEmpty)
        #expect(try shown(b, own(2, .before), own(4, .after)).isEmpty)
        // Of the map, of the counter, a deletion, one that nobody has written, and another's.
        for sequence in [0, 6, 7, 1 << 32, 9, .max] as [UInt64] {
            #expect(try shown(b, own(sequence, .before), end).isEmpty)
            #expect(try shown(b, start, own(sequence, .after)).isEmpty)
        }
        // A unit that was inserted beyond the end is void.
        var change = Change()
        change.targets = [.root, .ensured(parent: 0, key: "body", kind: .text)]
        let insertion = SequenceOperation(.insert, at: 9, count: 1)
        change.operations = [(1, .text(insertion, inserted: [0x78]))]
        var other = b
        try other.document.apply(
            change, replica: other.id, firstSequence: 1, parents: other.document.frontier)
        #expect(try shown(other, .scalarOfWriter(sequence: 1, .before), end).isEmpty)
        let nobody = try #require(ReplicaID(bytes: [UInt8](repeating: 77, count: 32)))
        #expect(try shown(b, .scalar(EventID(replica: nobody, sequence: 1), .before), end).isEmpty)
        #expect(try shown(b, .scalarOfWriter(sequence: 1, .before), end).isEmpty)
        #expect(try shown(a, .scalarOfWriter(sequence: 1, .before), end) == [0..<4])
    }

    @Test func `an end at a scalar that somebody else deletes meanwhile keeps its place`() throws {
        var (a, b) = try replicas()
        let start = Operation.Anchor.scalar(EventID(replica: a.id, sequence: 3), .before)
        let mark = try Delivery(
            replica: b.id, sequence: 0,
            parents: b.document.frontier.map { b.document.graph.event(at: $0) },
            change: Change(decoding: change(start, .border(.before)).encoded()).encoded(), units: 1)
        try a.edit { try $0.deleteText(1..<2, in: "body") }
        _ = try a.receive(mark)
        _ = try b.receive(mark)
        _ = try b.receive(a.sent[2])
        #expect(a.document.canonicalState() == b.document.canonicalState())
        #expect(a.document.attributedRuns(ofTextAt: "body").map(\.range) == [0..<1, 1..<3])
    }

    @Test func `an end that is not in the mark's past has its place where its event is known, in any order`()
        throws
    {
        var (a, b) = try replicas()
        let base = b.document.frontier
        try a.edit { try $0.insertText("X", at: 4, in: "body") }
        let event = EventID(replica: a.id, sequence: a.sent[2].sequence)
        let ahead = try Change(
            decoding: change(.border(.after), .scalar(event, .after)).encoded())
        let parents = base.map { b.document.graph.event(at: $0) }
        let mark = Delivery(
            replica: b.id, sequence: 0, parents: parents, change: ahead.encoded(), units: 1)
        _ = try b.receive(mark)
        #expect(b.document.attributedRuns(ofTextAt: "body").map(\.attributes) == [[:]])
        b.document = try ObjectDocument(loading: b.document.saved())
        _ = try b.receive(a.sent[2])
        _ = try a.receive(mark)
        #expect(a.document.canonicalState() == b.document.canonicalState())
        #expect(b.document.attributedRuns(ofTextAt: "body").map(\.range) == [0..<5])
    }

    @Test func `marks of what is no text, heads beyond the last and damaged values are malformed`() throws {
        var wrong = change(.border(.after), .border(.before))
        wrong.operations = [(0, wrong.operations[0].operation)]
        #expect(throws: ObjectError.self) { try Change(decoding: wrong.encoded()) }
        // Head of the anchors, and nothing of a text.
        let bytes = change(.border(.after), .border(.before)).encoded()
        #expect(bytes.suffix(4) == [1, 0xf6, 1, 0])
        for head in 16...255 {
            var changed = bytes
            changed[bytes.count - 2] = UInt8(head)
            #expect(throws: ObjectError.self) { try Change(decoding: changed) }
        }
        let deep = (0..<100).reduce(CBORValue.null) { value, _ in .array([value]) }
        var damaged = change(.border(.after), .border(.before))
        damaged.operations = [
            (1, .mark(.init(start: .border(.after), end: .border(.before), key: "k", value: deep)))
        ]
        #expect(throws: ObjectError.self) { try Change(decoding: damaged.encoded()) }
        let longKey = UTF8String(String(repeating: "k", count: 65_537))
        damaged.operations = [
            (1, .mark(.init(start: .border(.after), end: .border(.before), key: longKey, value: nil)))
        ]
        #expect(throws: ObjectError.self) { try Change(decoding: damaged.encoded()) }
        // A value that is said to have four gigabytes.
        var cut = try #require(bytes.lastIndex(of: 0xf6))
        cut -= 1
        let huge = bytes[..<cut] + [0xff, 0xff, 0xff, 0xff, 0x0f] + bytes[(cut + 1)...]
        #expect(throws: ObjectError.self) { try Change(decoding: Array(huge)) }
    }

    @Test func `flipped and cut bytes of marks and of saved objects give an error or an object`() throws {
        var random = SeededGenerator(seed: 12)
        var (a, b) = try replicas()
        try a.edit { try $0.insertText("less", at: 1, in: "body") }
        try b.edit {
            try $0.insertText("more", at: 2, in: "body")
            try $0.markText(1..<6, "bold", .bool(true), in: "body")
            try $0.markText(0..<3, "link", .text("x"), expansion: .none, in: "body")
            try $0.markText(2..<4, "bold", nil, in: "body")
        }
        let bytes = try #require(b.sent.last).change
        for end in bytes.indices {
            #expect(throws: ObjectError.self) { try Change(decoding: Array(bytes[..<end])) }
        }
        var readCount = 0
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            guard let change = try? Change(decoding: changed) else { continue }
            #expect(change.encoded() == changed)
            readCount += 1
            var document = a.document
            do {
                try document.apply(change, replica: b.id, firstSequence: 0, parents: document.frontier)
            } catch { continue }
            let loaded = try ObjectDocument(loading: document.saved())
            #expect(loaded.canonicalState() == document.canonicalState())
        }
        #expect(readCount > 100)
        let saved = try b.document.saved()
        for end in saved.indices {
            #expect(throws: ObjectError.self) { try ObjectDocument(loading: Array(saved[..<end])) }
        }
        for _ in 0..<2_000 {
            var changed = saved
            changed[Int.random(in: 0..<saved.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            let (damaged, forged) = (changed, SavingTests.withChecksum(changed))
            #expect(throws: ObjectError.bytes(.damaged)) { try ObjectDocument(loading: damaged) }
            guard let document = try? ObjectDocument(loading: forged) else { continue }
            let again = try ObjectDocument(loading: document.saved())
            #expect(again.canonicalState() == document.canonicalState())
        }
    }
}
