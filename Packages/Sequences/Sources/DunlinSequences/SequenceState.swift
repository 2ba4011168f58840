import DunlinCausality

/// A sequence without its content: how long it is, what was done to it, and how operations that arrive
/// change it as it stands.
///
/// An operation whose parents are all that is known is applied as it is. Otherwise a walker replays the
/// events since the last version that everything is either before or after, and gives the operation's place
/// among what was concurrent. The walker is kept while branches are open; when as much has followed in line
/// as was concurrent, it is dropped.
/// - Source: Gentle and Kleppmann 2024, "Collaborative Text Editing with Eg-walker";
///   `Docs/Spec/Sequences.md`.
public struct SequenceState: Sendable {
    /// Everything that was done to the sequence.
    public private(set) var log = SequenceLog()
    /// Units in the sequence now.
    public private(set) var length = 0
    private var walker: Walker?
    /// Whether the walker is up to date; else it lends its memory to the next one.
    private var isWalking = false

    /// A walker that has dropped its state keeps buffers up to this many bytes for the next one.
    private static let keptCapacity = 1 << 16

    /// An empty sequence.
    public init() {}

    /// Restores a saved sequence.
    public init(log: SequenceLog, length: Int) {
        self.log = log
        self.length = length
    }

    /// Applies an operation of this or another replica.
    /// - Parameters:
    ///   - versions: its events in `graph`, which holds them already.
    ///   - parents: parents of the first event; each other event follows the one before.
    ///   - frontier: the graph's frontier before these events.
    /// - Returns: edits to make to the content, in order.
    /// - Complexity: O(1) when nothing is concurrent; else O(log *n*) in the concurrent events, after a
    ///   replay of those when branches have just opened.
    public mutating func apply(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, parents: Frontier, frontier: Frontier,
        graph: CausalGraph
    ) -> [SequenceEdit] {
        var edits: [SequenceEdit] = []
        if parents == frontier {
            applyOnFrontier(operation, versions: versions, edits: &edits)
        } else {
            apply(operation, versions: versions, parents: parents, graph: graph, edits: &edits)
        }
        return edits
    }

    /// Applies an operation that something known here is concurrent with.
    /// - Parameters:
    ///   - parents: parents of the first event; nil for the event right before, by local version.
    ///   - edits: what it does to the content is appended here.
    public mutating func apply(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, parents: Frontier?, graph: CausalGraph,
        edits: inout [SequenceEdit]
    ) {
        // A branch that began before the walker's base makes that base uncritical: replay from further back.
        if isWalking, let base = walker?.base, base >= 0, !graph.isCritical(base) { isWalking = false }
        if !isWalking { startWalking(before: parents?.last ?? versions.lowerBound - 1, graph: graph) }
        let first = edits.count
        let voids =
            walker?.apply(operation, versions: versions, parents: parents, graph: graph, edits: &edits) ?? []
        appendParts(operation, versions: versions, voids: voids, isLinear: false)
        count(edits[first...])
    }

    /// Operations that would be replayed if what comes next were concurrent with them, and are not to be now.
    public var walkedCount: Int { isWalking ? walker?.runCount ?? 0 : 0 }

    /// Applies an operation that has everything applied so far in its past.
    /// - Parameters:
    ///   - isSettled: nothing that is known to come is concurrent with what was applied so far.
    ///   - edits: what it does to the content is appended here.
    public mutating func applyOnFrontier(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, isSettled: Bool = false,
        edits: inout [SequenceEdit]
    ) {
        if isWalking {
            if !isSettled, walker?.isWorthKeeping ?? false {
                let first = edits.count
                let voids =
                    walker?.applyOnFrontier(operation, versions: versions, edits: &edits) ?? []
                appendParts(operation, versions: versions, voids: voids, isLinear: true)
                count(edits[first...])
                return
            }
            stopWalking()
        }
        if let edit = applyInLine(operation, versions: versions) { edits.append(edit) }
    }

    /// Applies an operation of which no unit is out of range and which follows everything.
    /// - Parameter destination: of a move, how many units stand before the moved one afterwards.
    /// - Returns: whether it was applied; not while a walker has to hear of it.
    /// - Complexity: O(1).
    public mutating func record(
        _ kind: SequenceOperation.Kind, at position: Int, to destination: Int = 0,
        versions: Range<LocalVersion>
    ) -> Bool {
        guard !isWalking else { return false }
        if !log.extend(kind, start: versions.lowerBound, count: versions.count, position: position) {
            log.append(
                SequenceLog.Run(
                    kind, start: versions.lowerBound, count: versions.count, position: position,
                    destination: destination, isVoid: false, isLinear: true, lengthBefore: length))
        }
        length += kind.lengthChange * versions.count
        return true
    }

    private mutating func count(_ edits: ArraySlice<SequenceEdit>) {
        for edit in edits {
            switch edit {
            case .insert(_, let units): length += units.count
            case .delete(let range): length -= range.count
            case .set, .move: break
            }
        }
    }

    private mutating func applyInLine(
        _ operation: SequenceOperation, versions: Range<LocalVersion>
    ) -> SequenceEdit? {
        let count = versions.count
        let valid: Range<Int>
        let edit: SequenceEdit
        switch operation.kind {
        case .insert:
            valid = operation.position <= length ? 0..<count : 0..<0
            edit = .insert(at: operation.position, units: valid)
        case .deleteForward:
            let available = max(0, length - operation.position)
            valid = 0..<min(count, available)
            edit = .delete(operation.position..<operation.position + valid.count)
        case .deleteBackward:
            // Units above the end are void.
            let first = min(count, max(0, operation.position - length + 1))
            valid = first..<count
            edit = .delete(operation.position - count + 1..<operation.position - first + 1)
        case .set:
            valid = 0..<min(count, max(0, length - operation.position))
            edit = .set(at: operation.position, units: valid)
        case .move:
            valid = max(operation.position, operation.destination) < length ? 0..<1 : 0..<0
            edit = .move(from: operation.position, to: operation.destination)
        }
        if valid.count == count {
            log.append(
                SequenceLog.Run(
                    operation, start: versions.lowerBound, isVoid: false, isLinear: true,
                    lengthBefore: length))
        } else {
            var voids: [Range<Int>] = []
            if valid.lowerBound > 0 { voids.append(0..<valid.lowerBound) }
            if valid.upperBound < count { voids.append(valid.upperBound..<count) }
            appendParts(
                operation, versions: versions, voids: valid.isEmpty ? [0..<count] : voids, isLinear: true)
        }
        guard !valid.isEmpty else { return nil }
        length += operation.kind.lengthChange * valid.count
        return edit
    }

    /// Logs an operation, its void units apart from the others.
    private mutating func appendParts(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, voids: [Range<Int>], isLinear: Bool
    ) {
        if voids.isEmpty {
            return log.append(
                SequenceLog.Run(
                    operation, start: versions.lowerBound, isVoid: false, isLinear: isLinear,
                    lengthBefore: length))
        }
        var start = 0
        var lengthBefore = length
        func part(_ units: Range<Int>, isVoid: Bool) {
            guard !units.isEmpty else { return }
            log.append(
                SequenceLog.Run(
                    operation.part(units), start: versions.lowerBound + units.lowerBound, isVoid: isVoid,
                    isLinear: isLinear, lengthBefore: lengthBefore))
            // Some of what is deleted may have been gone.
            if !isVoid { lengthBefore = max(0, lengthBefore + operation.kind.lengthChange * units.count) }
        }
        for void in voids {
            part(start..<void.lowerBound, isVoid: false)
            part(void, isVoid: true)
            start = void.upperBound
        }
        part(start..<versions.count, isVoid: false)
    }

    // MARK: The walker

    /// Replays what came after the latest critical version that an event whose newest parent is `parent`
    /// follows.
    private mutating func startWalking(before parent: LocalVersion, graph: CausalGraph) {
        let base = parent < 0 ? -1 : graph.latestCriticalVersion(upTo: parent) ?? -1
        if walker == nil { walker = Walker() }
        walker?.reset(base: base, length: log.length(before: base + 1) ?? length)
        isWalking = true
        // The walker will have to be near the parent: when that is far back, what followed in line is
        // replayed without going along.
        let staysBehind = parent - base < (log.runs.last?.versions.upperBound ?? 0) - parent
        walker?.replay(log, from: base + 1, graph: graph, staysBehind: staysBehind)
    }

    private mutating func stopWalking() {
        isWalking = false
        if walker?.capacity ?? 0 > Self.keptCapacity { walker = nil }
    }

    /// The edits that lead from the beginning to a version, each with the first of its events.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func replay(graph: CausalGraph, upTo frontier: Frontier) -> [(LocalVersion, SequenceEdit)] {
        var walker = Walker()
        walker.reset(base: -1, length: 0)
        var all: [(LocalVersion, SequenceEdit)] = []
        var edits: [SequenceEdit] = []
        for span in graph.difference(frontier, []).onlyA {
            for part in log.parts(in: span) where !part.isVoid {
                var version = part.start
                while version < part.versions.upperBound {
                    let run = graph.versions(ofRun: graph.runIndex(of: version))
                    let piece = part.clamped(to: version..<min(run.upperBound, part.versions.upperBound))
                    _ = walker.apply(
                        piece.operation, versions: piece.versions, parents: graph.parents(of: version),
                        graph: graph, edits: &edits)
                    for edit in edits { all.append((version, edit)) }
                    edits.removeAll(keepingCapacity: true)
                    version = piece.versions.upperBound
                }
            }
        }
        return all
    }
}
