import DunlinCausality
import DunlinSequences
import Testing

/// The reference against cases worked out by hand from the specification, so that the engine is not compared
/// with a second copy of a mistake.
@Suite struct ReferenceSequenceTests {
    struct Step {
        let replica: UInt8
        let operation: SequenceOperation
        let events: Range<Int>
        let past: Set<Int>

        init(_ replica: UInt8, _ operation: SequenceOperation, events: Range<Int>, past: some Sequence<Int>) {
            self.replica = replica
            self.operation = operation
            self.events = events
            self.past = Set(past)
        }
    }

    static let nobody: [Int] = []

    static func replica(_ number: UInt8) throws -> ReplicaID {
        try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32)))
    }

    /// Every order of the steps in which each comes after its past.
    static func causalOrders(of steps: [Step], after known: Set<Int> = []) -> [[Step]] {
        if steps.isEmpty { return [[]] }
        return steps.indices.filter { steps[$0].past.isSubset(of: known) }.flatMap { index in
            var rest = steps
            let step = rest.remove(at: index)
            return causalOrders(of: rest, after: known.union(step.events)).map { [step] + $0 }
        }
    }

    /// Demands the same content of every causal order.
    static func expect(
        _ expected: [Int], after steps: [Step], at version: Set<Int>? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let orders = causalOrders(of: steps)
        #expect(!orders.isEmpty, sourceLocation: sourceLocation)
        for order in orders {
            var reference = ReferenceSequence()
            for step in order {
                reference.apply(
                    step.operation, events: step.events, by: try replica(step.replica), past: step.past)
            }
            let all = steps.reduce(into: Set<Int>()) { $0.formUnion($1.events) }
            #expect(
                reference.visible(at: version ?? all) == expected, "in the order \(order.map(\.events))",
                sourceLocation: sourceLocation)
        }
    }

    @Test func `one replica alone inserts and deletes at its positions`() throws {
        try Self.expect(
            [0, 5, 6, 2],
            after: [
                Step(1, SequenceOperation(.insert, at: 0, count: 3), events: 0..<3, past: Self.nobody),
                Step(1, SequenceOperation(.deleteForward, at: 1, count: 1), events: 3..<4, past: 0..<3),
                Step(1, SequenceOperation(.insert, at: 1, count: 3), events: 4..<7, past: 0..<4),
                Step(1, SequenceOperation(.deleteBackward, at: 1, count: 1), events: 7..<8, past: 0..<7),
            ])
    }

    @Test func `a run beyond the end is void whole, a deletion only where nothing is`() throws {
        let base = Step(1, SequenceOperation(.insert, at: 0, count: 4), events: 0..<4, past: Self.nobody)
        let beyond = SequenceOperation(.insert, at: 5, count: 2)
        try Self.expect([0, 1, 2, 3], after: [base, Step(1, beyond, events: 4..<6, past: 0..<4)])
        let forward = SequenceOperation(.deleteForward, at: 3, count: 3)
        try Self.expect([0, 1, 2], after: [base, Step(1, forward, events: 4..<7, past: 0..<4)])
        let backward = SequenceOperation(.deleteBackward, at: 5, count: 4)
        try Self.expect([0, 1], after: [base, Step(1, backward, events: 4..<8, past: 0..<4)])
    }

    @Test func `a position is judged at the operation's own parents, whatever is concurrent`() throws {
        // Behind the second replica's insertion there would be a position 3 and a unit to delete at 1.
        try Self.expect(
            [0, 1, 2],
            after: [
                Step(1, SequenceOperation(.insert, at: 0, count: 1), events: 0..<1, past: Self.nobody),
                Step(2, SequenceOperation(.insert, at: 1, count: 2), events: 1..<3, past: 0..<1),
                Step(3, SequenceOperation(.insert, at: 3, count: 1), events: 3..<4, past: 0..<1),
                Step(4, SequenceOperation(.deleteForward, at: 1, count: 1), events: 4..<5, past: 0..<1),
            ])
    }

    @Test func `a unit deleted by several is gone in each version that knows one of them`() throws {
        let steps = [
            Step(1, SequenceOperation(.insert, at: 0, count: 3), events: 0..<3, past: Self.nobody),
            Step(1, SequenceOperation(.deleteForward, at: 0, count: 2), events: 3..<5, past: 0..<3),
            Step(2, SequenceOperation(.deleteBackward, at: 2, count: 2), events: 5..<7, past: 0..<3),
        ]
        try Self.expect([], after: steps)
        try Self.expect([2], after: steps, at: [0, 1, 2, 3, 4])
        try Self.expect([0], after: steps, at: [0, 1, 2, 5, 6])
        try Self.expect([1, 2], after: steps, at: [0, 1, 2, 3])
        try Self.expect([0, 1, 2], after: steps, at: [0, 1, 2])
    }

    @Test func `at one place the smaller replica comes first, also behind deleted neighbours`() throws {
        let base = Step(5, SequenceOperation(.insert, at: 0, count: 3), events: 0..<3, past: Self.nobody)
        let high = Step(0x80, SequenceOperation(.insert, at: 1, count: 2), events: 3..<5, past: 0..<3)
        let low = Step(0x7f, SequenceOperation(.insert, at: 1, count: 2), events: 5..<7, past: 0..<3)
        try Self.expect([0, 5, 6, 3, 4, 1, 2], after: [base, high, low])
        // The neighbour to the right is the deleted unit for both, so nothing changes.
        let deletion = Step(5, SequenceOperation(.deleteForward, at: 1, count: 1), events: 7..<8, past: 0..<3)
        try Self.expect([0, 5, 6, 3, 4, 2], after: [base, high, low, deletion])
        let aware = Step(
            0x7f, SequenceOperation(.insert, at: 1, count: 2), events: 5..<7, past: [0, 1, 2, 7])
        try Self.expect([0, 5, 6, 3, 4, 2], after: [base, high, deletion, aware])
    }

    @Test func `typing backwards stays together`() throws {
        let steps = [
            Step(1, SequenceOperation(.insert, at: 0, count: 1), events: 0..<1, past: Self.nobody),
            Step(3, SequenceOperation(.insert, at: 0, count: 1), events: 1..<2, past: Self.nobody),
            Step(1, SequenceOperation(.insert, at: 0, count: 1), events: 2..<3, past: 0..<1),
            Step(3, SequenceOperation(.insert, at: 0, count: 1), events: 3..<4, past: 1..<2),
        ]
        try Self.expect([2, 0, 3, 1], after: steps)
    }

    @Test(arguments: [(UInt8(2), [0, 1, 3, 2]), (UInt8(9), [0, 3, 2, 1])])
    func `a right neighbour further left leaves undecided until the next of the same`(
        replica: UInt8, expected: [Int]
    ) throws {
        // Unit 3 stands before 2, on purpose; 1 knows of neither and is decided by 2 alone, on both ways.
        try Self.expect(
            expected,
            after: [
                Step(1, SequenceOperation(.insert, at: 0, count: 1), events: 0..<1, past: Self.nobody),
                Step(replica, SequenceOperation(.insert, at: 1, count: 1), events: 1..<2, past: 0..<1),
                Step(5, SequenceOperation(.insert, at: 1, count: 1), events: 2..<3, past: 0..<1),
                Step(6, SequenceOperation(.insert, at: 1, count: 1), events: 3..<4, past: [0, 2]),
            ])
    }

    @Test(arguments: [UInt8(1), 200])
    func `a unit whose right neighbour is further right is gone past, whoever wrote it`(replica: UInt8) throws
    {
        // Units 1 and 2 have the end behind them; 3 was put right before 2 by one who knew nothing of 1.
        try Self.expect(
            [0, 1, 3, 2],
            after: [
                Step(4, SequenceOperation(.insert, at: 0, count: 1), events: 0..<1, past: Self.nobody),
                Step(5, SequenceOperation(.insert, at: 1, count: 1), events: 1..<2, past: 0..<1),
                Step(6, SequenceOperation(.insert, at: 1, count: 1), events: 2..<3, past: 0..<1),
                Step(replica, SequenceOperation(.insert, at: 1, count: 1), events: 3..<4, past: [0, 2]),
            ])
    }

    @Test(arguments: [(UInt8(2), [0, 2, 1]), (UInt8(9), [2, 0, 1])])
    func `an element that two move shows once, where the greater moved it`(
        replica: UInt8, expected: [Int]
    ) throws {
        let base = Step(5, SequenceOperation(.insert, at: 0, count: 3), events: 0..<3, past: Self.nobody)
        let one = Step(5, SequenceOperation(moving: 2, to: 1), events: 3..<4, past: 0..<3)
        let other = Step(replica, SequenceOperation(moving: 2, to: 0), events: 4..<5, past: 0..<3)
        try Self.expect(expected, after: [base, one, other])
        try Self.expect([0, 2, 1], after: [base, one, other], at: [0, 1, 2, 3])
        try Self.expect([2, 0, 1], after: [base, one, other], at: [0, 1, 2, 4])
        // One who moves it again, and knew of the first move only, is later than both.
        let later = Step(5, SequenceOperation(moving: 1, to: 2), events: 5..<6, past: 0..<4)
        try Self.expect([0, 1, 2], after: [base, one, other, later])
    }

    @Test func `a move and a setting of one element both hold, a deletion beats both`() throws {
        let base = Step(5, SequenceOperation(.insert, at: 0, count: 3), events: 0..<3, past: Self.nobody)
        let move = Step(5, SequenceOperation(moving: 0, to: 2), events: 3..<4, past: 0..<3)
        let set = Step(6, SequenceOperation(.set, at: 0, count: 2), events: 4..<6, past: 0..<3)
        try Self.expect([5, 2, 4], after: [base, move, set])
        let delete = Step(
            7, SequenceOperation(.deleteForward, at: 0, count: 1), events: 6..<7, past: 0..<3)
        try Self.expect([5, 2], after: [base, move, set, delete])
        // Who knows of the move deletes the element where it is now.
        let aware = Step(8, SequenceOperation(.deleteForward, at: 2, count: 1), events: 6..<7, past: 0..<4)
        try Self.expect([5, 2], after: [base, move, set, aware])
    }

    @Test func `of two settings the greater holds, and one that knew of the other`() throws {
        let base = Step(5, SequenceOperation(.insert, at: 0, count: 2), events: 0..<2, past: Self.nobody)
        let low = Step(1, SequenceOperation(.set, at: 0, count: 1), events: 2..<3, past: 0..<2)
        let high = Step(9, SequenceOperation(.set, at: 0, count: 1), events: 3..<4, past: 0..<2)
        try Self.expect([3, 1], after: [base, low, high])
        let later = Step(1, SequenceOperation(.set, at: 0, count: 1), events: 4..<5, past: 0..<4)
        try Self.expect([4, 1], after: [base, low, high, later])
    }

    @Test func `a move and a setting beyond the end are void`() throws {
        let base = Step(5, SequenceOperation(.insert, at: 0, count: 2), events: 0..<2, past: Self.nobody)
        let set = Step(5, SequenceOperation(.set, at: 1, count: 2), events: 2..<4, past: 0..<2)
        try Self.expect([0, 2], after: [base, set])
        for (from, to) in [(2, 0), (0, 2)] {
            let move = Step(5, SequenceOperation(moving: from, to: to), events: 2..<3, past: 0..<2)
            try Self.expect([0, 1], after: [base, move])
        }
    }

    @Test(arguments: [(UInt8(2), [0, 2, 1]), (UInt8(4), [0, 1, 2])])
    func `who knew only the beginning of a run is ordered with the rest of it`(
        replica: UInt8, expected: [Int]
    ) throws {
        let other = Step(replica, SequenceOperation(.insert, at: 1, count: 1), events: 2..<3, past: 0..<1)
        let first = Step(3, SequenceOperation(.insert, at: 0, count: 1), events: 0..<1, past: Self.nobody)
        let second = Step(3, SequenceOperation(.insert, at: 1, count: 1), events: 1..<2, past: 0..<1)
        try Self.expect(expected, after: [first, second, other])
        let whole = Step(3, SequenceOperation(.insert, at: 0, count: 2), events: 0..<2, past: Self.nobody)
        try Self.expect(expected, after: [whole, other])
    }
}
