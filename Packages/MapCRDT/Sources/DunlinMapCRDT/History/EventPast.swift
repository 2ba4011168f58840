import DunlinCausality

/// What lies in the past of the events of one chain, whose first event was added to a graph on older ones.
struct EventPast: Sendable {
    private let versions: Range<LocalVersion>
    /// The newest event before the chain that may be in its past.
    private let newest: LocalVersion
    /// What was in the graph and is not in the chain's past; found when first asked for.
    private var unseen: [Range<LocalVersion>]?

    init(of versions: Range<LocalVersion>, parents: Frontier) {
        self.versions = versions
        newest = parents.last ?? -1
    }

    /// Whether an event comes before one of the chain; it is older than that.
    /// - Complexity: O(log *n*), but for the first question, which walks to where chain and frontier part.
    mutating func contains(_ version: LocalVersion, _ graph: CausalGraph) -> Bool {
        if version >= versions.lowerBound { return true }
        if version >= newest { return version == newest }
        let unseen = self.unseen ?? graph.difference(graph.frontier, [versions.upperBound - 1]).onlyA
        self.unseen = unseen
        var low = 0, high = unseen.count
        while low < high {
            let middle = (low + high) / 2
            if unseen[middle].upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low == unseen.count || !unseen[low].contains(version)
    }
}
