import DunlinCausality

/// What undoing asks of marks.
extension TextContainer {
    /// The marks that may lie over scalars from one to another, there or deleted, and were made before a
    /// version: places in ``marks``.
    /// - Complexity: O((1 + *k*) log³ *n*) for *k* marks, once both indices are made.
    mutating func marks(
        from first: LocalVersion, to last: LocalVersion, before version: LocalVersion, graph: CausalGraph
    ) -> [Int] {
        guard hasMarks else { return [] }
        updateIndex(graph: graph)
        judgeMarks(graph: graph)
        // Out of self, so that the order of scalars can be read meanwhile.
        var index = MarkIndex()
        swap(&index, &markIndex)
        index.update(with: marks, border: { border($0, graph: graph) }, precedes: precedes)
        let found = index.marks(from: first, to: last, before: version, precedes: precedes)
        swap(&index, &markIndex)
        return found
    }

    /// What a mark lies over of a run of scalars, there or deleted, and the gaps behind each, which are
    /// counted by turns; by the index as it was updated last.
    ///
    /// What is typed behind a scalar goes before all that was deleted there.
    func part(of run: Range<LocalVersion>, under mark: TextMark, graph: CausalGraph) -> Range<Int> {
        guard mark.standing != .void, let start = border(mark.start, graph: graph),
            let end = border(mark.end, graph: graph)
        else { return 0..<0 }
        let first = count(of: run, before: start)
        return first..<max(first, count(of: run, before: end))
    }

    /// Whether a mark begins behind a run of scalars, there or deleted, and the gap behind it.
    func isBefore(_ mark: TextMark, _ run: Range<LocalVersion>, graph: CausalGraph) -> Bool {
        border(mark.start, graph: graph).map { count(of: run, before: $0) == 2 * run.count } ?? true
    }

    /// Whether a mark ends before a run of scalars, there or deleted.
    func isBehind(_ mark: TextMark, _ run: Range<LocalVersion>, graph: CausalGraph) -> Bool {
        border(mark.end, graph: graph).map { count(of: run, before: $0) == 0 } ?? true
    }

    private func count(of run: Range<LocalVersion>, before border: MarkIndex.Border) -> Int {
        var low = run.lowerBound, high = run.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if border.isBefore(middle, precedes) { high = middle } else { low = middle + 1 }
        }
        let scalars = low - run.lowerBound
        // The gap behind the last scalar before the border is before it too, unless the border is there.
        return scalars == 0 || border.version == low - 1 ? max(0, 2 * scalars - 1) : 2 * scalars
    }

    /// Where a mark lies over the text as it is shown; empty where it lies over a gap alone, nil when it has
    /// no place.
    mutating func range(of mark: TextMark, graph: CausalGraph) -> Range<Int>? {
        guard mark.standing != .void, let start = position(of: mark.start, graph: graph),
            let end = position(of: mark.end, graph: graph), start <= end
        else { return nil }
        return start..<end
    }

    /// The place in ``marks`` of the mark that is an event.
    /// - Complexity: O(log *m*).
    func mark(at version: LocalVersion) -> Int? { marks(in: version..<version + 1).first }

    /// The places in ``marks`` of those that are among events.
    /// - Complexity: O(log *m*).
    func marks(in versions: Range<LocalVersion>) -> Range<Int> {
        let first = firstMark(from: versions.lowerBound)
        return first..<max(first, firstMark(from: versions.upperBound))
    }

    private func firstMark(from version: LocalVersion) -> Int {
        var low = 0, high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].version < version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func border(_ anchor: TextAnchor, graph: CausalGraph) -> MarkIndex.Border? {
        guard let event = anchor.event else {
            return anchor.side == .after
                ? MarkIndex.Border(version: -1, isAfter: true)
                : MarkIndex.Border(version: .max, isAfter: false)
        }
        guard let version = graph.localVersion(of: event), place(of: version) != nil else { return nil }
        return MarkIndex.Border(version: version, isAfter: anchor.side == .after)
    }
}
