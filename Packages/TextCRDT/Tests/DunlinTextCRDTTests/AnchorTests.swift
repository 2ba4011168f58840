import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct AnchorTests {
    @Test func `an anchor stays with its scalar while others type, delete and merge around it`() throws {
        var a = Text(replica: ConvergenceTests.replica(1)), b = Text(replica: ConvergenceTests.replica(2))
        try a.insert("hello world", at: 0)
        try b.merge(a.encode())
        let before = try a.anchor(at: 6, side: .before), after = try a.anchor(at: 5, side: .after)
        try a.insert("big ", at: 6)
        try b.insert(">> ", at: 0)
        try b.delete(3..<5)
        try a.merge(b.encode())
        #expect(a.string == ">> llo big world")
        #expect(try a.position(of: before) == 11 && a.position(of: after) == 6)
        // On the other replica, which has not seen all, the same anchors mean the same scalars.
        #expect(try b.position(of: before) == 7 && b.position(of: after) == 6)
        try a.delete(4..<12)
        #expect(try a.position(of: before) == 4 && a.position(of: after) == 4)
        #expect(try a.position(of: .start) == 0 && a.position(of: .end) == a.count)
        #expect(throws: TextError.outOfRange(99..<99, count: a.count)) { try a.anchor(at: 99, side: .after) }
        let foreign = TextAnchor(
            event: EventID(replica: ConvergenceTests.replica(9), sequence: 4), side: .before)
        #expect(try a.position(of: foreign) == nil)
        #expect(try TextAnchor(decoding: before.encoded()) == before)
        #expect(throws: ByteError.self) { try TextAnchor(decoding: [2, 1]) }
    }

    @Test(arguments: Seeds.first(60))
    func `anchors and authors agree with a model, through merges, saving and loading`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 77)
        var texts = (1...3).map { Text(replica: ConvergenceTests.replica(UInt8($0))) }
        // Every insertion is one scalar that occurs once, so a scalar's place is where it is found.
        var next: UInt32 = 0x4e00
        var authors: [Unicode.Scalar: ReplicaID] = [:]
        var anchors: [(anchor: TextAnchor, scalar: Unicode.Scalar)] = []
        for _ in 0..<120 {
            let index = Int.random(in: 0..<3, using: &random)
            let count = texts[index].count
            if count > 3, Int.random(in: 0..<4, using: &random) == 0 {
                let start = Int.random(in: 0..<count, using: &random)
                try texts[index].delete(start..<min(count, start + Int.random(in: 1...3, using: &random)))
            } else if let scalar = Unicode.Scalar(next) {
                next += 1
                authors[scalar] = texts[index].replica
                try texts[index].insert(
                    String(Character(scalar)), at: Int.random(in: 0...count, using: &random))
            }
            if texts[index].count > 0, Int.random(in: 0..<5, using: &random) == 0 {
                let place = Int.random(in: 0..<texts[index].count, using: &random)
                let side: TextAnchor.Side = Bool.random(using: &random) ? .before : .after
                let anchor = try texts[index].anchor(at: side == .before ? place : place + 1, side: side)
                anchors.append((anchor, Array(texts[index].string.unicodeScalars)[place]))
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                let other = Int.random(in: 0..<3, using: &random)
                try texts[other].merge(texts[index].encode(since: texts[other].version))
            }
            if Int.random(in: 0..<20, using: &random) == 0 {
                let history = try texts[index].savedHistory()
                texts[index] = try Text(
                    loading: texts[index].savedContent(), replica: texts[index].replica
                ) { history }
            }
        }
        for source in texts { for index in texts.indices { try texts[index].merge(source.encode()) } }
        let scalars = Array(texts[0].string.unicodeScalars)
        for index in texts.indices {
            for (anchor, scalar) in anchors {
                let position = try #require(try texts[index].position(of: anchor))
                if let place = scalars.firstIndex(of: scalar) {
                    #expect(position == (anchor.side == .before ? place : place + 1), "seed \(seed)")
                } else {
                    #expect(try position == texts[0].position(of: anchor), "seed \(seed)")
                }
            }
            let runs = try texts[index].authorship(of: 0..<scalars.count)
            #expect(runs.flatMap { Array($0.range) } == Array(scalars.indices), "seed \(seed)")
            for run in runs {
                for place in run.range {
                    #expect(authors[scalars[place]] == run.first.replica, "seed \(seed)")
                }
            }
        }
    }
}
