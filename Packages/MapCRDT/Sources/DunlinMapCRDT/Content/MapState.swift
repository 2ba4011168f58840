import DunlinCausality
import DunlinEncoding

/// What of a map's history still counts: for each key the writes and the increments that no later write has
/// seen.
struct MapState: Sendable {
    /// Sets of a key, by version.
    private enum Writes: Sendable {
        case none
        case one(LocalVersion)
        case several([LocalVersion])
    }

    private struct Counter: Sendable {
        /// Modulo 2^64.
        var sum: Int64 = 0
        /// Ascending.
        var increments: [LocalVersion] = []

        mutating func add(_ amount: Int64, _ version: LocalVersion) {
            sum &+= amount
            increments.append(version)
        }

        /// Takes increments out, by places that ascend.
        mutating func remove(_ places: [Range<Int>], _ log: MapLog) {
            guard var end = places.first?.lowerBound else { return }
            for (index, gone) in places.enumerated() {
                for place in gone { sum &-= log.amount(at: increments[place]) }
                let next = index + 1 < places.count ? places[index + 1].lowerBound : increments.count
                for place in gone.upperBound..<next {
                    increments[end] = increments[place]
                    end += 1
                }
            }
            increments.removeSubrange(end...)
        }
    }

    /// By the key's place.
    private var writes: [Writes] = []
    private var counters: [UInt32: Counter] = [:]

    // MARK: Reading

    func isShown(_ key: UInt32) -> Bool {
        if case .none = writes[Int(key)] { return sum(key) != nil }
        return true
    }

    /// The sum of a key's increments; nil when none counts.
    func sum(_ key: UInt32) -> Int64? { counters.isEmpty ? nil : counters[key]?.sum }

    /// The set whose value shows.
    func winner(_ key: UInt32, _ graph: CausalGraph) -> LocalVersion? {
        switch writes[Int(key)] {
        case .none: return nil
        case .one(let version): return version
        case .several(let versions): return versions.max { graph.wins($1, over: $0) }
        }
    }

    /// The sets that count, the one that shows first.
    func ranked(_ key: UInt32, _ graph: CausalGraph) -> [LocalVersion] {
        switch writes[Int(key)] {
        case .none: return []
        case .one(let version): return [version]
        case .several(let versions): return versions.sorted { graph.wins($0, over: $1) }
        }
    }

    /// All events that count, ascending.
    /// - Complexity: O(*n* log *n*) in them.
    var counting: [LocalVersion] {
        var versions: [LocalVersion] = counters.values.flatMap(\.increments)
        for writes in writes {
            switch writes {
            case .none: break
            case .one(let version): versions.append(version)
            case .several(let several): versions += several
            }
        }
        return versions.sorted()
    }

    // MARK: Changing

    /// Takes in events of the log that count, whatever is in their past.
    mutating func restore(_ versions: some Sequence<LocalVersion>, _ log: MapLog) {
        makeRoom(log.keys.count)
        for version in versions {
            let key = log.keyOf[version]
            guard log.operations[version] == .set else {
                increment(key, by: log.amount(at: version), version)
                continue
            }
            switch writes[Int(key)] {
            case .none: writes[Int(key)] = .one(version)
            case .one(let other): writes[Int(key)] = .several([other, version])
            case .several(let others): writes[Int(key)] = .several(others + [version])
            }
        }
    }

    /// Makes room for keys that were added to the log.
    mutating func makeRoom(_ keyCount: Int) {
        while writes.count < keyCount { writes.append(.none) }
    }

    /// Takes in events of the log that have seen everything before them.
    mutating func apply(_ versions: Range<LocalVersion>, _ log: MapLog) {
        makeRoom(log.keys.count)
        for version in versions {
            let key = log.keyOf[version]
            switch log.operations[version] {
            case .set: write(key, version)
            case .delete: write(key, nil)
            case .increment: increment(key, by: log.amount(at: version), version)
            }
        }
    }

    /// Takes in the events of a chain, of which the first has seen what `parents` have.
    mutating func apply(
        _ versions: Range<LocalVersion>, parents: Frontier, _ log: MapLog, _ graph: CausalGraph
    ) {
        makeRoom(log.keys.count)
        var past = EventPast(of: versions, parents: parents)
        for version in versions {
            let key = log.keyOf[version]
            switch log.operations[version] {
            case .set: write(key, version, past: &past, log, graph)
            case .delete: write(key, nil, past: &past, log, graph)
            case .increment: increment(key, by: log.amount(at: version), version)
            }
        }
    }

    /// A set, or a delete when `version` is nil, that has seen everything.
    private mutating func write(_ key: UInt32, _ version: LocalVersion?) {
        writes[Int(key)] = version.map(Writes.one) ?? .none
        if !counters.isEmpty { counters[key] = nil }
    }

    /// A set, or a delete when `version` is nil, that has seen what is in `past`.
    private mutating func write(
        _ key: UInt32, _ version: LocalVersion?, past: inout EventPast, _ log: MapLog, _ graph: CausalGraph
    ) {
        let alone = version.map(Writes.one) ?? .none
        switch writes[Int(key)] {
        case .none: writes[Int(key)] = alone
        case .one(let other):
            if past.contains(other, graph) {
                writes[Int(key)] = alone
            } else if let version {
                writes[Int(key)] = .several([other, version])
            }
        case .several(var versions):
            // Out of the map, so that the array is changed where it is.
            writes[Int(key)] = .none
            versions.removeAll { past.contains($0, graph) }
            if let version { versions.append(version) }
            writes[Int(key)] =
                versions.count > 1 ? .several(versions) : versions.first.map(Writes.one) ?? .none
        }
        if !counters.isEmpty, counters[key] != nil { forget(key, past: &past, log, graph) }
    }

    private mutating func forget(_ key: UInt32, past: inout EventPast, _ log: MapLog, _ graph: CausalGraph) {
        // Most of them may stay, each time that somebody writes who has not seen them.
        let seen = past.seen(of: counters[key]?.increments ?? [], graph)
        counters[key]?.remove(seen, log)
        if counters[key]?.increments.isEmpty ?? false { counters[key] = nil }
    }

    private mutating func increment(_ key: UInt32, by amount: Int64, _ version: LocalVersion) {
        counters[key, default: Counter()].add(amount, version)
    }
}
