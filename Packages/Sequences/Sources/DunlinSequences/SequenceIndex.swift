import DunlinCausality

/// Which event inserted each unit of a sequence, and where each unit is or was: what stable positions,
/// authorship and undoing need.
///
/// It is made when it is first asked, by a replay of everything, and then takes in what is new. A sequence
/// that is only edited and merged has none.
public struct SequenceIndex: Sendable {
    /// Where a unit is, or was before it was deleted.
    public struct Place: Hashable, Sendable {
        /// Units in the sequence before it.
        public var position: Int
        /// How many deletions took it; 0 while it is there.
        public var deletions: Int
        /// How many units from this one on have the events that follow, stand together and fared alike.
        public var count: Int
    }

    private var walker = Walker()
    /// Everything below was taken in.
    private var reached: LocalVersion = 0

    /// An index of an empty sequence.
    public init() { walker.reset(base: -1, length: 0) }

    /// An index of a sequence as it was after all that its log holds before a version.
    /// - Complexity: O(*n* log *n*) in the runs of the log.
    public init(of log: SequenceLog, before version: LocalVersion, graph: CausalGraph) {
        self.init()
        walker.replay(log, from: 0, before: version, graph: graph, staysBehind: true)
        reached = version
    }

    /// Takes in what a log holds since the last time.
    /// - Complexity: O(*n* log *n*) in the runs since then.
    public mutating func update(with log: SequenceLog, graph: CausalGraph) {
        let end = log.runs.last?.versions.upperBound ?? 0
        guard end > reached else { return }
        walker.replay(log, from: reached, graph: graph, staysBehind: true)
        reached = end
    }

    /// The event that inserted the unit at a position, and how many units from there on follow event by
    /// event; nil beyond the end.
    /// - Complexity: O(log *n*) in the runs.
    public func insertion(at position: Int) -> (version: LocalVersion, count: Int)? {
        walker.insertion(at: position)
    }

    /// Where the unit is that an event inserted; nil for an event that inserted none.
    /// - Complexity: O(log *n*) in the runs.
    public func place(of version: LocalVersion) -> Place? {
        walker.place(of: version).map {
            Place(position: $0.position, deletions: $0.deletions, count: $0.count)
        }
    }

    /// Whether the unit that event `a` inserted stands, or stood, before the one that event `b` inserted.
    /// - Complexity: O(log *n*) in the runs.
    public func precedes(_ a: LocalVersion, _ b: LocalVersion) -> Bool { walker.precedes(a, b) }

    /// The events that inserted what the deletions among `versions` took: ascending spans, in the order of
    /// the deletions.
    public func deleted(by versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        walker.deleted(by: versions)
    }

    /// The events that inserted the units of the sequence, in the order of the units; of a unit that was
    /// moved, the event that did it last.
    /// - Complexity: O(*n* log *n*) in the runs.
    public var insertions: [Range<LocalVersion>] {
        var spans: [Range<LocalVersion>] = [], position = 0
        while let (first, count) = insertion(at: position) {
            if let last = spans.last, last.upperBound == first {
                spans[spans.count - 1] = last.lowerBound..<first + count
            } else {
                spans.append(first..<first + count)
            }
            position += count
        }
        return spans
    }
}
