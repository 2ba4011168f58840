import DunlinCausality
import DunlinEncoding

/// A map as `Docs/Spec/Maps.md` defines it: a set of events, each with all events that it has seen. Obviously
/// right, and slow.
struct ReferenceMap {
    enum Operation: Hashable {
        case set(CBORValue), delete, increment(Int64)
        var isWrite: Bool { if case .increment = self { false } else { true } }
    }

    struct Event {
        var id: EventID
        var key: UTF8String
        var operation: Operation
        /// By place in `events`; without itself.
        var past: Set<Int>
        var lamport: Int
    }

    private(set) var events: [Event] = []

    /// Adds an event that has seen `past`; gives its place.
    mutating func append(_ id: EventID, _ key: UTF8String, _ operation: Operation, past: Set<Int>) -> Int {
        let lamport = 1 + (past.map { events[$0].lamport }.max() ?? 0)
        events.append(Event(id: id, key: key, operation: operation, past: past, lamport: lamport))
        return events.count - 1
    }

    /// For each key that shows something its sets, the greatest first, and behind them the sum of its
    /// increments: of those that no write of the key among `known` has seen.
    func shown(_ known: Set<Int>) -> [UTF8String: (values: [CBORValue], sum: Int64?)] {
        var shown: [UTF8String: (values: [CBORValue], sum: Int64?)] = [:]
        for (key, here) in Dictionary(grouping: known, by: { events[$0].key }) {
            let writes = here.filter { events[$0].operation.isWrite }
            let living = here.filter { event in !writes.contains { events[$0].past.contains(event) } }
                .map { events[$0] }.sorted { ($0.lamport, $0.id.replica) > ($1.lamport, $1.id.replica) }
            var values: [CBORValue] = [], sum: Int64?
            for event in living {
                switch event.operation {
                case .set(let value): values.append(value)
                case .delete: break
                case .increment(let amount): sum = (sum ?? 0) &+ amount
                }
            }
            if let sum { values.append(.integer(sum)) }
            if !values.isEmpty { shown[key] = (values, sum) }
        }
        return shown
    }

    static func sorted(_ keys: some Sequence<UTF8String>) -> [UTF8String] {
        keys.sorted { Array($0.string.utf8).lexicographicallyPrecedes(Array($1.string.utf8)) }
    }
}
