import DunlinCausality
import DunlinSequences
import Testing

/// Random numbers from a seed (SplitMix64), so that a failure can be replayed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

/// What was found wrong, with the seed and, while it is short, with the whole history.
struct Divergence: Error, CustomStringConvertible {
    let description: String
}

/// Replicas that run the engine, and beside them one reference that knows everything at once.
///
/// The unit that an event inserts is the event's number. Numbers run through the whole history.
struct SequenceHistory {
    typealias Event = ReferenceSequence.Event

    /// What one replica did in one go.
    struct Operation {
        let replica: ReplicaID
        let firstSequence: UInt64
        let events: Range<Event>
        /// nil when the events belong to something else that shares the graph.
        let operation: SequenceOperation?
        /// The newest events that the replica knew.
        let parents: [Event]
        /// All events that it knew.
        let past: Set<Event>

        /// What the units from `units` on do, as an operation of their own.
        func piece(_ units: Range<Int>) -> SequenceOperation? {
            operation.map {
                $0.kind == .move
                    ? $0
                    : SequenceOperation(
                        $0.kind, at: $0.position(ofUnit: units.lowerBound), count: units.count)
            }
        }
    }

    let seed: UInt64
    var random: SeededGenerator
    private(set) var operations: [Operation] = []
    private(set) var replicas: [SequenceReplica] = []
    private(set) var reference = ReferenceSequence()
    /// By event, the index of its operation.
    private var operationOfEvent: [Int] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    var allEvents: Set<Event> { Set(operationOfEvent.indices) }

    func chance(_ percent: Int, _ random: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    // MARK: Replicas

    /// A new replica that starts as `old` was, or with nothing, and lacks what was done since.
    mutating func join(from old: SequenceReplica? = nil) throws {
        // Long common beginnings and high bits show an order that is not the bytes'.
        var bytes = [UInt8](repeating: 0x80, count: 32)
        for index in Int.random(in: 0..<32, using: &random)..<32 {
            bytes[index] = UInt8.random(in: 0...255, using: &random)
        }
        var id = try #require(ReplicaID(bytes: bytes))
        while replicas.contains(where: { $0.id == id }) {
            bytes[31] &+= 1
            id = try #require(ReplicaID(bytes: bytes))
        }
        replicas.append(SequenceReplica(id: id, startingAs: old, operations: operations.count))
    }

    // MARK: Operations

    /// Does an operation at a replica and at the reference; nil stands for events of something else.
    mutating func perform(_ operation: SequenceOperation?, count: Int, by index: Int) throws {
        let writer = replicas[index]
        let first = operationOfEvent.count
        // A replica's numbers may leave some out.
        let gap: UInt64 = chance(5, &random) ? UInt64.random(in: 1...300, using: &random) : 0
        let made = Operation(
            replica: writer.id, firstSequence: writer.nextSequence + gap, events: first..<first + count,
            operation: operation, parents: writer.graph.frontier.map { writer.events[$0] },
            past: writer.known)
        for _ in made.events { operationOfEvent.append(operations.count) }
        operations.append(made)
        reference.apply(operation, events: made.events, by: made.replica, past: made.past)
        for other in replicas.indices where other != index {
            replicas[other].missing.append(operations.count - 1)
        }
        try apply(made, units: 0..<count, at: index)
        replicas[index].nextSequence = made.firstSequence + UInt64(count)
    }

    // MARK: Delivery

    /// Delivers one operation that `index` lacks: any, or what it needs before any; a run sometimes only in
    /// part.
    mutating func deliverOne(to index: Int, oldestFirst: Bool = false) throws {
        let missing = replicas[index].missing
        guard var choice = oldestFirst ? missing.min() : missing.randomElement(using: &random) else { return }
        while let parent = operations[choice].parents.first(where: { !replicas[index].known.contains($0) }) {
            choice = operationOfEvent[parent]
        }
        let operation = operations[choice]
        let start = replicas[index].received[choice] ?? 0
        var end = operation.events.count
        if end - start > 1, chance(25, &random) { end = Int.random(in: start + 1..<end, using: &random) }
        try apply(operation, units: start..<end, at: index)
        if end < operation.events.count {
            replicas[index].received[choice] = end
        } else {
            replicas[index].received[choice] = nil
            replicas[index].removeMissing(choice)
        }
    }

    mutating func deliverAll(to index: Int, oldestFirst: Bool = false) throws {
        while !replicas[index].missing.isEmpty {
            try deliverOne(to: index, oldestFirst: oldestFirst)
            if chance(5, &random) { try check(index) }
        }
    }

    private mutating func apply(_ operation: Operation, units: Range<Int>, at index: Int) throws {
        let parents =
            units.lowerBound == 0
            ? operation.parents : [operation.events.lowerBound + units.lowerBound - 1]
        let names = parents.map { event in
            let made = operations[operationOfEvent[event]]
            return EventID(
                replica: made.replica,
                sequence: made.firstSequence + UInt64(event - made.events.lowerBound))
        }
        do {
            try replicas[index].apply(operation, units: units, parents: names)
        } catch { throw divergence(at: index, "\(error)") }
    }

    // MARK: Checks

    /// Compares the content that a replica has with the reference's at the same version.
    func check(_ index: Int) throws {
        let expected = reference.visible(at: replicas[index].known)
        if replicas[index].content != expected {
            throw divergence(at: index, "has \(replicas[index].content), and should have \(expected)")
        }
    }

    /// The reference again, from the operations in another causal order and in pieces.
    mutating func reordered() -> ReferenceSequence {
        var other = ReferenceSequence(), known: Set<Event> = [], left = Array(operations.indices)
        while var choice = left.randomElement(using: &random) {
            while let parent = operations[choice].parents.first(where: { !known.contains($0) }) {
                choice = operationOfEvent[parent]
            }
            let made = operations[choice]
            let cut = Int.random(in: 1...made.events.count, using: &random)
            for units in [0..<cut, cut..<made.events.count] where !units.isEmpty {
                let events =
                    made.events.lowerBound + units.lowerBound..<made.events.lowerBound + units.upperBound
                let past = made.past.union(made.events.lowerBound..<events.lowerBound)
                other.apply(made.piece(units), events: events, by: made.replica, past: past)
                known.formUnion(events)
            }
            left.removeAll { $0 == choice }
        }
        return other
    }

    func divergence(at index: Int, _ problem: String) -> Divergence {
        var lines = ["seed \(seed), after \(operations.count) operations: replica \(index) \(problem)"]
        if operations.count <= 16 {
            let names = Dictionary(
                replicas.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
            let ordered = replicas.indices.sorted { replicas[$0].id < replicas[$1].id }
            lines.append("replicas in the order of their bytes: \(ordered)")
            for made in operations {
                let what =
                    made.operation.map { "\($0.kind) at \($0.position) to \($0.destination)" }
                    ?? "something else"
                lines.append(
                    "events \(made.events) by \(names[made.replica] ?? -1) on \(made.parents): \(what)")
            }
            lines.append("arrived at replica \(index): \(replicas[index].events)")
        }
        return Divergence(description: lines.joined(separator: "\n"))
    }
}
