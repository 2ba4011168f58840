import DunlinCausality
import DunlinEncoding

/// A map of registers without a causal graph of its own: what an object holds for each of its maps.
///
/// Each key holds the values that no later write has seen: usually one, several after concurrent writes. The
/// one with the greatest (Lamport time, replica) shows; the others stay readable until overwritten. A delete
/// removes the values it saw; a concurrent write survives it. A few keys are one allocation; those that hold
/// several values add others.
///
/// Inlinable throughout: where it is not made for the type of its values, a write takes five times as long.
/// - Source: `Docs/Spec/Changes.md`, "Maps".
public struct MapContainer<Value: Hashable & Sendable>: Sendable {
    /// A value and the event that wrote it.
    public struct Register: Hashable, Sendable {
        /// The local version of the event that wrote it.
        public var version: LocalVersion
        /// What was written.
        public var value: Value

        @inlinable init(version: LocalVersion, value: Value) {
            self.version = version
            self.value = value
        }
    }

    @usableFromInline struct Entry: Sendable {
        @usableFromInline let key: UTF8String
        /// What shows.
        @usableFromInline var first: Register

        @inlinable init(key: UTF8String, first: Register) {
            self.key = key
            self.first = first
        }
    }

    @inlinable static var countWithoutPlaces: Int { 16 }

    /// The keys that have a value: in the order of their bytes while they are few, else in any.
    @usableFromInline var entries: [Entry] = []
    /// What is concurrent with what shows, the greater first.
    @usableFromInline var others: [UTF8String: [Register]] = [:]
    /// Where each key is; nil while they are few.
    @usableFromInline var places: [UTF8String: Int]?

    /// A map without keys.
    @inlinable public init() {}

    /// The value that shows.
    /// - Complexity: O(1), as of all questions about one key.
    @inlinable public subscript(key: UTF8String) -> Value? { place(of: key).map { entries[$0].first.value } }

    /// Every value of a key that no later write has seen, the one that shows first.
    @inlinable public func conflicts(_ key: UTF8String) -> [Register] {
        place(of: key).map { [entries[$0].first] + (others[key] ?? []) } ?? []
    }

    /// Keys with a value, in the order of their bytes.
    /// - Complexity: O(*n* log *n*), O(*n*) when there are few.
    @inlinable public var keys: [UTF8String] {
        let keys = entries.map(\.key)
        return places == nil ? keys : keys.sorted()
    }

    /// Whether no key has a value.
    @inlinable public var isEmpty: Bool { entries.isEmpty }

    // MARK: Changing

    /// Writes `value` (nil deletes) as event `version`, whose parents are `parents`.
    /// - Parameter isLinear: everything in the graph is in the event's past.
    /// - Complexity: O(1) when nothing is concurrent, O(*n*) in the keys for a new one among few.
    @inlinable public mutating func apply(
        _ key: UTF8String, _ value: Value?, version: LocalVersion, parents: Frontier, isLinear: Bool,
        graph: CausalGraph
    ) {
        let place = place(of: key)
        let written = value.map { Register(version: version, value: $0) }
        if let place, !isLinear {
            var kept = ([entries[place].first] + (others[key] ?? [])).filter {
                !graph.contains(parents, $0.version)
            }
            if let written {
                let rank = kept.firstIndex { graph.wins(version, over: $0.version) } ?? kept.count
                kept.insert(written, at: rank)
            }
            guard let first = kept.first else { return remove(at: place) }
            entries[place].first = first
            others[key] = kept.count > 1 ? Array(kept.dropFirst()) : nil
        } else if let place {
            guard let written else { return remove(at: place) }
            entries[place].first = written
            if !others.isEmpty { others[key] = nil }
        } else if let written {
            insert(Entry(key: key, first: written))
        }
    }

    /// Makes room for so many keys.
    @inlinable public mutating func reserve(_ count: Int) { entries.reserveCapacity(count) }

    /// Restores a register that was saved; registers of a key come with the winner first.
    @inlinable public mutating func restore(
        _ key: UTF8String, _ value: Value, version: LocalVersion, graph: CausalGraph
    ) {
        let register = Register(version: version, value: value)
        if place(of: key) != nil {
            others[key, default: []].append(register)
        } else {
            insert(Entry(key: key, first: register))
        }
    }

    // MARK: Places

    @inlinable func place(of key: UTF8String) -> Int? {
        if let places { return places[key] }
        let place = lowerBound(key)
        return place < entries.count && entries[place].key == key ? place : nil
    }

    /// Where a key is among few, or would be.
    @inlinable func lowerBound(_ key: UTF8String) -> Int {
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    @inlinable mutating func insert(_ entry: Entry) {
        if places != nil {
            places?[entry.key] = entries.count
            entries.append(entry)
        } else {
            // Room for one more, where an array would double: most maps stay as small as they are.
            if entries.count == entries.capacity { entries.reserveCapacity(entries.count + 1) }
            entries.insert(entry, at: lowerBound(entry.key))
            guard entries.count > Self.countWithoutPlaces else { return }
            var places: [UTF8String: Int] = [:]
            for (place, entry) in entries.enumerated() { places[entry.key] = place }
            self.places = places
        }
    }

    @inlinable mutating func remove(at place: Int) {
        if !others.isEmpty { others[entries[place].key] = nil }
        guard places != nil else {
            entries.remove(at: place)
            return
        }
        places?[entries[place].key] = nil
        let last = entries.removeLast()
        if place < entries.count {
            entries[place] = last
            places?[last.key] = place
        }
        if entries.isEmpty { places = nil }
    }
}
