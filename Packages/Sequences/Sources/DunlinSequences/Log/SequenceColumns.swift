import DunlinCausality
import DunlinEncoding

/// Operations of a sequence by columns, for exchange and saving. Events have numbers in place of local
/// versions: those of a batch, or of a graph that is saved beside them.
///
/// - Source: `Docs/Spec/Sequences.md`, "Operations".
public enum SequenceColumns {
    /// Operations of one kind that follow each other; of which the first event has a number.
    public struct Operation: Hashable, Sendable {
        /// Number of the first event.
        public var number: Int
        /// What each unit does, and where.
        public var operation: SequenceOperation

        /// An operation of which the first event has a number.
        public init(number: Int, operation: SequenceOperation) {
            self.number = number
            self.operation = operation
        }
    }

    /// What can be done to a sequence.
    public enum Kinds: Sendable {
        /// Units are inserted and deleted.
        case text
        /// Units are elements, which can be set and moved as well.
        case list
    }

    /// The kind in a head that stands for two: which of them is said by a column of their own.
    private static let other: UInt64 = 3

    /// Counts, kinds, gaps between the numbers, positions as distances from where the one before ended, and
    /// where moves go.
    public static func write(_ operations: [Operation], _ writer: inout ByteWriter) {
        writer.varint(UInt64(operations.count))
        var reached = 0
        for item in operations {
            let hasGap = item.number != reached
            writer.varint(
                UInt64(item.operation.count) << 3 | (hasGap ? 4 : 0)
                    | min(UInt64(item.operation.kind.rawValue), other))
            reached = item.number + item.operation.count
        }
        reached = 0
        for item in operations {
            if item.number != reached { writer.varint(UInt64(item.number - reached)) }
            reached = item.number + item.operation.count
        }
        var cursor = 0
        for item in operations {
            writer.zigzag(Int64(item.operation.position - cursor))
            cursor = item.operation.cursor
        }
        for item in operations {
            switch item.operation.kind {
            case .set: writer.varint(0)
            case .move: writer.varint(1 + UInt64(item.operation.destination))
            case .insert, .deleteForward, .deleteBackward: break
            }
        }
    }

    /// Reads what ``write(_:_:)`` wrote.
    /// - Parameters:
    ///   - eventCount: numbers are below this.
    ///   - kinds: what the sequence can do.
    /// - Throws: ``ByteError`` for bytes that are none.
    public static func read(
        _ reader: inout ByteReader, eventCount: Int, kinds: Kinds
    ) throws(ByteError) -> [Operation] {
        let start = reader.offset
        // A count and a position.
        let count = try reader.count(bytesEach: 2)
        var heads: [UInt64] = []
        heads.reserveCapacity(count)
        for _ in 0..<count { heads.append(try reader.varint()) }
        var operations: [Operation] = []
        operations.reserveCapacity(count)
        var reached = 0
        let placeholder = SequenceOperation(.insert, at: 0, count: 1)
        for head in heads {
            let at = reader.offset
            if head & 4 != 0 {
                let gap = try reader.varint()
                guard gap > 0, gap <= UInt64(eventCount - reached) else { throw .notCanonical(at: at) }
                reached += Int(gap)
            }
            guard head >> 3 > 0, head >> 3 <= UInt64(eventCount - reached) else {
                throw .notCanonical(at: at)
            }
            operations.append(Operation(number: reached, operation: placeholder))
            reached += Int(head >> 3)
        }
        if kinds == .text, heads.contains(where: { $0 & 3 == other }) { throw .notCanonical(at: start) }
        try readPositions(heads, into: &operations, &reader)
        return operations
    }

    private static func readPositions(
        _ heads: [UInt64], into operations: inout [Operation], _ reader: inout ByteReader
    ) throws(ByteError) {
        var others: [Int] = []
        var cursor: Int64 = 0
        for (index, head) in heads.enumerated() {
            let at = reader.offset
            let (position, overflow) = cursor.addingReportingOverflow(try reader.zigzag())
            // Where the next one is counted from is the same for a move, but for where it goes.
            guard !overflow, position >= 0, let kind = SequenceOperation.Kind(rawValue: UInt8(head & 3)),
                let operation = SequenceOperation(
                    reading: kind, at: UInt64(position), count: head >> 3)
            else { throw .notCanonical(at: at) }
            operations[index].operation = operation
            cursor = Int64(operation.cursor)
            if head & 3 == other { others.append(index) }
        }
        for index in others {
            let at = reader.offset
            let destination = try reader.varint()
            guard destination > 0 else { continue }
            let operation = operations[index].operation
            guard operation.count == 1,
                let move = SequenceOperation(
                    readingMoveOf: UInt64(operation.position), to: destination - 1)
            else { throw .notCanonical(at: at) }
            operations[index].operation = move
        }
    }
}

extension SequenceOperation {
    /// Where somebody stands who has just done it; behind where it was for a move, so that moves are read as
    /// settings first.
    fileprivate var cursor: Int {
        switch kind {
        case .insert, .set, .move: position + count
        case .deleteForward: position
        case .deleteBackward: position - count + 1
        }
    }
}

extension SequenceLog {
    /// The operations whose events are in `spans`, which ascend, with the numbers that a batch of the spans
    /// gives them, and the values that they bring as ranges of all that the log's runs bring.
    public func operations(
        in spans: [Range<LocalVersion>]
    ) -> (operations: [SequenceColumns.Operation], inserted: [Range<Int>]) {
        var operations: [SequenceColumns.Operation] = []
        var inserted: [Range<Int>] = []
        var number = 0
        for span in spans {
            var index = firstRun(endingAfter: span.lowerBound)
            while index < runs.count, runs[index].start < span.upperBound {
                let run = runs[index].clamped(to: span)
                operations.append(
                    SequenceColumns.Operation(
                        number: number + run.start - span.lowerBound, operation: run.operation))
                if run.kind.bringsValues {
                    let units = run.insertedBefore..<run.insertedBefore + run.count
                    if let last = inserted.last, last.upperBound == units.lowerBound {
                        inserted[inserted.count - 1] = last.lowerBound..<units.upperBound
                    } else {
                        inserted.append(units)
                    }
                }
                index += 1
            }
            number += span.count
        }
        return (operations, inserted)
    }

    /// The whole log by columns: its operations, then by runs what was void or linear, then where a length is
    /// not what the run before it leaves.
    public func write(_ writer: inout ByteWriter) {
        SequenceColumns.write(
            runs.map { SequenceColumns.Operation(number: $0.start, operation: $0.operation) }, &writer)
        var index = 0
        while index < runs.count {
            let flags = runs[index].flags
            var end = index + 1
            while end < runs.count, runs[end].flags == flags { end += 1 }
            writer.varint(UInt64(end - index) << 2 | flags)
            index = end
        }
        var length = 0, last = -1
        var exceptions = ByteWriter()
        var count: UInt64 = 0
        for (index, run) in runs.enumerated() {
            if run.lengthBefore != length {
                exceptions.varint(UInt64(index - last))
                exceptions.zigzag(Int64(run.lengthBefore - length))
                last = index
                count += 1
            }
            length = run.lengthAfter
        }
        writer.varint(count)
        writer.raw(exceptions.bytes)
    }

    /// Reads what ``write(_:)`` wrote.
    /// - Parameters:
    ///   - eventCount: events in the graph that is saved beside the log.
    ///   - kinds: what the sequence can do.
    /// - Throws: ``ByteError`` for bytes that are none.
    public init(
        reading reader: inout ByteReader, eventCount: Int, kinds: SequenceColumns.Kinds
    ) throws(ByteError) {
        let operations = try SequenceColumns.read(&reader, eventCount: eventCount, kinds: kinds)
        var flags: [UInt8] = []
        flags.reserveCapacity(operations.count)
        while flags.count < operations.count {
            let at = reader.offset
            let value = try reader.varint()
            guard value >> 2 > 0, value >> 2 <= UInt64(operations.count - flags.count) else {
                throw .notCanonical(at: at)
            }
            flags.append(contentsOf: repeatElement(UInt8(value & 3), count: Int(value >> 2)))
        }
        var exceptions: [(index: Int, change: Int)] = []
        var last = -1
        for _ in 0..<(try reader.count(bytesEach: 2)) {
            let at = reader.offset
            let step = try reader.varint(), change = try reader.zigzag()
            guard step > 0, step < UInt64(operations.count - last), change.magnitude < 1 << 48 else {
                throw .notCanonical(at: at)
            }
            last += Int(step)
            exceptions.append((last, Int(change)))
        }
        self.init()
        reserve(operations.count)
        var length = 0, next = 0
        for (index, item) in operations.enumerated() {
            if next < exceptions.count, exceptions[next].index == index {
                length += exceptions[next].change
                next += 1
            }
            guard (0..<1 << 48).contains(length) else {
                throw .notCanonical(at: reader.offset)
            }
            let run = Run(
                item.operation, start: item.number, isVoid: flags[index] & 1 != 0,
                isLinear: flags[index] & 2 != 0, lengthBefore: length)
            append(run)
            length = run.lengthAfter
        }
    }
}

extension SequenceLog.Run {
    fileprivate var flags: UInt64 { (isVoid ? 1 : 0) | (isLinear ? 2 : 0) }

    /// Units after the run, if all of them took effect.
    fileprivate var lengthAfter: Int {
        isVoid ? lengthBefore : lengthBefore + kind.lengthChange * count
    }
}
