import DunlinCausality
import DunlinSequences

/// What one writer did to a text, to be taken back and done again among what others do meanwhile.
///
/// Undoing an insertion deletes what is left of it; undoing a deletion puts back what nobody else deleted,
/// where it was. Both are edits like any others, so replicas need not know of undoing.
public struct TextUndoStack: Sendable {
    private typealias Group = [Range<UInt64>]

    private var undoable: [Group] = []
    private var redoable: [Group] = []
    private var restored = RestoredScalars()

    /// What the text had forgotten when the last of them was noted: then its events get other local versions.
    private var forgotten: VersionVector?

    /// A stack on which nothing was done.
    public init() {}

    /// Whether there is something to undo.
    public var canUndo: Bool { !undoable.isEmpty }
    /// Whether there is something to redo.
    public var canRedo: Bool { !redoable.isEmpty }

    /// Runs edits that are undone together: a word, a paste, a replacement.
    /// - Throws: what `edits` throws; what it did before that can be undone.
    public mutating func perform<E: Error>(
        on text: inout Text, _ edits: (inout Text) throws(E) -> Void
    ) throws(E) {
        let start = text.nextSequence
        defer {
            if text.nextSequence > start {
                undoable.append([start..<text.nextSequence])
                redoable.removeAll()
            }
        }
        try edits(&text)
    }

    /// Takes back the last group that was not.
    /// - Returns: whether there was one.
    /// - Throws: ``TextError`` when the text's history cannot be read; the group stays.
    @discardableResult
    public mutating func undo(_ text: inout Text) throws(TextError) -> Bool {
        guard let group = undoable.last else { return false }
        let inverse = try invert(group, &text)
        undoable.removeLast()
        redoable.append(inverse)
        forgetRestored(text)
        return true
    }

    /// Does again what was taken back last.
    /// - Returns: whether there was something.
    /// - Throws: ``TextError`` when the text's history cannot be read; the group stays.
    @discardableResult
    public mutating func redo(_ text: inout Text) throws(TextError) -> Bool {
        guard let group = redoable.last else { return false }
        let inverse = try invert(group, &text)
        redoable.removeLast()
        undoable.append(inverse)
        forgetRestored(text)
        return true
    }

    private mutating func invert(_ group: Group, _ text: inout Text) throws(TextError) -> Group {
        try text.open()
        if text.graph.horizon?.version != forgotten {
            restored = RestoredScalars()
            forgotten = text.graph.horizon?.version
        }
        let start = text.nextSequence
        for events in group.reversed() {
            for run in text.ownRuns(events).reversed() {
                if run.kind == .insert {
                    try removeInserted(run.versions, from: &text)
                } else {
                    try restoreDeleted(by: run.versions, in: &text)
                }
            }
        }
        return text.nextSequence > start ? [start..<text.nextSequence] : []
    }

    /// Deletes what events inserted, or what was put back of it since.
    private func removeInserted(_ versions: Range<LocalVersion>, from text: inout Text) throws(TextError) {
        for span in restored.latest(of: versions).reversed() {
            var pieces: [Range<Int>] = []
            var version = span.lowerBound
            while version < span.upperBound, let place = text.place(of: version) {
                let count = min(place.count, span.upperBound - version)
                if place.deletions == 0 { pieces.append(place.position..<place.position + count) }
                version += count
            }
            for piece in pieces.sorted(by: { $0.lowerBound > $1.lowerBound }) { try text.delete(piece) }
        }
    }

    /// Puts back what nobody else deleted.
    private mutating func restoreDeleted(
        by versions: Range<LocalVersion>, in text: inout Text
    ) throws(TextError) {
        for span in text.deletedInsertions(by: versions) {
            var version = span.lowerBound
            while version < span.upperBound, let place = text.place(of: version) {
                let count = min(place.count, span.upperBound - version)
                defer { version += count }
                guard place.deletions == 1 else { continue }
                let old = version..<version + count
                let new = text.eventCount
                let position = self.position(
                    of: version, at: place, deletedBy: versions.lowerBound, in: &text)
                try text.insert(text.inserted(by: old), at: position)
                restored.note(old, as: new)
            }
        }
    }

    /// Where to put back what a deletion took.
    ///
    /// What is put back goes before all that was deleted there. So of what was put back since the deletion,
    /// some may stand before the place although it was behind it.
    private func position(
        of version: LocalVersion, at place: SequenceIndex.Place, deletedBy deletion: LocalVersion,
        in text: inout Text
    ) -> Int {
        var position = place.position
        for note in restored.notes(after: deletion) {
            let original = restored.original(of: note.old.lowerBound, before: deletion)
            guard text.precedes(version, original) else { continue }
            for new in note.newVersions {
                guard let copy = text.place(of: new), copy.deletions == 0 else { continue }
                position = min(position, copy.position)
                break
            }
        }
        return position
    }

    /// Forgets of what was put back what no group can ask about any more, now and then.
    private mutating func forgetRestored(_ text: Text) {
        guard restored.isFull(groups: undoable.count + redoable.count) else { return }
        var insertions: [Range<LocalVersion>] = [], deletions: [LocalVersion] = []
        for events in (undoable + redoable).joined() {
            for run in text.ownRuns(events) {
                if run.kind == .insert {
                    insertions.append(run.versions)
                } else {
                    deletions.append(run.versions.lowerBound)
                }
            }
        }
        insertions.sort { $0.lowerBound < $1.lowerBound }
        restored.forget(except: insertions, deletions.sorted())
    }
}

extension Text {
    /// The number of this replica's next event.
    fileprivate var nextSequence: UInt64 { version[replica] ?? 0 }

    /// Events in the text.
    fileprivate var eventCount: Int { graph.count }

    /// What this replica did by events of its own.
    fileprivate func ownRuns(_ events: Range<UInt64>) -> [SequenceLog.Run] {
        var runs: [SequenceLog.Run] = []
        var sequence = events.lowerBound
        while sequence < events.upperBound {
            guard let first = graph.localVersion(of: EventID(replica: replica, sequence: sequence)) else {
                // It was forgotten.
                sequence += 1
                continue
            }
            let end = graph.versions(ofRun: graph.runIndex(of: first)).upperBound
            let count = min(UInt64(end - first), events.upperBound - sequence)
            runs += content.log.parts(in: first..<first + Int(count))
            sequence += count
        }
        return runs
    }

    fileprivate mutating func place(of version: LocalVersion) -> SequenceIndex.Place? {
        content.updateIndex(graph: graph)
        return content.place(of: version)
    }

    fileprivate mutating func precedes(_ a: LocalVersion, _ b: LocalVersion) -> Bool {
        content.updateIndex(graph: graph)
        return content.precedes(a, b)
    }

    fileprivate mutating func deletedInsertions(by versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        content.updateIndex(graph: graph)
        return content.deleted(by: versions)
    }

    fileprivate func inserted(by versions: Range<LocalVersion>) -> String {
        String(decoding: content.text(insertedBy: versions), as: UTF8.self)
    }
}
