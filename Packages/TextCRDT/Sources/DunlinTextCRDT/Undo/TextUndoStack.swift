import DunlinCausality
import DunlinSequences

/// What one writer did to a text, to be taken back and done again among what others do meanwhile.
///
/// Undoing an insertion deletes what is left of it; undoing a deletion puts back what nobody else deleted,
/// where it was, with what marks showed there. Undoing a mark gives back what the text would show without it,
/// where nobody else has marked it since. All are edits like any others, so replicas need not know of
/// undoing.
///
/// Of marks one case is not exact: where the scalar that a mark ends at is deleted. What is typed there,
/// later beside text that was put back or by somebody else at the same time, can take on that mark when
/// something is undone, or keep it.
///
/// A stack belongs to one text and one writer. The text may be saved and read again, or made anew of updates
/// that come in another order. When it is taken back to a copy from before, what is not in the copy is gone
/// from the stack, and what was undone since is as it is in the copy. If it is then edited on under the same
/// name, events get numbers that others had. They are told apart by what they did and where, so that nothing
/// else is deleted or put back; of what the text has forgotten this cannot be told. In a text of another
/// writer there is nothing to undo.
///
/// When the text forgets history (``Text/forgetHistory(before:)``), what was typed before can still be
/// undone, and marks that still show; what was deleted or hidden before is gone, and what was undone stays
/// so.
public struct TextUndoStack: Sendable {
    struct Group {
        /// The events to take back, but for marks.
        var events: Range<UInt64>
        /// What tells them from others, see ``Text/print(ofOwn:)``.
        var print: UInt64
        /// The marks to take back or to do again, each with the number that it had first.
        var marks: Set<UInt64>
    }

    var undoable: [Group] = []
    var redoable: [Group] = []
    var restored = RestoredScalars()
    var undoneMarks = UndoneMarks()

    /// What the text had forgotten when the last of them was noted: then its events get other local versions.
    var forgotten: VersionVector?
    /// What the text was marked with then; nil if nothing was done.
    var pin: UndoPin?
    /// The last events that were noted.
    var latest = Group(events: 0..<0, print: 0, marks: [])
    /// The text's writer then.
    var replica: ReplicaID?

    /// A stack on which nothing was done.
    public init() {}

    /// Whether there is something to undo.
    public var canUndo: Bool { !undoable.isEmpty }
    /// Whether there is something to redo.
    public var canRedo: Bool { !redoable.isEmpty }

    /// Runs edits and marks that are undone together: a word, a paste, a replacement.
    ///
    /// Every event is something to undo, also one that changes nothing to be seen: a mark over text that
    /// shows the same already.
    /// - Throws: what `edits` throws; what it did before that can be undone.
    public mutating func perform<E: Error>(
        on text: inout Text, _ edits: (inout Text) throws(E) -> Void
    ) throws(E) {
        // When the history cannot be read nothing can be edited, which says why.
        if (try? text.open()) != nil { recognize(&text) }
        let start = text.nextSequence, before = text.content.markIndex.pin
        defer {
            if text.nextSequence > start {
                let events = start..<text.nextSequence
                let group = Group(
                    events: events, print: text.print(ofOwn: events), marks: text.ownMarks(events))
                undoneMarks.noteMade(group.marks)
                undoable.append(group)
                redoable.removeAll()
                // What `edits` did to the text may have been more than edits.
                if pin == nil || text.content.markIndex.pin === before { pin(&text, after: group) }
            }
        }
        try edits(&text)
    }

    /// Takes back the last group that was not.
    ///
    /// The group counts as taken back even when nothing is left of it to see: others deleted what was typed,
    /// or the same as was deleted, or marked it anew, or the text has forgotten it.
    /// - Parameter report: told what changes in the text as it is shown, in order; not of marks: ask
    ///   ``Text/attributedRuns()`` again.
    /// - Returns: whether there was one.
    /// - Throws: ``TextError`` when the text's history cannot be read; the group stays.
    /// - Complexity: O(log³ *n*) for each run of scalars that comes, goes or was marked, each mark over it,
    ///   and each time that something was put back which can still be asked for, however long the text is.
    ///   The first time the history is replayed into an index that the text keeps.
    @discardableResult
    public mutating func undo(
        _ text: inout Text, report: ((TextDelta) -> Void)? = nil
    ) throws(TextError) -> Bool {
        try text.open()
        recognize(&text)
        guard let group = undoable.last else { return false }
        let inverse = try invert(group, isUndone: true, &text, report)
        undoable.removeLast()
        redoable.append(inverse)
        forgetWhatIsSettled(&text)
        return true
    }

    /// Does again what was taken back last.
    /// - Parameter report: as at ``undo(_:report:)``.
    /// - Returns: whether there was something, as at ``undo(_:report:)``.
    /// - Throws: ``TextError`` when the text's history cannot be read; the group stays.
    /// - Complexity: as ``undo(_:report:)``.
    @discardableResult
    public mutating func redo(
        _ text: inout Text, report: ((TextDelta) -> Void)? = nil
    ) throws(TextError) -> Bool {
        try text.open()
        recognize(&text)
        guard let group = redoable.last else { return false }
        let inverse = try invert(group, isUndone: false, &text, report)
        redoable.removeLast()
        undoable.append(inverse)
        forgetWhatIsSettled(&text)
        return true
    }

    private mutating func invert(
        _ group: Group, isUndone: Bool, _ text: inout Text, _ report: ((TextDelta) -> Void)?
    ) throws(TextError) -> Group {
        let start = text.nextSequence
        var putBack: [Range<LocalVersion>] = []
        for run in text.ownRuns(group.events).reversed() {
            if run.kind == .insert {
                try removeInserted(run.versions, from: &text, report)
            } else {
                putBack += try restoreDeleted(by: run.versions, in: &text, report)
            }
        }
        undoneMarks.set(group.marks, undone: isUndone)
        do throws(TextError) {
            try settleMarks(group.marks, putBack, in: &text)
        } catch {
            undoneMarks.set(group.marks, undone: !isUndone)
            throw error
        }
        let events = start..<text.nextSequence
        let inverse = Group(events: events, print: text.print(ofOwn: events), marks: group.marks)
        pin(&text, after: inverse)
        return inverse
    }

    /// Has what was put back, and what marks lie or lay over, show what is due.
    private mutating func settleMarks(
        _ marks: Set<UInt64>, _ putBack: [Range<LocalVersion>], in text: inout Text
    ) throws(TextError) {
        guard text.content.hasMarks else { return }
        text.content.updateIndex(graph: text.graph)
        restored.updateSpans(in: text)
        for number in marks.sorted() {
            let all = undoneMarks.marks(countingAs: number, in: text).map { text.content.marks[$0] }
            for range in Self.joined(all.flatMap { ranges(under: $0, in: &text) }) {
                try undoneMarks.settle(range, all[0].key, restored, in: &text)
            }
        }
        // Last, so that what was put back inside of a mark is one with the rest.
        for range in Self.joined(putBack.flatMap { text.shownPieces(of: $0) }) {
            try undoneMarks.settle(range, nil, restored, in: &text)
        }
    }

    /// Where the scalars are that a mark lies over, and what was put back of those that it lay over: all for
    /// which it may be due.
    private mutating func ranges(under mark: TextMark, in text: inout Text) -> [Range<Int>] {
        // For text that was typed where its first scalar was deleted, the mark begins where that came back,
        // or came back in between; where it is now is before all of them, so what is found is enough and may
        // be more. The end is not followed: what came back stands before what was deleted, so the end where
        // it was is behind it.
        var mark = mark
        mark.start = text.follow(mark.start, restored, until: .max)
        var ranges = [text.content.range(of: mark, graph: text.graph)].compactMap(\.self)
        let first = restored.firstCopy(asOf: mark.version, in: text) {
            !text.content.isBefore(mark, $0, graph: text.graph)
        }
        for new in restored.inOrder[first...] {
            let original = restored.original(of: new, asOf: mark.version)
            if text.content.isBehind(mark, original, graph: text.graph) { break }
            let part = text.content.part(of: original, under: mark, graph: text.graph)
            guard !part.isEmpty, new.lowerBound > mark.version else { continue }
            let start = new.lowerBound + part.lowerBound / 2, end = new.lowerBound + (part.upperBound + 1) / 2
            ranges += text.shownPieces(of: start..<end)
        }
        return ranges
    }

    /// Ranges in their order, those that touch as one.
    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound >= range.lowerBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// Deletes what events inserted, or what was put back of it since.
    private func removeInserted(
        _ versions: Range<LocalVersion>, from text: inout Text, _ report: ((TextDelta) -> Void)?
    ) throws(TextError) {
        for span in restored.latest(of: versions).reversed() {
            let pieces = text.shownPieces(of: span)
            for piece in pieces.sorted(by: { $0.lowerBound > $1.lowerBound }) {
                try text.replace(piece, with: "", report: report)
            }
        }
    }

    /// Puts back what nobody else deleted.
    /// - Returns: the events that did.
    private mutating func restoreDeleted(
        by versions: Range<LocalVersion>, in text: inout Text, _ report: ((TextDelta) -> Void)?
    ) throws(TextError) -> [Range<LocalVersion>] {
        var putBack: [Range<LocalVersion>] = []
        for span in text.deletedInsertions(by: versions) {
            var version = span.lowerBound
            while version < span.upperBound, let place = text.place(of: version) {
                let count = min(place.count, span.upperBound - version)
                defer { version += count }
                guard place.deletions == 1 else { continue }
                let old = version..<version + count
                let new = text.eventCount
                let position = self.position(
                    of: version, at: place, deletedBy: versions.lowerBound, in: text)
                try text.replace(position..<position, with: text.inserted(by: old), report: report)
                restored.note(old, deletedBy: versions.lowerBound, as: new, in: text.graph)
                putBack.append(new..<new + count)
            }
        }
        return putBack
    }

    /// Where to put back what a deletion took.
    ///
    /// What is put back goes before all that was deleted there. So of what was put back since the deletion,
    /// some may stand before the place although it was behind it.
    private mutating func position(
        of version: LocalVersion, at place: SequenceIndex.Place, deletedBy deletion: LocalVersion,
        in text: Text
    ) -> Int {
        // Behind the first of them all are; and one that was there before the deletion is behind the place.
        let first = restored.firstCopy(asOf: deletion, in: text) {
            text.content.precedes(version, $0.lowerBound)
        }
        guard first < restored.inOrder.count else { return place.position }
        let copy = text.firstShown(of: restored.inOrder[first])?.position
        return min(place.position, copy ?? place.position)
    }

    /// Forgets what no group can ask about any more, now and then.
    private mutating func forgetWhatIsSettled(_ text: inout Text) {
        guard restored.isFull(groups: undoable.count + redoable.count) || undoneMarks.isFull else { return }
        var insertions: [Range<LocalVersion>] = [], deletions: [LocalVersion] = []
        for group in undoable + redoable {
            for run in text.ownRuns(group.events) {
                if run.kind == .insert {
                    insertions.append(run.versions)
                } else {
                    deletions.append(run.versions.lowerBound)
                }
            }
            for number in group.marks {
                let event = EventID(replica: text.replica, sequence: number)
                if let version = text.graph.localVersion(of: event) { deletions.append(version) }
            }
        }
        insertions.sort { $0.lowerBound < $1.lowerBound }
        deletions.sort()
        undoneMarks.forget(before: deletions.first, in: text)
        undoneMarks.leaveOutBeaten(before: deletions.first, restored, in: &text)
        let marks = text.content.marks.indices.filter { undoneMarks.counted($0, in: text) == $0 }
        restored.forget(except: insertions, deletions, marks: marks.map { text.content.marks[$0].version })
    }
}

extension Text {
    /// Events in the text.
    fileprivate var eventCount: Int { graph.count }

    /// What this replica did by events of its own.
    fileprivate func ownRuns(_ events: Range<UInt64>) -> [SequenceLog.Run] {
        ownSpans(events).flatMap(content.log.parts(in:))
    }

    /// Where those scalars are that events inserted and that are there, in the order of the events.
    fileprivate mutating func shownPieces(of versions: Range<LocalVersion>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var version = versions.lowerBound
        while version < versions.upperBound, let place = place(of: version) {
            let count = min(place.count, versions.upperBound - version)
            if place.deletions == 0 { pieces.append(place.position..<place.position + count) }
            version += count
        }
        return pieces
    }

    fileprivate mutating func place(of version: LocalVersion) -> SequenceIndex.Place? {
        content.updateIndex(graph: graph)
        return content.place(of: version)
    }

    fileprivate mutating func deletedInsertions(by versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        content.updateIndex(graph: graph)
        return content.deleted(by: versions)
    }

    fileprivate func inserted(by versions: Range<LocalVersion>) -> String {
        String(decoding: content.text(insertedBy: versions), as: UTF8.self)
    }
}
