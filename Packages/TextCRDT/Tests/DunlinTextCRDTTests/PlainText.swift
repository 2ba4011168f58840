import DunlinEncoding
import DunlinTextCRDT

/// A replicated text by the letter of `Docs/Spec/Sequences.md`: slow, and plain enough to be read beside it.
///
/// Operations name scalars, not positions; their pasts are sets. Nothing here is shared with the engine.
struct PlainText {
    typealias Unit = Int

    struct Item {
        let unit: Unit
        let scalar: Unicode.Scalar
        let operation: Int
        let writer: Int
        let left: Unit?
        let right: Unit?
        var isDeleted = false
    }

    /// A place beside a scalar, or at an end of the text.
    enum Anchor {
        case start, end, before(Unit), after(Unit)
    }

    enum Body {
        case insert([(unit: Unit, scalar: Unicode.Scalar)], left: Unit?, right: Unit?)
        case delete([Unit])
        case mark(start: Anchor, end: Anchor, key: UTF8String, value: UInt64?)
    }

    struct Operation {
        /// Its place among all operations of the run: after those of its past.
        let number: Int
        let writer: Int
        let past: Set<Int>
        /// Of its last event.
        let lamport: Int
        let body: Body
    }

    /// All scalars ever inserted here, in their one order.
    private(set) var items: [Item] = []
    private var marks: [Operation] = []
    /// Numbers of the operations that are known.
    private(set) var known: Set<Int> = []
    private var lamport = 0

    // MARK: Reading

    private var shown: [Int] { items.indices.filter { !items[$0].isDeleted } }
    var scalars: [Unicode.Scalar] { shown.map { items[$0].scalar } }

    /// For each scalar what marks say of it.
    var attributes: [[UTF8String: UInt64]] {
        shown.map { place in
            var winners: [UTF8String: Operation] = [:], values: [UTF8String: UInt64] = [:]
            for mark in marks {
                guard case .mark(let start, let end, let key, let value) = mark.body,
                    isBehind(start, place), !isBehind(end, place)
                else { continue }
                if let other = winners[key], (other.lamport, other.writer) > (mark.lamport, mark.writer) {
                    continue
                }
                winners[key] = mark
                values[key] = value
            }
            return values
        }
    }

    /// Whether an item stands behind an anchor.
    private func isBehind(_ anchor: Anchor, _ place: Int) -> Bool {
        switch anchor {
        case .start: true
        case .end: false
        case .before(let unit): place >= self.place(of: unit)
        case .after(let unit): place > self.place(of: unit)
        }
    }

    private func place(of unit: Unit) -> Int {
        guard let place = items.firstIndex(where: { $0.unit == unit }) else {
            preconditionFailure("unit \(unit) is named by what is known, so it stands in the text")
        }
        return place
    }

    // MARK: Writing

    /// The operation that inserts scalars before the one at a position, as this replica makes it.
    func insertion(_ text: [(Unit, Unicode.Scalar)], at position: Int, number: Int, writer: Int) -> Operation
    {
        let left = position == 0 ? nil : shown[position - 1], next = (left ?? -1) + 1
        return operation(
            .insert(
                text.map { ($0.0, $0.1) }, left: left.map { items[$0].unit },
                right: next < items.count ? items[next].unit : nil),
            events: text.count, number: number, writer: writer)
    }

    func deletion(_ range: Range<Int>, number: Int, writer: Int) -> Operation {
        operation(
            .delete(shown[range].map { items[$0].unit }), events: range.count, number: number, writer: writer)
    }

    func mark(
        _ range: Range<Int>, _ key: UTF8String, _ value: UInt64?, _ expansion: MarkExpansion, number: Int,
        writer: Int
    ) -> Operation {
        let units = shown.map { items[$0].unit }
        var start = Anchor.before(units[range.lowerBound])
        if expansion == .before || expansion == .both {
            start = range.lowerBound == 0 ? .start : .after(units[range.lowerBound - 1])
        }
        var end = Anchor.after(units[range.upperBound - 1])
        if expansion == .after || expansion == .both {
            end = range.upperBound == units.count ? .end : .before(units[range.upperBound])
        }
        return operation(
            .mark(start: start, end: end, key: key, value: value), events: 1, number: number, writer: writer)
    }

    private func operation(_ body: Body, events: Int, number: Int, writer: Int) -> Operation {
        Operation(number: number, writer: writer, past: known, lamport: lamport + events, body: body)
    }

    // MARK: Applying

    /// Applies an operation; those of its past must be known.
    mutating func apply(_ operation: Operation) {
        guard known.insert(operation.number).inserted else { return }
        lamport = max(lamport, operation.lamport)
        switch operation.body {
        case .insert(let text, var left, let right):
            for (unit, scalar) in text {
                let item = Item(
                    unit: unit, scalar: scalar, operation: operation.number, writer: operation.writer,
                    left: left, right: right)
                integrate(item, past: operation.past.union([operation.number]))
                left = unit
            }
        case .delete(let units): for unit in units { items[place(of: unit)].isDeleted = true }
        case .mark: marks.append(operation)
        }
    }

    /// The program of the specification, with its names.
    private mutating func integrate(_ item: Item, past: Set<Int>) {
        let left = item.left.map(place(of:)) ?? -1, right = item.right.map(place(of:)) ?? .max
        var cursor = left + 1, undecided = false
        for place in cursor..<items.count {
            let other = items[place]
            if past.contains(other.operation) { break }
            if other.left.map(self.place(of:)) ?? -1 < left { break }
            if other.left == item.left {
                if other.right == item.right {
                    if item.writer < other.writer { break }
                    undecided = false
                } else {
                    undecided = other.right.map(self.place(of:)) ?? .max < right
                }
            }
            if !undecided { cursor = place + 1 }
        }
        items.insert(item, at: cursor)
    }
}
