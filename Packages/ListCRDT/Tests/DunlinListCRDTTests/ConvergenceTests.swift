import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import Testing

@Suite struct ConvergenceTests {
    @Test(arguments: Seeds.first(160))
    func `replicas that edit apart, receive parts, are saved and join late end alike`(seed: UInt64) throws {
        var world = try ListWorld(seed: seed)
        for _ in 0..<Int.random(in: 10...120, using: &world.random) { try world.step() }
        try world.settle()
    }

    @Test func `merging twice changes nothing and events out of order are refused whole`() throws {
        var a = List(replica: .number(1)), b = List(replica: .number(2))
        try a.insert(contentsOf: [.null, .bool(true)], at: 0)
        let first = try a.encode(), version = a.version
        try a.delete(0..<1)
        let second = try a.encode(since: version)
        #expect(throws: ListError.missingEvents) { try b.merge(second) }
        #expect(b.isEmpty && b.version.isEmpty)
        try b.merge(first)
        try b.merge(second)
        try b.merge(first)
        #expect(b.elements == [.bool(true)] && b.version == a.version)
    }

    @Test func `concurrent runs do not interleave, written forwards or backwards`() throws {
        for backwards in [false, true] {
            var a = List(replica: .number(1)), b = List(replica: .number(2))
            for number in 0..<6 {
                try a.insert(.integer(Int64(number)), at: backwards ? 0 : number)
                try b.insert(.integer(Int64(number + 10)), at: backwards ? 0 : number)
            }
            let one = a.elements, two = b.elements
            try a.merge(b.encode())
            try b.merge(a.encode())
            #expect(a.elements == b.elements && [one + two, two + one].contains(a.elements))
        }
    }

    @Test func `who moves an element and who sets it both have their way, and nothing is there twice`() throws
    {
        var a = List(replica: .number(1)), b = List(replica: .number(2)), c = List(replica: .number(3))
        try a.insert(contentsOf: [.integer(0), .integer(1), .integer(2), .integer(3)], at: 0)
        try b.merge(a.encode())
        try c.merge(a.encode())
        try a.move(from: 0, to: 3)
        try b.move(0..<2, to: 1)
        try c.set(.text("zero"), at: 0)
        try c.delete(3..<4)
        for bytes in [try a.encode(), try b.encode(), try c.encode()] {
            try a.merge(bytes)
            try b.merge(bytes)
            try c.merge(bytes)
        }
        // The greater replica's move of 0 wins.
        #expect(a.elements == [.integer(2), .text("zero"), .integer(1)])
        #expect(b.elements == a.elements && c.elements == a.elements)
    }

    @Test func `positions beyond the end are refused and change nothing`() throws {
        var list = List(replica: .number(1))
        try list.insert(contentsOf: [.null, .bool(true)], at: 0)
        let version = list.version
        #expect(throws: ListError.outOfRange(5..<5, count: 2)) { try list.insert(.null, at: 5) }
        #expect(throws: ListError.outOfRange(-1 ..< -1, count: 2)) { try list.insert(contentsOf: [], at: -1) }
        #expect(throws: ListError.outOfRange(1..<4, count: 2)) { try list.delete(1..<4) }
        #expect(throws: ListError.outOfRange(1..<3, count: 2)) {
            try list.set(contentsOf: [.null, .null], at: 1)
        }
        #expect(throws: ListError.outOfRange(2..<3, count: 2)) { try list.move(from: 2, to: 0) }
        #expect(throws: ListError.outOfRange(2..<3, count: 2)) { try list.move(from: 0, to: 2) }
        #expect(throws: ListError.outOfRange(1..<3, count: 2)) { try list.move(0..<2, to: 1) }
        #expect(throws: ListError.self) { try list.move(from: .max, to: 0) }
        #expect(throws: ListError.self) { try list.move(from: 0, to: .max) }
        #expect(throws: ListError.self) { try list.set(.null, at: .max) }
        #expect(throws: ListError.self) { try list.set(.null, at: .min) }
        try list.set(contentsOf: [], at: 2)
        try list.move(from: 1, to: 1)
        try list.move(1..<1, to: 0)
        try list.delete(1..<1)
        try list.insert(contentsOf: [], at: 2)
        #expect(list.version == version && list.elements == [.null, .bool(true)])
    }

    @Test func `values that nobody could read are refused, and maps are sorted at once`() throws {
        var list = List(replica: .number(1)), other = List(replica: .number(2))
        var deep = CBORValue.null
        for _ in 0..<70 { deep = .array([deep]) }
        let twice = CBORValue.map([CBORPair(.unsigned(1), .null), CBORPair(.unsigned(1), .null)])
        for value in [deep, twice] {
            #expect(throws: ListError.self) { try list.insert(value, at: 0) }
            #expect(throws: ListError.self) { try list.insert(contentsOf: [.null, value], at: 0) }
            #expect(throws: (any Error).self) { try list.set(value, at: 0) }
        }
        #expect(list.version.isEmpty && list.isEmpty)
        let unsorted = CBORValue.map([CBORPair(.text("b"), .null), CBORPair(.unsigned(1), .bool(true))])
        try list.insert(unsorted, at: 0)
        try list.insert(contentsOf: [.null, unsorted], at: 1)
        try other.merge(list.encode())
        #expect(other.elements == list.elements && other.count == 3)
    }
}
