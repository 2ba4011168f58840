import DunlinCausality

/// What lies in the past of the events of one chain, whose first event was added to a graph on older ones.
struct EventPast: Sendable {
    /// So many questions are answered each by its own walk: most are about what is recent.
    private static let questionsWithoutSpans = 4

    private let versions: Range<LocalVersion>
    private let parents: Frontier
    private var questions = 0
    /// What was in the graph and is not in the chain's past; found when there are many questions.
    private var unseen: [Range<LocalVersion>]?

    init(of versions: Range<LocalVersion>, parents: Frontier) {
        self.versions = versions
        self.parents = parents
    }

    /// Whether an event comes before one of the chain; it is older than that.
    /// - Complexity: O(*d*) in the runs from there to the chain for the first few, later O(log *n*) but for
    ///   one walk to where chain and frontier part.
    mutating func contains(_ version: LocalVersion, _ graph: CausalGraph) -> Bool {
        if version >= versions.lowerBound { return true }
        guard let newest = parents.last, version <= newest else { return false }
        questions += 1
        if questions <= Self.questionsWithoutSpans { return graph.contains(parents, version) }
        let unseen = findUnseen(graph)
        var low = 0, high = unseen.count
        while low < high {
            let middle = (low + high) / 2
            if unseen[middle].upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low == unseen.count || !unseen[low].contains(version)
    }

    /// Which of `others`, ascending, come before an event of the chain, as ranges of places; they are older
    /// than that.
    /// - Complexity: as ``contains(_:_:)`` for a few; of many O(log *n*) for each span that the chain has
    ///   not seen.
    mutating func seen(of others: [LocalVersion], _ graph: CausalGraph) -> [Range<Int>] {
        var seen: [Range<Int>] = []
        if others.count <= Self.questionsWithoutSpans {
            for (place, version) in others.enumerated() where contains(version, graph) {
                seen.append(place..<place + 1)
            }
            return seen
        }
        func place(from start: Int, of version: LocalVersion) -> Int {
            var low = start, high = others.count
            while low < high {
                let middle = (low + high) / 2
                if others[middle] < version { low = middle + 1 } else { high = middle }
            }
            return low
        }
        var start = 0
        for span in findUnseen(graph) {
            let end = place(from: start, of: span.lowerBound)
            if start < end { seen.append(start..<end) }
            start = place(from: end, of: span.upperBound)
        }
        if start < others.count { seen.append(start..<others.count) }
        return seen
    }

    private mutating func findUnseen(_ graph: CausalGraph) -> [Range<LocalVersion>] {
        if let unseen { return unseen }
        let unseen = graph.difference(graph.frontier, [versions.upperBound - 1]).onlyA
        self.unseen = unseen
        return unseen
    }
}
