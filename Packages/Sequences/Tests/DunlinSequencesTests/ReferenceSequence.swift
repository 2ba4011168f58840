import DunlinCausality
import DunlinSequences

/// A replicated sequence by the letter of `Docs/Spec/Sequences.md`: slow, and plain enough to be read beside
/// it.
///
/// It knows nothing of the causal graph; the past of an event is the set of the events in it. So it can be
/// wrong only where it misreads the specification, not where the engine is clever.
struct ReferenceSequence {
    /// An event's number, unique in its history.
    typealias Event = Int

    /// One unit that was ever inserted.
    struct Unit: Hashable {
        let event: Event
        let replica: ReplicaID
        /// The unit before it at the operation's parents; nil is the beginning.
        let left: Event?
        /// The unit behind it that existed there, deleted or not; nil is the end.
        let right: Event?
        /// The events that deleted it: each counts only in versions that it belongs to.
        var deletions: Set<Event> = []
    }

    /// All units ever inserted, deleted ones too, in their one order.
    private(set) var units: [Unit] = []

    /// The units that are in the sequence at a version, given as all the events in it.
    func visible(at version: Set<Event>) -> [Event] {
        units.filter { version.contains($0.event) && $0.deletions.isDisjoint(with: version) }.map(\.event)
    }

    /// Applies an operation; all events in its past that were not void must have been applied before.
    /// - Parameters:
    ///   - events: one for each unit, in the order of the run.
    ///   - past: all events before the first of `events`.
    mutating func apply(
        _ operation: SequenceOperation, events: Range<Event>, by replica: ReplicaID, past: Set<Event>
    ) {
        var past = past, present = visible(at: past)
        for (offset, event) in events.enumerated() {
            let position = operation.position(ofUnit: offset)
            switch operation.kind {
            case .insert where position <= present.count:
                let left = position == 0 ? nil : present[position - 1]
                integrate(event, by: replica, left: left, past: past)
                present.insert(event, at: position)
            case .deleteForward where position < present.count,
                .deleteBackward where position < present.count:
                units[place(ofLeft: present[position])].deletions.insert(event)
                present.remove(at: position)
            default:
                // Out of range: void for everybody.
                break
            }
            past.insert(event)
        }
    }

    /// The program of the specification, with its names.
    private mutating func integrate(
        _ event: Event, by replica: ReplicaID, left: Event?, past: Set<Event>
    ) {
        var cursor = place(ofLeft: left) + 1
        let right = units[cursor...].first { past.contains($0.event) }?.event
        var undecided = false
        for index in cursor..<units.count {
            let other = units[index]
            if past.contains(other.event) { break }
            if place(ofLeft: other.left) < place(ofLeft: left) { break }
            if other.left == left {
                if other.right == right {
                    if replica.bytes.lexicographicallyPrecedes(other.replica.bytes) { break }
                    undecided = false
                } else {
                    undecided = place(ofRight: other.right) < place(ofRight: right)
                }
            }
            if !undecided { cursor = index + 1 }
        }
        units.insert(Unit(event: event, replica: replica, left: left, right: right), at: cursor)
    }

    private func place(ofLeft event: Event?) -> Int {
        guard let event else { return -1 }
        return place(of: event)
    }

    private func place(ofRight event: Event?) -> Int {
        guard let event else { return .max }
        return place(of: event)
    }

    private func place(of event: Event) -> Int {
        for index in units.indices where units[index].event == event { return index }
        preconditionFailure("unit \(event) is a neighbour, so it stands in the sequence")
    }
}
