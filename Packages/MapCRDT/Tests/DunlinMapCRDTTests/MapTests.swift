import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct MapTests {
    private struct Gone: Error {}

    @Test func `of concurrent writes one shows, and a later one replaces all`() throws {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        try a.set("k", to: .text("red"))
        try b.set("k", to: .text("blue"))
        try a.merge(b.encode())
        #expect(a["k"] == .text("blue") && a.conflicts("k") == [.text("blue"), .text("red")])
        try a.set("k", to: .text("green"))
        try b.merge(a.encode())
        #expect(b.conflicts("k") == [.text("green")])
    }

    @Test func `a delete removes what it has seen, and a concurrent write survives it`() throws {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        try a.set("k", to: .unsigned(1))
        try b.merge(a.encode())
        try a.set("k", to: nil)
        try b.set("k", to: .unsigned(2))
        try b.merge(a.encode())
        try a.merge(b.encode())
        #expect(a.conflicts("k") == [.unsigned(2)] && b.conflicts("k") == [.unsigned(2)])
        try a.set("k", to: nil)
        #expect(a["k"] == nil && a.keys.isEmpty)
        let before = a.version
        try a.set("k", to: nil)
        try a.set("never written", to: nil)
        #expect(a.version == before)
    }

    @Test func `increments add up, and what is written starts anew but for concurrent ones`() throws {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        try a.increment("n", by: 5)
        try b.increment("n", by: -2)
        try a.merge(b.encode())
        try b.merge(a.encode())
        #expect(a["n"] == .unsigned(3) && a.counter("n") == 3 && a.conflicts("n") == [.unsigned(3)])
        try a.set("n", to: .text("x"))
        #expect(a.counter("n") == nil)
        try b.increment("n", by: 10)
        try a.merge(b.encode())
        try b.merge(a.encode())
        for map in [a, b] {
            #expect(map["n"] == .text("x") && map.counter("n") == 10)
            #expect(map.conflicts("n") == [.text("x"), .unsigned(10)])
        }
        try a.set("n", to: nil)
        try b.increment("n", by: 1)
        try a.merge(b.encode())
        #expect(a["n"] == .unsigned(1) && a.keys == ["n"])
    }

    @Test func `a counter goes round at the ends of its range`() throws {
        var map = Map(replica: try replica(1))
        try map.increment("n", by: .max)
        try map.increment("n", by: 1)
        #expect(map.counter("n") == .min)
        var copy = Map(replica: try replica(2))
        try copy.merge(map.encode())
        #expect(copy["n"] == .negative(UInt64(Int64.max)))
    }

    @Test func `values are kept as others read them, and those that nobody could read are refused`() throws {
        var map = Map(replica: try replica(1))
        try map.set("m", to: .map([CBORPair(.unsigned(2), .null), CBORPair(.unsigned(1), .null)]))
        #expect(map["m"] == .map([CBORPair(.unsigned(1), .null), CBORPair(.unsigned(2), .null)]))
        var deep = CBORValue.null
        for _ in 0..<64 { deep = .array([deep]) }
        let twice = CBORValue.map([CBORPair(.unsigned(1), .null), CBORPair(.unsigned(1), .null)])
        for value in [deep, twice] {
            #expect(throws: MapError.self) { try map.set("m", to: value) }
            #expect(throws: MapError.self) { try map.set("new", to: value) }
        }
        #expect(map.keys == ["m"] && map.version.entries.map(\.bound) == [1])
    }

    @Test(arguments: [64, 10_000]) func `a value nested too deep is refused with the reason`(levels: Int)
        throws
    {
        var map = Map(replica: try replica(1))
        let array = (0..<levels).reduce(CBORValue.null) { value, _ in .array([value]) }
        let nested = (0..<levels).reduce(CBORValue.null) { value, _ in .map([CBORPair(.text("k"), value)]) }
        for value in [array, nested] {
            #expect(throws: MapError.badValue(.tooDeep(limit: 64))) { try map.set("m", to: value) }
        }
        #expect(map.version.isEmpty)
    }

    @Test func `a saved map is read without its history, which is asked for when it is needed`() throws {
        var map = Map(replica: try replica(1))
        for number in 0..<40 { try map.set(UTF8String("k\(number % 7)"), to: .integer(Int64(number))) }
        try map.increment("n", by: 4)
        let content = map.savedContent(), history = try map.savedHistory()
        var lost = try Map(loading: content, replica: map.replica, history: { throw Gone() })
        #expect(lost.keys == map.keys && lost["k3"] == .unsigned(38) && lost.counter("n") == 4)
        #expect(lost.version == map.version && lost["k9"] == nil && lost.counter("k3") == nil)
        #expect(throws: MapError.historyUnavailable("Gone()")) { try lost.set("k3", to: .null) }
        #expect(throws: MapError.historyUnavailable("Gone()")) { try lost.increment("k3", by: 1) }
        #expect(throws: MapError.historyUnavailable("Gone()")) { try lost.encode() }
        #expect(throws: MapError.historyUnavailable("Gone()")) { try lost.savedHistory() }
        #expect(throws: MapError.historyUnavailable("Gone()")) { try lost.merge(try map.encode()) }
        #expect(lost["k3"] == .unsigned(38))
        var other = try Map(loading: content, replica: map.replica, history: { [] })
        #expect(throws: MapError.malformed) { try other.set("k3", to: .null) }
        let short = try Map(replica: map.replica).savedHistory()
        other = try Map(loading: content, replica: map.replica, history: { short })
        #expect(throws: MapError.historyOfAnotherVersion) { try other.set("k3", to: .null) }
        #expect(throws: MapError.historyOfAnotherVersion) { try other.encode() }
        #expect(other["k3"] == .unsigned(38))
        #expect("\(MapError.historyOfAnotherVersion)".contains("save and load both together"))
        var opened = try Map(loading: content, replica: map.replica, history: { history })
        try opened.set("k3", to: .null)
        try map.merge(opened.encode(since: map.version))
        #expect(map["k3"] == .null && map.savedContent() == opened.savedContent())
        #expect(try map.savedHistory() == opened.savedHistory())
    }

    @Test func `an empty map is exchanged and saved like any other`() throws {
        let empty = Map(replica: try replica(1))
        var other = Map(replica: try replica(2))
        try other.merge(empty.encode())
        let history = try empty.savedHistory()
        var opened = try Map(loading: empty.savedContent(), replica: try replica(3), history: { history })
        #expect(other.keys.isEmpty && opened.keys.isEmpty && opened.version.isEmpty)
        try opened.set("k", to: .bool(true))
        #expect(opened["k"] == .bool(true))
    }

    @Test func `a report tells each key that shows something else, once`() throws {
        var a = Map(replica: try replica(1)), b = Map(replica: try replica(2))
        for number in 0..<3 { try a.set("x", to: .unsigned(UInt64(number))) }
        try a.set("gone again", to: .null)
        try a.set("gone again", to: nil)
        try b.set("x", to: .text("b"))
        try b.set("y", to: .text("b"))
        var changes: [String] = []
        try b.merge(a.encode()) { changes.append("\($0.key): \($0.old as Any) \($0.new as Any)") }
        // The third write of one is later than the first one of the other.
        #expect(b["x"] == .unsigned(2) && changes.count == 1 && changes[0].hasPrefix("x: "))
        try b.merge(a.encode()) { _ in Issue.record("nothing is new") }
    }
}
