import DunlinCausality

/// A sequence without its content: how long it is, what was done to it, and how operations that arrive
/// change it as it stands.
///
/// An operation whose parents are all that is known is applied as it is. Otherwise a walker replays the
/// events since the last version that everything is either before or after, and gives the operation's place
/// among what was concurrent. The walker is kept while branches are open and dropped when they have joined.
/// - Source: Gentle and Kleppmann 2024, "Collaborative Text Editing with Eg-walker";
///   `Docs/Spec/Sequences.md`.
public struct SequenceState: Sendable {
    /// Everything that was done to the sequence.
    public private(set) var log = SequenceLog()
    /// Units in the sequence now.
    public private(set) var length = 0
    private var walker: Walker?

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
        if parents == frontier {
            walker = nil
            return applyLinear(operation, versions: versions)
        }
        // A branch that began before the walker's base makes that base uncritical: replay from further back.
        if let base = walker?.base.first, !graph.contains(parents, base) { walker = nil }
        if walker == nil {
            walker = makeWalker(parents: parents, frontier: frontier, graph: graph)
        }
        var edits: [SequenceEdit] = []
        let voids =
            walker?.apply(
                operation, versions: versions, parents: parents, log: log, graph: graph, edits: &edits) ?? []
        appendParts(operation, versions: versions, voids: voids, isLinear: false)
        for edit in edits {
            switch edit {
            case .insert(_, let units): length += units.count
            case .delete(let range): length -= range.count
            }
        }
        return edits
    }

    private mutating func applyLinear(
        _ operation: SequenceOperation, versions: Range<LocalVersion>
    ) -> [SequenceEdit] {
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
        }
        var voids: [Range<Int>] = []
        if valid.lowerBound > 0 { voids.append(0..<valid.lowerBound) }
        if valid.upperBound < count { voids.append(valid.upperBound..<count) }
        appendParts(operation, versions: versions, voids: valid.isEmpty ? [0..<count] : voids, isLinear: true)
        guard !valid.isEmpty else { return [] }
        length += operation.kind == .insert ? valid.count : -valid.count
        return [edit]
    }

    /// Logs an operation, its void units apart from the others.
    private mutating func appendParts(
        _ operation: SequenceOperation, versions: Range<LocalVersion>, voids: [Range<Int>], isLinear: Bool
    ) {
        var start = 0
        var lengthBefore = length
        func part(_ units: Range<Int>, isVoid: Bool) {
            guard !units.isEmpty else { return }
            log.append(
                SequenceLog.Run(
                    versions: versions.lowerBound + units.lowerBound..<versions.lowerBound + units.upperBound,
                    kind: operation.kind, position: operation.position(ofUnit: units.lowerBound),
                    isVoid: isVoid, isLinear: isLinear, lengthBefore: lengthBefore))
            if !isVoid { lengthBefore += operation.kind == .insert ? units.count : -units.count }
        }
        for void in voids {
            part(start..<void.lowerBound, isVoid: false)
            part(void, isVoid: true)
            start = void.upperBound
        }
        part(start..<versions.count, isVoid: false)
    }

    private func makeWalker(parents: Frontier, frontier: Frontier, graph: CausalGraph) -> Walker {
        let base = graph.latestCriticalVersion(of: parents, and: frontier)
        let known = log.length(atCritical: base.first ?? -1)
        var walker = Walker(base: base, baseLength: known < 0 ? length : known)
        var discarded: [SequenceEdit] = []
        for span in graph.difference(frontier, base).onlyA {
            var version = span.lowerBound
            while version < span.upperBound {
                let run = graph.runs[graph.runIndex(of: version)]
                let end = min(run.versions.upperBound, span.upperBound)
                for part in log.parts(in: version..<end) {
                    // Void units change nothing whenever they are replayed.
                    guard !part.isVoid else { continue }
                    let first = part.versions.lowerBound
                    _ = walker.apply(
                        part.operation, versions: part.versions, parents: graph.parents(of: first), log: log,
                        graph: graph, edits: &discarded)
                }
                version = end
            }
        }
        return walker
    }

    /// The edits that lead from one version of the sequence to a later one.
    ///
    /// - Parameter length: units in the sequence at `from`, when it is a critical version.
    public func replay(graph: CausalGraph, upTo frontier: Frontier) -> [(LocalVersion, SequenceEdit)] {
        var walker = Walker(base: [], baseLength: 0)
        var all: [(LocalVersion, SequenceEdit)] = []
        for span in graph.difference(frontier, []).onlyA {
            for part in log.parts(in: span) where !part.isVoid {
                var version = part.versions.lowerBound
                while version < part.versions.upperBound {
                    let run = graph.runs[graph.runIndex(of: version)]
                    let piece = part.clamped(
                        to: version..<min(run.versions.upperBound, part.versions.upperBound))
                    var edits: [SequenceEdit] = []
                    _ = walker.apply(
                        piece.operation, versions: piece.versions, parents: graph.parents(of: version),
                        log: log, graph: graph, edits: &edits)
                    for edit in edits { all.append((version, edit)) }
                    version = piece.versions.upperBound
                }
            }
        }
        return all
    }
}
