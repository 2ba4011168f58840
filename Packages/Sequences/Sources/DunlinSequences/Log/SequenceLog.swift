import DunlinCausality

/// The operations of one sequence by runs, in the order in which they arrived here.
///
/// Local versions belong to a causal graph that the sequence may share with others, so runs may have gaps. A
/// run takes 40 bytes.
public struct SequenceLog: Sendable {
    /// Operations of one kind by one replica that follow each other.
    public struct Run: Hashable, Sendable {
        /// The first event of the run in the causal graph; each unit has one, one behind the other.
        public var start: LocalVersion
        /// Position of the first unit at its own moment.
        public var position: Int
        /// Units in the sequence before the run was applied here.
        public internal(set) var lengthBefore: Int
        /// See ``insertedBefore`` and ``destination``: no run needs both.
        private var extra = 0
        private var units: UInt32
        /// What its units do.
        public var kind: SequenceOperation.Kind
        /// Out of range at its own parents: without effect, for everybody alike.
        public var isVoid: Bool
        /// Everything known here was in its past when it arrived.
        public var isLinear: Bool

        /// A run of `count` units, below 2³²; more than 2³⁰ are cut when they go into a log.
        public init(
            _ kind: SequenceOperation.Kind, start: LocalVersion, count: Int, position: Int,
            destination: Int = 0, isVoid: Bool, isLinear: Bool, lengthBefore: Int
        ) {
            self.start = start
            self.position = position
            self.lengthBefore = lengthBefore
            self.units = UInt32(count)
            self.kind = kind
            self.isVoid = isVoid
            self.isLinear = isLinear
            extra = destination
        }

        /// Logs an operation, or a part of it.
        init(
            _ operation: SequenceOperation, start: LocalVersion, isVoid: Bool, isLinear: Bool,
            lengthBefore: Int
        ) {
            self.init(
                operation.kind, start: start, count: operation.count, position: operation.position,
                destination: operation.destination, isVoid: isVoid, isLinear: isLinear,
                lengthBefore: lengthBefore)
        }

        /// Units, each an event.
        public var count: Int {
            get { Int(units) }
            set { units = UInt32(newValue) }
        }

        /// Values that the log's runs before this one bring, inserted or set: where the run's own begin. Of a
        /// move 0.
        public internal(set) var insertedBefore: Int {
            get { kind == .move ? 0 : extra }
            set { if kind != .move { extra = newValue } }
        }

        /// Of a move: how many units stand before the moved one afterwards. Of others 0.
        public var destination: Int { kind == .move ? extra : 0 }

        /// The events of the run in the causal graph, one for each unit.
        public var versions: Range<LocalVersion> { start..<start + count }

        /// The run as an operation at the moment of its first unit.
        public var operation: SequenceOperation {
            kind == .move
                ? SequenceOperation(moving: position, to: extra)
                : SequenceOperation(kind, at: position, count: count)
        }

        /// What a run is that has `next` for its last part; nil when the two are not one.
        ///
        /// A single deletion is forward and backward alike, so deleting with either key makes one run.
        fileprivate func kind(goingOnWith next: Run) -> SequenceOperation.Kind? {
            guard start + count == next.start, isVoid == next.isVoid, isLinear == next.isLinear,
                count + next.count <= SequenceLog.longestRun
            else { return nil }
            if kind.bringsValues || next.kind.bringsValues {
                return kind == next.kind && position + count == next.position ? kind : nil
            }
            guard kind != .move, next.kind != .move else { return nil }
            if next.position == position, kind == .deleteForward || count == 1,
                next.kind == .deleteForward || next.count == 1
            {
                return .deleteForward
            }
            if next.position == position - count, kind == .deleteBackward || count == 1,
                next.kind == .deleteBackward || next.count == 1
            {
                return .deleteBackward
            }
            return nil
        }

        /// The part of the run within `span`, which it overlaps.
        public func clamped(to span: Range<LocalVersion>) -> Run {
            var part = self
            let versions = versions.clamped(to: span)
            let offset = versions.lowerBound - start
            part.start = versions.lowerBound
            part.count = versions.count
            part.position = operation.position(ofUnit: offset)
            if kind.bringsValues { part.insertedBefore += offset }
            if !isVoid { part.lengthBefore += kind.lengthChange * offset }
            return part
        }
    }

    /// A longer run is cut: operations that are read have no more units.
    fileprivate static let longestRun = 1 << 30

    /// All runs, by their versions.
    public private(set) var runs: [Run] = []
    /// Values that the runs bring, inserted or set, void ones too.
    public private(set) var insertedCount = 0

    /// A log without operations.
    public init() {}

    /// A log that begins with the units that were there at a version, and goes on with what another one holds
    /// behind it.
    /// - Parameters:
    ///   - units: the events that stand for having inserted them, one behind the other.
    ///   - version: every operation of `log` from here on has seen all before it.
    ///   - distance: by how much the events from `version` on are lower in the graph of this log.
    /// - Complexity: O(*n*) in the runs.
    public init(
        beginningWith units: Range<LocalVersion>, then log: SequenceLog, from version: LocalVersion,
        movedDownBy distance: Int
    ) {
        var start = units.lowerBound
        while start < units.upperBound {
            let count = min(units.upperBound - start, Self.longestRun), before = start - units.lowerBound
            append(
                Run(
                    .insert, start: start, count: count, position: before, isVoid: false, isLinear: true,
                    lengthBefore: before))
            start += count
        }
        for var run in log.parts(in: version..<Int.max) {
            run.start -= distance
            append(run)
        }
    }

    mutating func reserve(_ count: Int) { runs.reserveCapacity(count) }

    /// Adds what was done last; it becomes a part of the last run when it goes on with that, and several runs
    /// when nobody could read it as one.
    public mutating func append(_ run: Run) {
        if run.count > Self.longestRun {
            let cut = run.start + Self.longestRun
            append(run.clamped(to: run.start..<cut))
            return append(run.clamped(to: cut..<run.versions.upperBound))
        }
        let last = runs.count - 1
        if last >= 0, let kind = runs[last].kind(goingOnWith: run) {
            runs[last].kind = kind
            runs[last].count += run.count
            if kind.bringsValues { insertedCount += run.count }
            return
        }
        var run = run
        run.insertedBefore = insertedCount
        if run.kind.bringsValues { insertedCount += run.count }
        runs.append(run)
    }

    /// Adds units to the last run when they go on with it as they stand: most of what is typed does.
    /// - Returns: whether they did.
    mutating func extend(_ kind: SequenceOperation.Kind, start: LocalVersion, count: Int, position: Int)
        -> Bool
    {
        let last = runs.count - 1
        guard last >= 0, kind == .insert, runs[last].kind == .insert, runs[last].isLinear, !runs[last].isVoid,
            runs[last].start + runs[last].count == start, runs[last].position + runs[last].count == position,
            runs[last].count + count <= Self.longestRun
        else { return false }
        runs[last].count += count
        insertedCount += count
        return true
    }

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
        while index < runs.count, runs[index].start < span.upperBound {
            parts.append(runs[index].clamped(to: span))
            index += 1
        }
        return parts
    }

    /// Values that the operations before a version bring.
    /// - Complexity: O(log *n*), and the runs from there to one that brings values.
    public func insertedCount(before version: LocalVersion) -> Int {
        var index = firstRun(endingAfter: version)
        while index < runs.count, !runs[index].kind.bringsValues { index += 1 }
        guard index < runs.count else { return insertedCount }
        return runs[index].clamped(to: version..<Int.max).insertedBefore
    }

    /// Units in the sequence right before an event that has seen all before it; nil when nothing was done
    /// since.
    /// - Complexity: O(log *n*).
    public func length(before version: LocalVersion) -> Int? {
        let index = firstRun(endingAfter: version)
        guard index < runs.count else { return nil }
        return runs[index].clamped(to: version..<Int.max).lengthBefore
    }
}

extension SequenceOperation.Kind {
    /// By how much a unit that takes effect changes the length of the sequence.
    var lengthChange: Int {
        switch self {
        case .insert: 1
        case .deleteForward, .deleteBackward: -1
        case .set, .move: 0
        }
    }
}
