import DunlinCausality
import DunlinEncoding
import DunlinSequences

extension Text {
    /// Forgets the history before a version that all replicas have agreed on: from then on memory and saved
    /// bytes grow with what the text is and what was done since, and no more with its age.
    ///
    /// Nothing changes in the text as it is shown, nor in ``version``. Edits and merges go on, also with
    /// replicas that have not forgotten. What is gone: older versions, which ``TextError/historyForgotten``
    /// says; and the places of anchors at scalars that were deleted before, which have none from then on.
    /// Marks stay where they are. What was typed before can still be undone; what was deleted is gone.
    /// - Parameter version: every event that is not in it, and every one to come, has all of it in its past.
    ///   Of a version that is forgotten already nothing happens.
    /// - Throws: ``TextError/versionNotSettled`` when some event known here has not seen all of the version,
    ///   ``TextError/missingEvents`` when the version has events that are not known here, or as
    ///   ``string(at:)``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons".
    public mutating func forgetHistory(before version: VersionVector) throws(TextError) {
        try open()
        let end: LocalVersion, forgetting: CausalGraph
        let index: SequenceIndex, insertions: [Range<LocalVersion>], kept: [TextMark]
        do throws(GraphError) {
            end = try graph.settledCount(of: version)
            guard end > graph.survivorCount else { return }
            index = SequenceIndex(of: content.log, before: end, graph: graph)
            insertions = index.insertions
            kept = marksToKeep(before: end, index, unitCount: insertions.reduce(0) { $0 + $1.count })
            forgetting = try graph.forgetting(
                version, keeping: insertions + kept.map { $0.version..<$0.version + 1 })
        } catch { throw TextError(error) }
        let distance = end - forgetting.survivorCount
        var next = forgetting.survivorCount - kept.count
        var marks = kept
        for place in marks.indices {
            marks[place].version = next
            next += 1
        }
        for var mark in self.marks where mark.version >= end {
            mark.version -= distance
            marks.append(mark)
        }
        graph = forgetting
        self.marks = marks
        content.forget(before: end, keeping: insertions, from: 0, movedDownBy: distance)
    }

    /// The version before which the history was forgotten; empty when nothing was.
    /// - Throws: as ``string(at:)``.
    public func forgottenVersion() throws(TextError) -> VersionVector {
        try opened().graph.horizon?.version ?? VersionVector()
    }

    // MARK: Marks

    /// The marks before a version that can still show, held by scalars that are there.
    ///
    /// All that will be inserted between two scalars that are there goes before what was deleted between
    /// them. So an anchor at a deleted scalar is as good as one before the next that is there. And a mark
    /// does not count any more when greater ones lie over all of it: over its scalars, and over the gaps
    /// between them, into which something may be inserted.
    private func marksToKeep(before end: LocalVersion, _ index: SequenceIndex, unitCount: Int) -> [TextMark] {
        var kept: [TextMark] = []
        var spans: [UTF8String: [MarkStack.Span]] = [:], isNeeded: [Bool] = []
        for var mark in marks.prefix(while: { $0.version < end }) {
            let start = settle(&mark.start, index, unitCount: unitCount)
            let stop = settle(&mark.end, index, unitCount: unitCount)
            if let start, let stop {
                guard start < stop else { continue }
                spans[mark.key, default: []].append((start..<stop, kept.count))
            }
            // What has no place yet may get one.
            isNeeded.append(start == nil || stop == nil)
            kept.append(mark)
        }
        for spans in spans.values {
            let shown = Set(
                MarkStack.shown(spans, precedes: { precedes(kept[$0], kept[$1]) }).map(\.mark))
            // Marks that take an attribute away lie over one, or are of no use.
            guard shown.contains(where: { kept[$0].value != nil }) else { continue }
            for mark in shown { isNeeded[mark] = true }
        }
        return zip(kept, isNeeded).filter(\.1).map(\.0)
    }

    /// Has an anchor hold on to a scalar that is there, and gives its place among scalars and the gaps
    /// around them, which are counted by turns; nil when it has none.
    private func settle(_ anchor: inout TextAnchor, _ index: SequenceIndex, unitCount: Int) -> Int? {
        guard let event = anchor.event else { return anchor.side == .after ? 0 : 2 * unitCount + 1 }
        guard let version = graph.localVersion(of: event), let place = index.place(of: version) else {
            return nil
        }
        if place.deletions == 0 { return 2 * place.position + (anchor.side == .after ? 2 : 1) }
        anchor = .end
        if let next = index.insertion(at: place.position)?.version {
            anchor = TextAnchor(event: graph.event(at: next), side: .before)
        }
        return 2 * place.position + 1
    }
}

extension TextError {
    /// Why a graph refused events or a version.
    init(_ error: GraphError) {
        switch error {
        case .missingParent, .unknownParent: self = .missingEvents
        case .forgotten: self = .historyForgotten
        case .notSettled: self = .versionNotSettled
        case .full, .sequenceNotGrowing, .emptySpan, .malformed: self = .malformed
        }
    }
}
