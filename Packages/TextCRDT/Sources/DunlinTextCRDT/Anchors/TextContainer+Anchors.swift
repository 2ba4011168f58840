import DunlinCausality

extension TextContainer {
    /// A place that stays with the scalar behind (`before`) or before it (`after`).
    ///
    /// The first call replays the history into an index that the text keeps from then on.
    /// - Parameter position: at most ``count``.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func anchor(at position: Int, side: TextAnchor.Side, graph: CausalGraph) -> TextAnchor {
        updateIndex(graph: graph)
        let neighbour = side == .before ? position : position - 1
        guard let version = insertion(at: neighbour)?.version else { return side == .before ? .end : .start }
        return TextAnchor(event: graph.event(at: version), side: side)
    }

    /// Where an anchor is now, in scalars; nil when what it names has not arrived here or inserted no scalar.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func position(of anchor: TextAnchor, graph: CausalGraph) -> Int? {
        guard let event = anchor.event else { return anchor.side == .after ? 0 : count }
        updateIndex(graph: graph)
        guard let version = graph.localVersion(of: event), let place = place(of: version) else { return nil }
        return place.position + (anchor.side == .after && place.deletions == 0 ? 1 : 0)
    }
}
