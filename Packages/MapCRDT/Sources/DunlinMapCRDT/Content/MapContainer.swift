import DunlinCausality
import DunlinEncoding

/// A map of registers without a causal graph of its own: what an object holds for each of its maps.
///
/// Each key holds the values that no later write has seen: usually one, several after concurrent writes. The
/// one with the greatest (Lamport time, replica) shows; the others stay readable until overwritten. A delete
/// removes the values it saw; a concurrent write survives it.
/// - Source: `Docs/Spec/Changes.md`, "Maps".
public struct MapContainer<Value: Hashable & Sendable>: Sendable {
    /// A value and the event that wrote it.
    public struct Register: Hashable, Sendable {
        /// The local version of the event that wrote it.
        public var version: LocalVersion
        /// Lamport time of that event; the greater wins.
        public var lamport: UInt64
        /// The writer; of equal times the greater wins.
        public var replica: ReplicaID
        /// What was written.
        public var value: Value
    }

    /// Each key's registers, the winner first.
    private var registers: [UTF8String: [Register]] = [:]

    /// A map without keys.
    public init() {}

    /// The value that shows.
    public subscript(key: UTF8String) -> Value? { registers[key]?.first?.value }

    /// Every value of a key that no later write has seen, the one that shows first.
    public func conflicts(_ key: UTF8String) -> [Register] { registers[key] ?? [] }

    /// Keys with a value, in the order of their bytes.
    public var keys: [UTF8String] { registers.keys.sorted() }
    /// Whether no key has a value.
    public var isEmpty: Bool { registers.isEmpty }

    /// Writes `value` (nil deletes) as event `version`, whose parents are `parents`.
    /// - Parameter isLinear: everything in the graph is in the event's past.
    /// - Complexity: O(1) when nothing is concurrent.
    public mutating func apply(
        _ key: UTF8String, _ value: Value?, version: LocalVersion, parents: Frontier, isLinear: Bool,
        graph: CausalGraph
    ) {
        var kept: [Register] = []
        if !isLinear, let present = registers[key] {
            kept = present.filter { !graph.contains(parents, $0.version) }
        }
        if let value {
            kept.append(
                Register(
                    version: version, lamport: graph.lamport(at: version),
                    replica: graph.event(at: version).replica, value: value))
        }
        kept.sort { ($0.lamport, $0.replica) > ($1.lamport, $1.replica) }
        registers[key] = kept.isEmpty ? nil : kept
    }

    /// Restores a register that was saved; registers of a key come with the winner first.
    public mutating func restore(_ key: UTF8String, _ value: Value, version: LocalVersion, graph: CausalGraph)
    {
        registers[key, default: []].append(
            Register(
                version: version, lamport: graph.lamport(at: version),
                replica: graph.event(at: version).replica, value: value))
    }
}
