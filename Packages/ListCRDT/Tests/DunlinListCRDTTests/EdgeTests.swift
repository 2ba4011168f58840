import DunlinCausality
import DunlinEncoding
import Testing

@testable import DunlinListCRDT

@Suite struct EdgeTests {
    @Test(arguments: [64, 10_000]) func `a value nested too deep is refused with the reason`(levels: Int)
        throws
    {
        var list = List(replica: .number(1))
        try list.insert(.bool(true), at: 0)
        let deep = (0..<levels).reduce(CBORValue.null) { value, _ in .array([value]) }
        let refusal = ListError.badValue(.tooDeep(limit: 64))
        #expect(throws: refusal) { try list.insert(deep, at: 0) }
        #expect(throws: refusal) { try list.insert(contentsOf: [.null, deep], at: 1) }
        #expect(throws: refusal) { try list.set(deep, at: 0) }
        #expect(list.elements == [.bool(true)] && list.version.entries.map(\.bound) == [1])
    }

    @Test func `a replica without numbers is told to be another one`() throws {
        var list = List(replica: .number(1))
        try list.insert(contentsOf: [.null, .null], at: 0)
        try list.graph.append(replica: list.replica, sequence: .max - 1, count: 1)
        #expect(throws: ListError.numbersUsedUp) { try list.insert(.null, at: 0) }
        #expect(throws: ListError.numbersUsedUp) { try list.insert(contentsOf: [.null], at: 0) }
        #expect(throws: ListError.numbersUsedUp) { try list.set(.bool(true), at: 0) }
        #expect(throws: ListError.numbersUsedUp) { try list.move(from: 0, to: 1) }
        #expect(throws: ListError.numbersUsedUp) { try list.delete(0..<1) }
        #expect("\(ListError.numbersUsedUp)".contains("write as another one"))
    }
}
