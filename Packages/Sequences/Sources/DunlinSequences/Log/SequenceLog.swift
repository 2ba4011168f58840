import DunlinCausality

/// The operations of one sequence by runs, in the order in which they arrived here.
///
/// Local versions belong to a causal graph that the sequence may share with others, so runs may have gaps.
public struct SequenceLog: Sendable {
    /// Operations of one kind by one replica that follow each other.
    public struct Run: Hashable, Sendable {
        /// The events of the run in the causal graph, one for each unit.
        public var versions: Range<LocalVersion>
        /// What its units do.
        public var kind: SequenceOperation.Kind
        /// Position of the first unit at its own moment.
        public var position: Int
        /// Out of range at its own parents: without effect, for everybody alike.
        public var isVoid: Bool
        /// Everything known here was in its past when it arrived.
        var isLinear: Bool
        /// Units in the sequence before the run was applied here.
        var lengthBefore: Int

        /// The run as an operation at the moment of its first unit.
        public var operation: SequenceOperation {
            SequenceOperation(kind, at: position, count: versions.count)
        }

        /// The part of the run within `span`, which it overlaps.
        func clamped(to span: Range<LocalVersion>) -> Run {
            var part = self
            part.versions = versions.clamped(to: span)
            let offset = part.versions.lowerBound - versions.lowerBound
            part.position = operation.position(ofUnit: offset)
            return part
        }
    }

    /// All runs, by their versions.
    public private(set) var runs: [Run] = []

    /// A log without operations.
    public init() {}

    mutating func append(_ run: Run) {
        if let last = runs.last, last.versions.upperBound == run.versions.lowerBound, last.kind == run.kind,
            last.isVoid == run.isVoid, last.isLinear == run.isLinear,
            last.operation.position(ofUnit: last.versions.count) == run.position
        {
            runs[runs.count - 1].versions = last.versions.lowerBound..<run.versions.upperBound
        } else {
            runs.append(run)
        }
    }

    /// Restores a run that was saved.
    public mutating func restore(
        versions: Range<LocalVersion>, operation: SequenceOperation, isVoid: Bool, isLinear: Bool,
        lengthBefore: Int
    ) {
        append(
            Run(
                versions: versions, kind: operation.kind, position: operation.position, isVoid: isVoid,
                isLinear: isLinear, lengthBefore: lengthBefore))
    }

    /// Whether a run arrived with everything known here in its past; saved with the log.
    public func isLinear(_ index: Int) -> Bool { runs[index].isLinear }
    /// Units in the sequence before a run was applied here; saved with the log.
    public func lengthBefore(_ index: Int) -> Int { runs[index].lengthBefore }

    /// Index of the first run that ends after `version`.
    /// - Complexity: O(log *n*) in the runs.
    public func firstRun(endingAfter version: LocalVersion) -> Int {
        var low = 0, high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].versions.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The parts of runs that lie in `span`, ascending.
    public func parts(in span: Range<LocalVersion>) -> [Run] {
        var parts: [Run] = []
        var index = firstRun(endingAfter: span.lowerBound)
        while index < runs.count, runs[index].versions.lowerBound < span.upperBound {
            parts.append(runs[index].clamped(to: span))
            index += 1
        }
        return parts
    }

    /// Units in the sequence right after `version`, which is critical (or -1, the beginning).
    func length(atCritical version: LocalVersion) -> Int {
        let index = firstRun(endingAfter: version + 1)
        guard index < runs.count else { return -1 }
        let run = runs[index]
        guard run.versions.lowerBound <= version, !run.isVoid else { return run.lengthBefore }
        let units = version + 1 - run.versions.lowerBound
        return run.kind == .insert ? run.lengthBefore + units : run.lengthBefore - units
    }
}
