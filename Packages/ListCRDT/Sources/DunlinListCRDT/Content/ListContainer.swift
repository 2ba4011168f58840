import DunlinCausality
import DunlinSequences

/// A list without a causal graph of its own: what an object holds for each of its lists.
///
/// Every element that was ever inserted is kept where it was put first, and a rope holds their order.
/// Elements inserted side by side stay side by side, whatever was inserted concurrently.
/// - Source: `Docs/Spec/Sequences.md`.
public struct ListContainer<Element: Hashable & Sendable>: Sendable {
    private var state = SequenceState()
    private var rope = ListRope()
    /// What the list showed when it was restored, then what its log brings, from `firstUnit` on.
    private var kept: [Element] = []
    private var restoredCount = 0
    private var firstUnit = 0
    /// Kept for its memory.
    private var edits: [SequenceEdit] = []

    /// An empty list.
    public init() {}

    /// Restores a saved list.
    /// - Parameters:
    ///   - log: what was done to it.
    ///   - elements: what it shows.
    ///   - inserted: all values that the log brings, in its order; without them older elements cannot be
    ///   asked for.
    /// - Precondition: there are no such values, or as many as the log brings.
    /// - Complexity: O(*n*).
    public init(log: SequenceLog, elements: [Element], inserted: [Element] = []) {
        precondition(
            inserted.isEmpty || inserted.count == log.insertedCount, "the log says what was inserted")
        self.init(showing: elements)
        restore(log, inserted: inserted)
    }

    /// A list to read, whose history is not there.
    init(showing elements: [Element]) {
        kept = elements
        restoredCount = elements.count
        rope = ListRope(0..<UInt32(elements.count))
    }

    /// Takes in the history of a list that could only be read.
    mutating func restore(_ log: SequenceLog, inserted: [Element]) {
        firstUnit = log.insertedCount - inserted.count
        kept += inserted
        state = SequenceState(log: log, length: rope.count)
    }

    /// Forgets what was done before a version that all the rest has seen; what the list held then stays.
    /// - Parameters:
    ///   - old: what it held.
    ///   - start: the first of the events that stand for having inserted it, one behind the other.
    ///   - distance: by how much the events from `version` on are lower from now on.
    /// - Precondition: the list was not restored without its values.
    /// - Complexity: O(*n*) in what stays.
    public mutating func forget(
        before version: LocalVersion, keeping old: [Element], from start: LocalVersion,
        movedDownBy distance: Int
    ) {
        let later = inserted(log.insertedCount(before: version)..<log.insertedCount) ?? []
        let log = SequenceLog(
            beginningWith: start..<start + old.count, then: log, from: version, movedDownBy: distance)
        self = ListContainer(log: log, elements: elements, inserted: old + later)
    }

    /// How many elements there were right before an event that has seen all before it.
    public func count(before version: LocalVersion) -> Int { log.length(before: version) ?? count }

    /// Forgets what was done before a version that all others have seen, and older elements.
    /// - Parameter distance: by how much the events from `version` on are lower from now on. The first ones,
    ///   as many as there were elements, stand for having inserted them.
    /// - Complexity: O(*n*) in what stays.
    public mutating func forget(before version: LocalVersion, movedDownBy distance: Int) {
        let units = 0..<count(before: version)
        let log = SequenceLog(beginningWith: units, then: log, from: version, movedDownBy: distance)
        self = ListContainer(log: log, elements: elements)
    }

    // MARK: Reading

    /// How many elements there are.
    public var count: Int { rope.count }
    /// Whether there is no element.
    public var isEmpty: Bool { rope.count == 0 }
    /// The operations that made the list, for exchange and saving.
    public var log: SequenceLog { state.log }
    /// The elements in order.
    /// - Complexity: O(*n*).
    public var elements: [Element] { elements(rope, 0..<count) }

    /// The element at a position.
    /// - Precondition: `position` lies within the list.
    /// - Complexity: O(log *n*).
    public subscript(position: Int) -> Element {
        precondition(
            position >= 0 && position < count, "position \(position) lies outside the list of \(count)")
        return kept[Int(rope[position])]
    }

    /// The elements in a range of positions.
    /// - Precondition: `range` lies within the list.
    /// - Complexity: O(log *n*) and the length of the range.
    public subscript(range: Range<Int>) -> [Element] {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count, "\(range) lies outside the list of \(count)")
        return elements(rope, range)
    }

    private func elements(_ rope: ListRope, _ range: Range<Int>) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(range.count)
        for run in rope.runs(in: range) {
            if run.count == 1 {
                elements.append(kept[Int(run.first)])
            } else {
                elements += kept[Int(run.first)..<Int(run.first + run.count)]
            }
        }
        return elements
    }

    // MARK: Changing

    /// Inserts an element here, as an event that follows everything in the graph.
    /// - Parameter position: at most ``count``.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func insert(_ element: Element, at position: Int, version: LocalVersion) {
        kept.append(element)
        applyOnFrontier(
            SequenceOperation(.insert, at: position, count: 1), versions: version..<version + 1, report: nil)
    }

    /// Inserts elements here, as events that follow everything in the graph.
    /// - Parameters:
    ///   - elements: as many as `versions` has events.
    ///   - position: at most ``count``.
    /// - Complexity: O(1) beside the last edit, else O(log *n*), and the number of elements.
    public mutating func insert(
        contentsOf elements: some Collection<Element>, at position: Int, versions: Range<LocalVersion>
    ) {
        kept += elements
        applyOnFrontier(
            SequenceOperation(.insert, at: position, count: versions.count), versions: versions, report: nil)
    }

    /// Deletes elements here, as events that follow everything in the graph.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func delete(_ range: Range<Int>, versions: Range<LocalVersion>) {
        applyOnFrontier(
            SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count), versions: versions,
            report: nil)
    }

    /// Gives elements other values here, as events that follow everything in the graph.
    /// - Parameters:
    ///   - elements: as many as `versions` has events.
    ///   - position: so that all of them lie within the list.
    /// - Complexity: O(log *n*) and the number of elements.
    public mutating func set(
        contentsOf elements: some Collection<Element>, at position: Int, versions: Range<LocalVersion>
    ) {
        kept += elements
        applyOnFrontier(
            SequenceOperation(.set, at: position, count: versions.count), versions: versions, report: nil)
    }

    /// Moves an element here, as an event that follows everything in the graph.
    /// - Parameters:
    ///   - position: where it is.
    ///   - destination: how many others are before it afterwards.
    /// - Complexity: O(log *n*).
    public mutating func move(from position: Int, to destination: Int, version: LocalVersion) {
        applyOnFrontier(
            SequenceOperation(moving: position, to: destination), versions: version..<version + 1, report: nil
        )
    }

    /// Applies an operation of this or another replica.
    /// - Parameters:
    ///   - inserted: one element for each unit of an insertion or a setting.
    ///   - versions: its events in `graph`, which holds them already; as many as the operation has units.
    ///   - parents: parents of the first event; each other event follows the one before.
    ///   - frontier: the graph's frontier before them.
    ///   - report: told what changes in the list as it is shown, in order.
    /// - Complexity: O(log *n*) when nothing is concurrent; see
    ///   ``SequenceState/apply(_:versions:parents:frontier:graph:)``.
    public mutating func apply(
        _ operation: SequenceOperation, inserted: [Element], versions: Range<LocalVersion>, parents: Frontier,
        frontier: Frontier, graph: CausalGraph, report: ((ListDelta<Element>) -> Void)? = nil
    ) {
        precondition(
            inserted.count == (operation.kind.bringsValues ? operation.count : 0), "a unit is an element")
        kept += inserted
        if parents == frontier {
            applyOnFrontier(operation, versions: versions, report: report)
        } else {
            apply(operation, versions: versions, parents: parents, graph: graph, report: report)
        }
    }

    /// Keeps elements that an operation brings which was applied or will be, in the order of operations. A
    /// report needs them before.
    mutating func keep(_ elements: ArraySlice<Element>) {
        // The first of all may be taken over as they lie.
        if kept.isEmpty { kept = Array(elements) } else { kept += elements }
    }

    /// Whether so many elements can be numbered.
    func hasRoom(for inserted: Int) -> Bool { kept.count + inserted <= Int(UInt32.max) }

    /// Operations that would be replayed if what comes next were concurrent with them, and are not to be now.
    var walkedCount: Int { state.walkedCount }

    /// Applies an operation that follows everything, without its elements.
    /// - Parameter isSettled: nothing that is known to come is concurrent with what was applied so far.
    mutating func applyOnFrontier(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, isSettled: Bool = false,
        report: ((ListDelta<Element>) -> Void)?
    ) {
        let first = nextNumber
        guard let edit = operation.edit(ofLength: rope.count),
            state.record(
                operation.kind, at: operation.position, to: operation.destination, versions: versions)
        else {
            state.applyOnFrontier(operation, versions: versions, isSettled: isSettled, edits: &edits)
            return performEdits(first, report: report)
        }
        perform(edit, first, report: report)
    }

    /// Applies an operation that something is concurrent with, without its elements.
    /// - Parameter parents: parents of the first event; nil for the event right before, by local version.
    mutating func apply(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, parents: Frontier?, graph: CausalGraph,
        report: ((ListDelta<Element>) -> Void)?
    ) {
        let first = nextNumber
        state.apply(operation, versions: versions, parents: parents, graph: graph, edits: &edits)
        performEdits(first, report: report)
    }

    /// Where the next element is kept that an operation brings.
    private var nextNumber: UInt32 { UInt32(restoredCount + state.log.insertedCount - firstUnit) }

    private mutating func performEdits(_ first: UInt32, report: ((ListDelta<Element>) -> Void)?) {
        for index in edits.indices { perform(edits[index], first, report: report) }
        // Most operations are one edit; emptying the array costs more than taking that out.
        if edits.count == 1 { edits.removeLast() } else { edits.removeAll(keepingCapacity: true) }
    }

    private mutating func perform(
        _ edit: SequenceEdit, _ first: UInt32, report: ((ListDelta<Element>) -> Void)?
    ) {
        switch edit {
        case .insert(let position, let units):
            let numbers = first + UInt32(units.lowerBound)..<first + UInt32(units.upperBound)
            rope.insert(numbers, at: position)
            report?(.insert(Array(kept[Int(numbers.lowerBound)..<Int(numbers.upperBound)]), at: position))
        case .delete(let range):
            rope.delete(range)
            report?(.delete(range))
        case .set(let position, let units):
            let numbers = first + UInt32(units.lowerBound)..<first + UInt32(units.upperBound)
            rope.set(numbers, at: position)
            report?(.set(Array(kept[Int(numbers.lowerBound)..<Int(numbers.upperBound)]), at: position))
        case .move(let from, let to):
            rope.move(from, to: to)
            report?(.move(from: from, to: to))
        }
    }

    // MARK: History

    /// Some of all values that the log brings (``SequenceLog/operations(in:)`` names them); nil when the list
    /// was restored without them.
    /// - Complexity: O(1).
    public func inserted(_ units: Range<Int>) -> ArraySlice<Element>? {
        guard units.lowerBound >= firstUnit, units.upperBound <= log.insertedCount else { return nil }
        let offset = restoredCount - firstUnit
        return kept[units.lowerBound + offset..<units.upperBound + offset]
    }

    /// The elements at an older version; nil when the list was restored without what had been inserted.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func elements(at frontier: Frontier, graph: CausalGraph) -> [Element]? {
        guard firstUnit == 0 else { return nil }
        var old = ListRope()
        for (version, edit) in state.replay(graph: graph, upTo: frontier) {
            func numbers(_ units: Range<Int>) -> Range<UInt32> {
                let run = log.runs[log.firstRun(endingAfter: version)]
                let first = UInt32(
                    restoredCount + run.insertedBefore + version - run.start + units.lowerBound)
                return first..<first + UInt32(units.count)
            }
            switch edit {
            case .insert(let position, let units): old.insert(numbers(units), at: position)
            case .delete(let range): old.delete(range)
            case .set(let position, let units): old.set(numbers(units), at: position)
            case .move(let from, let to): old.move(from, to: to)
            }
        }
        return elements(old, 0..<old.count)
    }
}

extension SequenceOperation {
    /// What it does to a sequence of a length when all of its units are within it, else nil.
    fileprivate func edit(ofLength length: Int) -> SequenceEdit? {
        switch kind {
        case .insert: position <= length ? .insert(at: position, units: 0..<count) : nil
        case .deleteForward:
            count <= length - position ? .delete(position..<position + count) : nil
        case .deleteBackward: position < length ? .delete(position - count + 1..<position + 1) : nil
        case .set: count <= length - position ? .set(at: position, units: 0..<count) : nil
        case .move: max(position, destination) < length ? .move(from: position, to: destination) : nil
        }
    }
}
