import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// What happened to a list as it is shown here.
public enum ListDelta<Element: Hashable & Sendable>: Hashable, Sendable {
    case insert([Element], at: Int)
    case delete(Range<Int>)
}

/// A list without a causal graph of its own: what an object holds for each of its lists.
///
/// Elements inserted side by side concurrently do not interleave.
/// - Source: `Docs/Spec/Sequences.md`.
public struct ListContainer<Element: Hashable & Sendable>: Sendable {
    private var state = SequenceState()
    /// The elements in order.
    public private(set) var elements: [Element] = []

    /// An empty list.
    public init() {}

    /// How many elements there are.
    public var count: Int { elements.count }
    /// The operations that made the list, for exchange and saving.
    public var log: SequenceLog { state.log }

    /// Applies an operation; `inserted` has one element for each unit of an insertion.
    /// - Complexity: O(*n*) in the elements behind the place of the edit.
    public mutating func apply(
        _ operation: SequenceOperation, inserted: [Element], versions: Range<LocalVersion>, parents: Frontier,
        frontier: Frontier, graph: CausalGraph
    ) -> [ListDelta<Element>] {
        let edits = state.apply(
            operation, versions: versions, parents: parents, frontier: frontier, graph: graph)
        return edits.map { edit in
            switch edit {
            case .insert(let position, let units):
                let new = Array(inserted[units])
                elements.insert(contentsOf: new, at: position)
                return .insert(new, at: position)
            case .delete(let range):
                elements.removeSubrange(range)
                return .delete(range)
            }
        }
    }

    /// Restores a saved list.
    public init(log: SequenceLog, elements: [Element]) {
        self.elements = elements
        state = SequenceState(log: log, length: elements.count)
    }
}
