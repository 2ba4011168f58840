import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct MarkTests {
    static func bold(_ text: inout Text) throws -> String {
        var result = ""
        for run in try text.attributedRuns() {
            let part = text.string(in: run.range)
            result += run.attributes["bold"] == .bool(true) ? "[\(part)]" : part
        }
        return result
    }

    @Test func `text typed at the end of bold is bold, at the end of a link it is not`() throws {
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert("a bold word", at: 0)
        try text.mark(2..<6, "bold", .bool(true))
        try text.mark(7..<11, "link", .text("x"), expansion: .none)
        try text.insert("er", at: 6)
        try text.insert("s", at: 13)
        try text.insert("!", at: 2)
        #expect(try Self.bold(&text) == "a ![bolder] words")
        let link = try text.attributedRuns().filter { $0.attributes["link"] != nil }.map {
            text.string(in: $0.range)
        }
        #expect(link == ["word"])
        try text.mark(0..<text.count, "bold", nil)
        #expect(try Self.bold(&text) == "a !bolder words")
    }

    @Test func `concurrent bold and unbold settle alike on all replicas, and marks reach concurrent text`()
        throws
    {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert("one two three", at: 0)
        try a.mark(0..<13, "bold", .bool(true))
        try b.merge(a.encode())
        try a.mark(4..<7, "bold", nil)
        try b.mark(2..<9, "bold", .bool(true))
        try b.insert("and a half ", at: 4)
        try a.merge(b.encode())
        try b.merge(a.encode())
        #expect(try a.attributedRuns() == b.attributedRuns())
        // Both marks have the same Lamport time; the greater replica's wins.
        #expect(try Self.bold(&a) == "[one and a half two three]")
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `marks converge through random edits, partial merges, saving and loading`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 900)
        var texts = (1...4).map { Text(replica: ConvergenceTests.replica(UInt8($0))) }
        for _ in 0..<80 {
            let index = Int.random(in: 0..<4, using: &random)
            let count = texts[index].count
            if count > 1, Int.random(in: 0..<3, using: &random) == 0 {
                let start = Int.random(in: 0..<count, using: &random)
                let keys: [UTF8String] = ["bold", "link", "color"]
                try texts[index].mark(
                    start..<Int.random(in: start...count, using: &random),
                    keys.randomElement(using: &random) ?? "",
                    Bool.random(using: &random) ? nil : .unsigned(UInt64.random(in: 0..<3, using: &random)),
                    expansion: MarkExpansion.allCases.randomElement(using: &random) ?? .none)
            } else {
                try ConvergenceTests.edit(&texts[index], &random)
            }
            let other = Int.random(in: 0..<4, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                let since = Bool.random(using: &random) ? texts[other].version : VersionVector()
                try texts[other].merge(texts[index].encode(since: since))
            }
            if Int.random(in: 0..<15, using: &random) == 0 {
                let history = try texts[index].savedHistory()
                texts[index] = try Text(
                    loading: texts[index].savedContent(), replica: texts[index].replica
                ) { history }
            }
        }
        for source in texts { for index in texts.indices { try texts[index].merge(source.encode()) } }
        let runs = try texts[0].attributedRuns()
        #expect(runs.flatMap { Array($0.range) } == Array(0..<texts[0].count), "seed \(seed)")
        for index in texts.indices {
            #expect(texts[index].string == texts[0].string, "seed \(seed)")
            #expect(try texts[index].attributedRuns() == runs, "seed \(seed)")
        }
    }
}
