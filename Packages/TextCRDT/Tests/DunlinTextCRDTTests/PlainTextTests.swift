import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

/// The engine beside ``PlainText``: what each replica shows after each step.
@Suite struct PlainTextTests {
    /// Replicas, each of them twice.
    private struct World {
        var random: SeededGenerator
        let seed: UInt64
        var texts: [Text] = []
        var plain: [PlainText] = []
        var operations: [PlainText.Operation] = []
        /// What replicas held at some time, to be handed on later.
        var past: [(replica: Int, version: VersionVector, known: Set<Int>)] = []
        var units = 0

        mutating func join() {
            texts.append(Text(replica: ConvergenceTests.replica(UInt8(texts.count + 1))))
            plain.append(PlainText())
        }

        mutating func edit() throws {
            let writer = texts.indices.randomElement(using: &random) ?? 0
            let count = texts[writer].count, number = operations.count
            let start = Int.random(in: 0...count, using: &random)
            let range = start..<min(count, start + .random(in: 1...6, using: &random))
            let operation: PlainText.Operation
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3 where !range.isEmpty:
                operation = plain[writer].deletion(range, number: number, writer: writer)
                try texts[writer].delete(range)
            case 3..<6 where !range.isEmpty:
                let key: UTF8String = Bool.random(using: &random) ? "bold" : "link"
                let value = Int.random(in: 0..<3, using: &random)
                let expansion = MarkExpansion.allCases.randomElement(using: &random) ?? .none
                operation = plain[writer].mark(
                    range, key, value == 0 ? nil : UInt64(value), expansion, number: number, writer: writer)
                try texts[writer].mark(
                    range, key, value == 0 ? nil : .unsigned(UInt64(value)), expansion: expansion)
            default:
                let word = ConvergenceTests.alphabet.randomElement(using: &random) ?? "a"
                let scalars = word.unicodeScalars.enumerated().map { (units + $0, $1) }
                units += scalars.count
                operation = plain[writer].insertion(scalars, at: start, number: number, writer: writer)
                try texts[writer].insert(word, at: start)
            }
            operations.append(operation)
            plain[writer].apply(operation)
            try check(writer)
        }

        /// Hands on what one holds, or held, some of which may be known.
        mutating func deliver() throws {
            let source = texts.indices.randomElement(using: &random) ?? 0
            let target = texts.indices.randomElement(using: &random) ?? 0
            past.append((source, texts[source].version, plain[source].known))
            let (replica, version, known) = past.randomElement(using: &random) ?? past[0]
            let since = Bool.random(using: &random) ? texts[target].version : VersionVector()
            try texts[target].merge(texts[replica].encode(since: since, upTo: version))
            for number in known.sorted() { plain[target].apply(operations[number]) }
            try check(target)
        }

        mutating func check(_ replica: Int) throws {
            #expect(
                Array(texts[replica].string.unicodeScalars) == plain[replica].scalars, "seed \(seed)")
            var attributes: [[UTF8String: UInt64]] = []
            for run in texts[replica].attributedRuns() {
                let values = run.attributes.compactMapValues { value -> UInt64? in
                    if case .unsigned(let number) = value { number } else { nil }
                }
                attributes += repeatElement(values, count: run.range.count)
            }
            #expect(attributes == plain[replica].attributes, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.first(60))
    func `up to twelve replicas show what the plain text shows, marks too, whatever arrives when`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed + 8_000)
        let count = Int.random(in: 2...12, using: &random)
        var world = World(random: random, seed: seed)
        world.join()
        for _ in 0..<80 {
            // Some come late.
            if world.texts.count < count, Int.random(in: 0..<4, using: &world.random) == 0 { world.join() }
            try world.edit()
            if Bool.random(using: &world.random) { try world.deliver() }
            let index = world.texts.indices.randomElement(using: &world.random) ?? 0
            if Int.random(in: 0..<20, using: &world.random) == 0 {
                let history = try world.texts[index].savedHistory(), text = world.texts[index]
                world.texts[index] = try Text(loading: text.savedContent(), replica: text.replica) { history }
                try world.check(index)
            }
        }
    }

    @Test func `the plain text itself does what is worked out by hand`() {
        var a = PlainText(), number = 0
        func scalars(_ text: String, from unit: Int) -> [(PlainText.Unit, Unicode.Scalar)] {
            text.unicodeScalars.enumerated().map { (unit + $0, $1) }
        }
        let first = a.insertion(scalars("ad", from: 0), at: 0, number: number, writer: 1)
        a.apply(first)
        var b = a
        // Two insert at one place: the smaller writer's text stands first, whole.
        number = 1
        let ours = a.insertion(scalars("bc", from: 2), at: 1, number: 1, writer: 1)
        let theirs = b.insertion(scalars("xy", from: 4), at: 1, number: 2, writer: 2)
        let mark = b.mark(0..<1, "bold", 1, .after, number: 3, writer: 2)
        for operation in [ours, theirs, mark] { a.apply(operation) }
        for operation in [theirs, mark, ours] { b.apply(operation) }
        #expect(String(String.UnicodeScalarView(a.scalars)) == "abcxyd")
        #expect(a.scalars == b.scalars && a.attributes == b.attributes)
        // b marked "a" before it typed, up to what stood behind it: what came between is bold too.
        #expect(a.attributes.map { $0["bold"] } == [1, 1, 1, 1, 1, nil])
        a.apply(a.deletion(1..<5, number: 4, writer: 1))
        #expect(String(String.UnicodeScalarView(a.scalars)) == "ad")
        a.apply(a.mark(0..<2, "bold", nil, .none, number: 5, writer: 1))
        #expect(a.attributes == [[:], [:]])
    }
}
