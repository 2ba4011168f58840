import DunlinCausality
import DunlinEncoding
import Testing

@testable import DunlinTextCRDT

@Suite struct EdgeTests {
    static func text(_ string: String = "one\ntwo 🦆\nthree") throws -> Text {
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert(string, at: 0)
        return text
    }

    @Test(arguments: [Int.min, .min + 1, -1, 17, .max - 1, .max])
    func `places that are none are nothing, and ranges beyond the text an error`(place: Int) throws {
        for string in ["one\ntwo 🦆\nthree", ""] {
            var text = try Self.text(string)
            #expect(text.scalarOffset(ofLine: place) == nil && text.line(ofScalar: place) == nil)
            #expect(text.scalarOffset(ofUTF16: place) == nil && text.utf16Offset(ofScalar: place) == nil)
            let ranges = [place..<max(place, .max), min(place, 0)..<place, place..<place, Int.min..<Int.max]
            for range in ranges where range.lowerBound < 0 || range.upperBound > text.count {
                #expect(throws: TextError.outOfRange(range, count: text.count)) { try text.delete(range) }
                #expect(throws: TextError.self) { try text.mark(range, "k", .null) }
                #expect(throws: TextError.self) { try text.authorship(of: range) }
            }
            #expect(throws: TextError.self) { try text.insert("x", at: place) }
            #expect(throws: TextError.self) { try text.anchor(at: place, side: .after) }
            #expect(text.string(in: place..<place).isEmpty && text.string == string)
        }
        #expect(try Self.text().string(in: Int.min..<Int.max) == "one\ntwo 🦆\nthree")
    }

    @Test func `an anchor at the last number there is has no place, in a version too`() throws {
        var text = try Self.text()
        let last = EventID(replica: text.replica, sequence: .max)
        let anchor = try TextAnchor(decoding: TextAnchor(event: last, side: .after).encoded())
        #expect(try text.position(of: anchor) == nil)
        var version = VersionVector()
        version.include(try #require(anchor.event))
        #expect(try text.string(at: version) == text.string)
    }

    @Test(arguments: [64, 20_000]) func `a mark nested too deep is refused with the reason`(levels: Int)
        throws
    {
        var text = try Self.text()
        let deep = (0..<levels).reduce(CBORValue.null) { value, _ in .array([value]) }
        #expect(throws: TextError.badValue(.tooDeep(limit: 64))) { try text.mark(0..<2, "k", deep) }
        #expect(throws: TextError.keyTooLong(byteCount: 65_537, limit: 65_536)) {
            try text.mark(0..<2, UTF8String(String(repeating: "k", count: 65_537)), .null)
        }
    }

    @Test func `content and history of two versions are told from damage`() throws {
        var text = try Self.text()
        let content = text.savedContent(), older = try text.savedHistory()
        try text.delete(0..<1)
        let newer = try text.savedHistory(), newContent = text.savedContent()
        for (content, history) in [(content, newer), (newContent, older)] {
            var mixed = try Text(loading: content, replica: text.replica) { history }
            let before = mixed.string
            #expect(throws: TextError.historyOfAnotherVersion) { try mixed.insert("q", at: 0) }
            #expect(throws: TextError.historyOfAnotherVersion) { try mixed.encode() }
            #expect(mixed.string == before)
        }
        #expect("\(TextError.historyOfAnotherVersion)".contains("save and load both together"))
    }

    @Test func `a replica without numbers is told to be another one`() throws {
        var text = try Self.text()
        try text.graph.append(replica: text.replica, sequence: .max - 1, count: 1)
        #expect(throws: TextError.numbersUsedUp) { try text.insert("x", at: 0) }
        #expect(throws: TextError.numbersUsedUp) { try text.delete(0..<1) }
        #expect(throws: TextError.numbersUsedUp) { try text.mark(0..<1, "k", .null) }
        #expect("\(TextError.numbersUsedUp)".contains("write as another one"))
    }
}
