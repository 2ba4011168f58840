import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct MarkTests {
    static func bold(_ text: inout Text) throws -> String {
        var result = ""
        for run in text.attributedRuns() {
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
        let link = text.attributedRuns().filter { $0.attributes["link"] != nil }.map {
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
        #expect(a.attributedRuns() == b.attributedRuns())
        // Both marks have the same Lamport time; the greater replica's wins.
        #expect(try Self.bold(&a) == "[one and a half two three]")
    }

    @Test func `a mark that nobody could read is refused, and maps are shown here as everywhere`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert("text", at: 0)
        let version = a.version
        let longKey = UTF8String(String(repeating: "k", count: 65_537))
        #expect(throws: TextError.self) { try a.mark(0..<2, longKey, .null) }
        let twice = CBORValue.map([CBORPair(.text("x"), .null), CBORPair(.text("x"), .null)])
        #expect(throws: TextError.self) { try a.mark(0..<2, "k", twice) }
        let deep = (0..<100).reduce(CBORValue.null) { value, _ in .array([value]) }
        #expect(throws: TextError.self) { try a.mark(0..<2, "k", deep) }
        #expect(a.version == version)
        try a.mark(0..<2, "k", .map([CBORPair(.text("y"), .null), CBORPair(.text("x"), .null)]))
        try a.mark(1..<2, UTF8String(String(repeating: "k", count: 65_536)), .null)
        try b.merge(a.encode())
        #expect(a.attributedRuns() == b.attributedRuns())
    }

    @Test(.timeLimit(.minutes(1)))
    func `thousands of marks over one another are shown without asking each for each`()
        throws
    {
        var text = Text(replica: ConvergenceTests.replica(1))
        let count = 20_000
        try text.insert(String(repeating: "x", count: 2 * count), at: 0)
        for index in 0..<count { try text.mark(index..<2 * count - index, "k", .unsigned(UInt64(index))) }
        #expect(text.attributedRuns().count == 2 * count - 1)
    }

    @Test(arguments: Seeds.first(40))
    func `each scalar has what the last mark over it says, by key`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 70)
        var text = Text(replica: ConvergenceTests.replica(1))
        let keys: [UTF8String] = ["a", "b", "c"]
        var model = [[UTF8String: CBORValue]](repeating: [:], count: 30)
        try text.insert(String(repeating: "x", count: model.count), at: 0)
        for _ in 0..<Int.random(in: 0..<25, using: &random) {
            let start = Int.random(in: 0..<model.count, using: &random)
            let range = start..<Int.random(in: start...model.count, using: &random)
            let key = keys.randomElement(using: &random) ?? "a"
            let value: CBORValue? =
                Int.random(in: 0..<4, using: &random) == 0
                ? nil : .unsigned(UInt64.random(in: 0..<3, using: &random))
            try text.mark(
                range, key, value, expansion: MarkExpansion.allCases.randomElement(using: &random) ?? .none)
            for index in range { model[index][key] = value }
        }
        let runs = text.attributedRuns()
        #expect(runs.flatMap { run in run.range.map { _ in run.attributes } } == model, "seed \(seed)")
        for (run, next) in zip(runs, runs.dropFirst()) {
            #expect(run.range.upperBound == next.range.lowerBound && run.attributes != next.attributes)
        }
    }

    @Test(arguments: Seeds.first(60))
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
        let runs = texts[0].attributedRuns()
        #expect(runs.flatMap { Array($0.range) } == Array(0..<texts[0].count), "seed \(seed)")
        for index in texts.indices {
            #expect(texts[index].string == texts[0].string, "seed \(seed)")
            #expect(texts[index].attributedRuns() == runs, "seed \(seed)")
        }
    }
}
