import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// What a text keeps of what was done before a version, when the rest is forgotten.
public struct TextSurvivors: Sendable {
    /// The events that inserted the scalars that were there, in the order of the scalars.
    let insertions: [Range<LocalVersion>]
    let unitCount: Int
    let marks: [TextMark]

    /// All events that are kept, in the order in which the text will look for them.
    public var events: [Range<LocalVersion>] { insertions + marks.map { $0.version..<$0.version + 1 } }
}

extension TextContainer {
    /// What is to be kept of the events before a version that all others have seen.
    /// - Complexity: O(*n* log *n*) in the history.
    public func survivors(before end: LocalVersion, graph: CausalGraph) -> TextSurvivors {
        let index = SequenceIndex(of: log, before: end, graph: graph)
        let insertions = index.insertions
        let unitCount = insertions.reduce(0) { $0 + $1.count }
        let marks = marksToKeep(before: end, index, unitCount: unitCount, graph: graph)
        return TextSurvivors(insertions: insertions, unitCount: unitCount, marks: marks)
    }

    /// Forgets what was done before a version that all others have seen; what was there then stays.
    /// - Parameters:
    ///   - survivors: what ``survivors(before:graph:)`` gave.
    ///   - start: the first of the local versions that stand for its events from now on, one behind the
    ///     other.
    ///   - distance: by how much the events from `end` on are lower from now on.
    /// - Complexity: O(*n*) in what stays.
    public mutating func forget(
        before end: LocalVersion, keeping survivors: TextSurvivors, from start: LocalVersion,
        movedDownBy distance: Int
    ) {
        let parts = survivors.insertions.flatMap(log.parts(in:))
        var slices = parts.map { text(ofUnits: $0.insertedBefore..<$0.insertedBefore + $0.count) }
        slices.append(text(ofUnits: log.insertedCount(before: end)..<log.insertedCount))
        var kept: [UInt8] = []
        kept.reserveCapacity(slices.reduce(0) { $0 + $1.count })
        for slice in slices { kept += slice }
        var marks: [TextMark] = []
        for var mark in survivors.marks {
            mark.version = start + survivors.unitCount + marks.count
            marks.append(mark)
        }
        for var mark in self.marks where mark.version >= end {
            mark.version -= distance
            marks.append(mark)
        }
        let log = SequenceLog(
            beginningWith: start..<start + survivors.unitCount, then: log, from: end, movedDownBy: distance)
        restart(log, inserted: InsertedText(kept), marks: marks)
    }

    /// The marks before a version that can still show, held by scalars that are there.
    ///
    /// All that will be inserted between two scalars that are there goes before what was deleted between
    /// them. So an anchor at a deleted scalar is as good as one before the next that is there. And a mark
    /// does not count any more when greater ones lie over all of it: over its scalars, and over the gaps
    /// between them, into which something may be inserted.
    private func marksToKeep(
        before end: LocalVersion, _ index: SequenceIndex, unitCount: Int, graph: CausalGraph
    ) -> [TextMark] {
        var kept: [TextMark] = []
        var spans: [UTF8String: [MarkStack.Span]] = [:], isNeeded: [Bool] = []
        let past = Array(marks.prefix { $0.version < end })
        for (var mark, isVoid) in zip(past, areVoid(past, index, graph: graph)) where !isVoid {
            mark.standing = .holds
            let start = settle(&mark.start, index, unitCount: unitCount, graph: graph)
            let stop = settle(&mark.end, index, unitCount: unitCount, graph: graph)
            if let start, let stop {
                guard start < stop else { continue }
                spans[mark.key, default: []].append((start..<stop, kept.count))
            }
            // What has no place yet may get one.
            isNeeded.append(start == nil || stop == nil)
            kept.append(mark)
        }
        for spans in spans.values {
            let all = MarkStack.shown(spans) { graph.wins(kept[$1].version, over: kept[$0].version) }
            let shown = Set(all.map(\.mark))
            // Marks that take an attribute away lie over one, or are of no use.
            guard shown.contains(where: { kept[$0].value != nil }) else { continue }
            for mark in shown { isNeeded[mark] = true }
        }
        return zip(kept, isNeeded).filter(\.1).map(\.0)
    }

    /// Has an anchor hold on to a scalar that is there, and gives its place among scalars and the gaps
    /// around them, which are counted by turns; nil when it has none.
    private func settle(
        _ anchor: inout TextAnchor, _ index: SequenceIndex, unitCount: Int, graph: CausalGraph
    ) -> Int? {
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
