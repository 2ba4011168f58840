import HeapModule

extension CausalGraph {
    /// The events in the past of `a` but not of `b`, and the other way round, as ascending spans.
    ///
    /// A version's past includes the version itself.
    /// - Complexity: O(*d* log *d*), where *d* counts the runs between the two versions and their meeting
    ///   point.
    public func difference(
        _ a: Frontier, _ b: Frontier
    ) -> (onlyA: [Range<LocalVersion>], onlyB: [Range<LocalVersion>]) {
        if a == b { return ([], []) }
        var walk = DifferenceWalk(a: a, b: b)
        return walk.run(self)
    }

    /// Whether `version` is in the past of `frontier` or one of its events.
    public func contains(_ frontier: Frontier, _ version: LocalVersion) -> Bool {
        if frontier.contains(version) { return true }
        var seen: Set<Int> = []
        var heap = Heap(frontier.filter { $0 > version })
        while let top = heap.popMax() {
            let index = runIndex(of: top)
            let run = runs[index]
            if run.versions.contains(version) { return true }
            guard seen.insert(index).inserted else { continue }
            for parent in run.parents where parent >= version {
                if parent == version { return true }
                heap.insert(parent)
            }
        }
        return false
    }

    /// The events of `versions` that are in the past of no other: a frontier.
    /// - Complexity: O(1) for one event; else bounded by the runs between the oldest and the newest.
    public func dominators(of versions: [LocalVersion]) -> Frontier {
        let sorted = Set(versions).sorted()
        guard sorted.count > 1 else { return sorted }
        var result: Frontier = []
        for (index, version) in sorted.enumerated() {
            let later = Array(sorted[(index + 1)...])
            if later.isEmpty || !contains(later, version) { result.append(version) }
        }
        return result
    }

    /// The newest events that a version vector holds.
    public func frontier(of vector: VersionVector) -> Frontier {
        if vector == versionVector { return frontier }
        return dominators(of: vector.entries.compactMap { lastEvent(of: $0.replica, below: $0.bound) })
    }

    /// What is known of each replica at `frontier`.
    /// - Complexity: O(*d* log *d*) in the runs that are not in the past of `frontier`.
    public func versionVector(of frontier: Frontier) -> VersionVector {
        var vector = versionVector
        var lowest: [ReplicaID: UInt64] = [:]
        for span in difference(self.frontier, frontier).onlyA {
            var index = runIndex(of: span.lowerBound)
            while index < runs.count, runs[index].versions.lowerBound < span.upperBound {
                let run = runs[index]
                let first = max(run.versions.lowerBound, span.lowerBound)
                let sequence = run.firstSequence + UInt64(first - run.versions.lowerBound)
                lowest[run.replica] = min(lowest[run.replica] ?? sequence, sequence)
                index += 1
            }
        }
        for (replica, bound) in lowest {
            let last = lastEvent(of: replica, below: bound)
            vector[replica] = last.map { event(at: $0).sequence + 1 }
        }
        return vector
    }

    /// The newest single event that is in the past of both versions and that every other event in their pasts
    /// is either before or after. Empty when there is none but the beginning.
    ///
    /// Found by walking from the newest events backwards until one single event is left.
    /// - Complexity: O(*d* log *d*) in the runs walked.
    public func latestCriticalVersion(of a: Frontier, and b: Frontier) -> Frontier {
        guard !a.isEmpty, !b.isEmpty else { return [] }
        var heap = Heap(a + b)
        while let top = heap.popMax() {
            while heap.max == top { _ = heap.popMax() }
            guard let other = heap.max else { return [top] }
            let run = runs[runIndex(of: top)]
            // A branch that ends inside this run is where the walk goes on.
            if other >= run.versions.lowerBound { continue }
            if run.parents.isEmpty { return [] }
            for parent in run.parents { heap.insert(parent) }
        }
        return []
    }
}

/// The walk behind ``CausalGraph/difference(_:_:)``: from the newest versions backwards, each marked with the
/// sides whose past it is in, until all that is left is in both.
private struct DifferenceWalk {
    private enum Side: UInt8 { case a = 1, b = 2, both = 3 }

    private struct Mark: Comparable {
        var version: LocalVersion
        var sides: UInt8
        static func < (x: Mark, y: Mark) -> Bool {
            x.version == y.version ? x.sides < y.sides : x.version < y.version
        }
    }

    private var heap: Heap<Mark>
    /// Marks in the heap that are not yet known to be in both pasts.
    private var open: Int
    private var onlyA: [Range<LocalVersion>] = []
    private var onlyB: [Range<LocalVersion>] = []

    init(a: Frontier, b: Frontier) {
        heap = Heap(a.map { Mark(version: $0, sides: 1) } + b.map { Mark(version: $0, sides: 2) })
        open = a.count + b.count
    }

    mutating func run(
        _ graph: CausalGraph
    ) -> (onlyA: [Range<LocalVersion>], onlyB: [Range<LocalVersion>]) {
        while open > 0, let top = heap.popMax() {
            var sides = top.sides
            if top.sides != 3 { open -= 1 }
            while let next = heap.max, next.version == top.version {
                sides |= next.sides
                if next.sides != 3 { open -= 1 }
                _ = heap.popMax()
            }
            step(from: top.version, sides: sides, graph)
        }
        return (onlyA.reversed(), onlyB.reversed())
    }

    private mutating func step(from version: LocalVersion, sides: UInt8, _ graph: CausalGraph) {
        let run = graph.runs[graph.runIndex(of: version)]
        // Within the run the chain goes down until another mark lies on it.
        if let next = heap.max, next.version >= run.versions.lowerBound {
            record(next.version + 1..<version + 1, sides)
            push(next.version, sides)
        } else {
            record(run.versions.lowerBound..<version + 1, sides)
            for parent in run.parents { push(parent, sides) }
        }
    }

    private mutating func push(_ version: LocalVersion, _ sides: UInt8) {
        heap.insert(Mark(version: version, sides: sides))
        if sides != 3 { open += 1 }
    }

    private mutating func record(_ span: Range<LocalVersion>, _ sides: UInt8) {
        guard !span.isEmpty else { return }
        if sides == 1 { Self.add(span, to: &onlyA) }
        if sides == 2 { Self.add(span, to: &onlyB) }
    }

    /// Spans come in descending order.
    private static func add(_ span: Range<LocalVersion>, to spans: inout [Range<LocalVersion>]) {
        if let last = spans.last, last.lowerBound == span.upperBound {
            spans[spans.count - 1] = span.lowerBound..<last.upperBound
        } else {
            spans.append(span)
        }
    }
}
