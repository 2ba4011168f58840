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

    /// One unit that was ever inserted: an element, or a slot that a move gave one.
    struct Unit: Hashable {
        let event: Event
        let replica: ReplicaID
        /// The event that inserted the element.
        let element: Event
        /// The unit before it at the operation's parents; nil is the beginning.
        let left: Event?
        /// The unit behind it that existed there, deleted or not; nil is the end.
        let right: Event?
    }

    /// When an event happened, as far as it settles who wins.
    struct Stamp: Comparable {
        let lamport: Int
        let replica: ReplicaID

        static func < (a: Stamp, b: Stamp) -> Bool {
            if a.lamport != b.lamport { return a.lamport < b.lamport }
            return a.replica.bytes.lexicographicallyPrecedes(b.replica.bytes)
        }
    }

    /// All units ever inserted, deleted ones too, in their one order.
    private(set) var units: [Unit] = []
    /// The events that deleted an element: each counts only in versions that it belongs to.
    private var deletions: [Event: Set<Event>] = [:]
    /// The events that gave an element another value, likewise.
    private var settings: [Event: [Event]] = [:]
    private var stamps: [Event: Stamp] = [:]

    /// What is in the sequence at a version, given as all the events in it: of each element the event that
    /// gave it the value it has.
    func visible(at version: Set<Event>) -> [Event] {
        present(at: version).map { unit in
            newest((settings[unit.element] ?? []).filter { version.contains($0) }) ?? unit.element
        }
    }

    /// The units in which elements show at a version.
    private func present(at version: Set<Event>) -> [Unit] {
        let known = units.filter { version.contains($0.event) }
        let slots = Dictionary(grouping: known, by: \.element).mapValues { newest($0.map(\.event)) }
        return known.filter { unit in
            slots[unit.element] == unit.event
                && deletions[unit.element, default: []].isDisjoint(with: version)
        }
    }

    private func newest(_ events: [Event]) -> Event? {
        events.max { a, b in
            guard let x = stamps[a], let y = stamps[b] else { return false }
            return x < y
        }
    }

    /// Applies an operation; all events in its past must have been applied before.
    /// - Parameters:
    ///   - operation: nil for events of something else.
    ///   - events: one for each unit, in the order of the run.
    ///   - past: all events before the first of `events`.
    mutating func apply(
        _ operation: SequenceOperation?, events: Range<Event>, by replica: ReplicaID, past: Set<Event>
    ) {
        var past = past, present = present(at: past)
        var lamport = past.compactMap { stamps[$0]?.lamport }.max() ?? 0
        for (offset, event) in events.enumerated() {
            lamport += 1
            stamps[event] = Stamp(lamport: lamport, replica: replica)
            guard let operation else { continue }
            let position = operation.position(ofUnit: offset)
            switch operation.kind {
            case .insert where position <= present.count:
                let left = position == 0 ? nil : present[position - 1].event
                let unit = integrate(event, by: replica, element: event, left: left, past: past)
                present.insert(unit, at: position)
            case .deleteForward where position < present.count,
                .deleteBackward where position < present.count:
                deletions[present[position].element, default: []].insert(event)
                present.remove(at: position)
            case .set where position < present.count:
                settings[present[position].element, default: []].append(event)
            case .move where position < present.count && operation.destination < present.count:
                let element = present.remove(at: position).element
                let left = operation.destination == 0 ? nil : present[operation.destination - 1].event
                let unit = integrate(event, by: replica, element: element, left: left, past: past)
                present.insert(unit, at: operation.destination)
            default:
                // Out of range: void for everybody.
                break
            }
            past.insert(event)
        }
    }

    /// The program of the specification, with its names.
    private mutating func integrate(
        _ event: Event, by replica: ReplicaID, element: Event, left: Event?, past: Set<Event>
    ) -> Unit {
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
        let unit = Unit(event: event, replica: replica, element: element, left: left, right: right)
        units.insert(unit, at: cursor)
        return unit
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
