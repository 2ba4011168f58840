import DunlinCausality
@testable import DunlinTextCRDT
import Testing

/// Marks that hold on to scalars which their writers saw deleted: only other programs make them.
@Suite struct VoidMarkTests {
    private static func mark(from scalar: UInt64, of writer: Text, in text: inout Text) throws {
        let appended = text.append(1), version = try #require(appended).lowerBound
        let start = TextAnchor(event: EventID(replica: writer.replica, sequence: scalar), side: .before)
        text.content.addForeign(
            TextMark(version: version, start: start, end: .end, key: "bold", value: .bool(true)))
    }

    private static func standings(_ text: inout Text) -> [TextMark.Standing] {
        text.content.judgeMarks(graph: text.graph)
        return text.content.marks.map(\.standing)
    }

    @Test func `what counts is whether the deletion is in the mark's past, not whether it is known`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert("abcdefg", at: 0)
        try b.merge(a.encode())
        var c = Text(replica: ConvergenceTests.replica(3))
        try c.merge(a.encode())
        try Self.mark(from: 3, of: a, in: &b)
        // One run of deletions from behind, of which c knows the first two.
        try a.delete(5..<6)
        try a.delete(4..<5)
        let two = a.version
        try a.delete(3..<4)
        try c.merge(a.encode(since: c.version, upTo: two))
        try Self.mark(from: 4, of: a, in: &c)
        try Self.mark(from: 3, of: a, in: &c)
        #expect(Self.standings(&c) == [.void, .holds])
        var d = Text(replica: ConvergenceTests.replica(4))
        for source in [a, b, c] { try d.merge(source.encode(since: d.version)) }
        try c.merge(d.encode(since: c.version))
        #expect(Self.standings(&d) == [.holds, .void, .holds])
        #expect(try MarkTests.bold(&d) == "abc[g]")
        let (content, history) = (d.savedContent(), try d.savedHistory())
        var loaded = try Text(loading: content, replica: d.replica) { history }
        #expect(loaded.attributedRuns() == d.attributedRuns())
        try loaded.open()
        #expect(Self.standings(&loaded) == Self.standings(&d))
    }

    @Test func `who has forgotten the scalar and who has not show the same`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert("abcdef", at: 0)
        try a.delete(1..<3)
        try b.merge(a.encode())
        var forgetful = b
        try forgetful.forgetHistory(before: b.version)
        try Self.mark(from: 1, of: a, in: &b)
        try Self.mark(from: 3, of: a, in: &b)
        for text in [a, forgetful] {
            var text = text
            try text.merge(b.encode(since: text.version))
            #expect(try MarkTests.bold(&text) == "a[def]")
            try text.forgetHistory(before: b.version)
            #expect(try MarkTests.bold(&text) == "a[def]")
            #expect(text.content.marks.count == 1)
        }
    }
}
