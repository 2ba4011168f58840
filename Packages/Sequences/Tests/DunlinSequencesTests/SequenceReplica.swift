import DunlinCausality
import DunlinSequences
import Testing

/// One replica: the engine, and the content that its edits make.
struct SequenceReplica {
    typealias Event = ReferenceSequence.Event

    let id: ReplicaID
    private(set) var graph = CausalGraph()
    private(set) var state = SequenceState()
    /// The units, each by the number of the event that gave it its value.
    private(set) var content: [Event] = []
    private(set) var known: Set<Event> = []
    /// Events by local version.
    private(set) var events: [Event] = []
    var nextSequence: UInt64 = 0
    /// Operations that were not received, or only in part.
    var missing: [Int]
    /// How many units were received of the operations that came in part.
    var received: [Int: Int] = [:]
    /// Operations that there were in the history when this replica was last seen.
    private(set) var seen: Int

    /// - Parameter operations: how many the history has.
    init(id: ReplicaID, startingAs old: SequenceReplica?, operations: Int) {
        self.id = id
        seen = operations
        missing = Array(0..<operations)
        guard let old else { return }
        graph = old.graph
        state = old.state
        content = old.content
        known = old.known
        events = old.events
        received = old.received
        missing = old.missing + (old.seen..<operations)
    }

    /// The replica as it is now, to start others from later.
    func snapshot(operations: Int) -> SequenceReplica {
        var copy = self
        copy.seen = operations
        return copy
    }

    mutating func removeMissing(_ operation: Int) {
        guard let index = missing.firstIndex(of: operation) else { return }
        missing.swapAt(index, missing.count - 1)
        missing.removeLast()
    }

    /// Gives units of an operation to the engine, and its edits to the content.
    /// - Parameter parents: of the first of the units.
    mutating func apply(
        _ made: SequenceHistory.Operation, units: Range<Int>, parents: [EventID]
    ) throws {
        let local = try parents.map { try #require(graph.localVersion(of: $0)) }
        let frontier = graph.frontier, dominators = graph.dominators(of: local)
        let versions = try graph.append(
            replica: made.replica, sequence: made.firstSequence + UInt64(units.lowerBound),
            count: units.count, parents: dominators)
        let first = made.events.lowerBound + units.lowerBound
        events.append(contentsOf: first..<first + units.count)
        known.formUnion(first..<first + units.count)
        guard let piece = made.piece(units) else { return }
        let edits = state.apply(
            piece, versions: versions, parents: dominators, frontier: frontier, graph: graph)
        for edit in edits { try apply(edit, first: first, count: units.count) }
        if state.length != content.count {
            throw Divergence(description: "counts \(state.length) units and has \(content.count)")
        }
    }

    private mutating func apply(_ edit: SequenceEdit, first: Event, count: Int) throws {
        switch edit {
        case .insert(let position, let units):
            guard 0...content.count ~= position, (0..<count).contains(units) else {
                throw Divergence(description: "got \(edit) with \(content.count) units")
            }
            content.insert(contentsOf: units.map { first + $0 }, at: position)
        case .delete(let range):
            guard content.indices.contains(range) else {
                throw Divergence(description: "got \(edit) with \(content.count) units")
            }
            content.removeSubrange(range)
        case .set(let position, let units):
            guard position >= 0, position + units.count <= content.count, (0..<count).contains(units) else {
                throw Divergence(description: "got \(edit) with \(content.count) units")
            }
            content.replaceSubrange(position..<position + units.count, with: units.map { first + $0 })
        case .move(let from, let to):
            guard content.indices.contains(from), content.indices.contains(to) else {
                throw Divergence(description: "got \(edit) with \(content.count) units")
            }
            content.insert(content.remove(at: from), at: to)
        }
    }
}
