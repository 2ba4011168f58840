/// Goes through the operations of an update, cut where runs of events end.
public struct OperationReader: Sendable {
    /// An operation or a part of one.
    public struct Piece: Hashable, Sendable {
        /// Number of its first event.
        public var number: Int
        /// What it does.
        public var operation: SequenceOperation
        /// Which of all values that the update brings are its own; empty when it brings none.
        public var units: Range<Int>
    }

    private let operations: [SequenceColumns.Operation]
    /// Values brought by the operations before each.
    private var unitsBefore: [Int] = []
    private var index = 0
    /// The next event.
    private var number = 0

    /// Reads from the first operation on.
    /// - Parameter operations: in the order of their numbers.
    /// - Complexity: O(*n*).
    public init(_ operations: [SequenceColumns.Operation]) {
        self.operations = operations
        unitsBefore.reserveCapacity(operations.count)
        var units = 0
        for item in operations {
            unitsBefore.append(units)
            if item.operation.kind.bringsValues { units += item.operation.count }
        }
    }

    /// Goes to an event, before or behind.
    /// - Complexity: O(1) to the next operation, else O(log *n*).
    public mutating func seek(_ number: Int) {
        self.number = number
        if index < operations.count, operations[index].number <= number, number < operations[index].end {
            return
        }
        var low = 0, high = operations.count
        while low < high {
            let middle = (low + high) / 2
            if operations[middle].end <= number { low = middle + 1 } else { high = middle }
        }
        index = low
    }

    /// The next operation, or the part of it that lies before an event; nil when there is none.
    public mutating func next(before end: Int) -> Piece? {
        guard index < operations.count, operations[index].number < end else { return nil }
        let item = operations[index]
        number = max(number, item.number)
        guard number < end else { return nil }
        let offset = number - item.number
        let count = min(item.end, end) - number
        let operation = item.operation.part(offset..<offset + count)
        let first = unitsBefore[index] + offset
        let piece = Piece(
            number: number, operation: operation,
            units: operation.kind.bringsValues ? first..<first + count : 0..<0)
        number += count
        if number == item.end { index += 1 }
        return piece
    }
}

extension SequenceColumns.Operation {
    /// One more than the number of its last event.
    public var end: Int { number + operation.count }
}
