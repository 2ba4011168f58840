import DunlinCausality
import DunlinSequences

/// What a text value is marked with, so that it is known for what was left when something was done.
///
/// A copy of the text from before has another one, and a text that was made anew has none.
final class UndoPin: Sendable {}

/// Whether a text is what it was when something was noted about it, or more.
///
/// Local versions tell in which order events arrived, and numbers go to other events when a text is taken
/// back to what it was, and edited on.
extension TextUndoStack {
    /// Has the stack speak of events as the text does, and forget what is not in it.
    /// - Complexity: O(1) for the text that the stack was used on last, whatever was edited or merged since;
    ///   else O(*n* log *n*) in what can be undone and redone.
    mutating func recognize(_ text: inout Text) {
        if text.graph.horizon?.version != forgotten {
            restored = RestoredScalars()
            undoneMarks = UndoneMarks()
            forgotten = text.graph.horizon?.version
        }
        guard pin !== text.content.markIndex.pin else { return }
        // Another stack may have left marks out that this one can still ask about.
        text.content.markIndex = MarkIndex()
        undoneMarks.forgetWhatIsLeftOut()
        guard pin != nil else { return }
        var bound = text.nextSequence
        if replica != text.replica || !text.holds(latest) {
            // All events of this writer before one that is known are known.
            bound = 0
            undoable.removeAll { !text.holds($0) }
            redoable.removeAll { !text.holds($0) }
            if replica != text.replica {
                undoable = []
                redoable = []
            }
            for group in undoable + redoable where !group.events.isEmpty {
                bound = max(bound, group.events.upperBound)
            }
            undoable.removeAll { $0.marks.contains { $0 >= bound } }
            redoable.removeAll { $0.marks.contains { $0 >= bound } }
            // As when history is forgotten, what shows is then taken for what is due.
            undoneMarks = UndoneMarks()
        }
        restored.rename(in: text, before: bound)
    }

    /// Has the text known as it is now.
    /// - Parameter group: what was done last.
    mutating func pin(_ text: inout Text, after group: Group) {
        if !group.events.isEmpty || pin == nil { latest = group }
        replica = text.replica
        let new = UndoPin()
        pin = new
        text.content.markIndex.pin = new
    }
}

extension Text {
    /// The number of this replica's next event.
    var nextSequence: UInt64 { version[replica] ?? 0 }

    /// Whether the events of a group are in the text, and not others with their numbers.
    ///
    /// Of a group with something that was forgotten this cannot be told.
    fileprivate func holds(_ group: TextUndoStack.Group) -> Bool {
        guard group.events.upperBound <= nextSequence else { return false }
        let forgotten = graph.horizon?.version[replica] ?? 0
        return group.events.isEmpty || group.events.lowerBound < forgotten
            || print(ofOwn: group.events) == group.print
    }

    /// What tells events of this replica from others with the same numbers, and is the same in whatever order
    /// they arrived.
    /// - Source: the function FNV-1a, by words.
    func print(ofOwn events: Range<UInt64>) -> UInt64 {
        var units: UInt64 = 0xcbf2_9ce4_8422_2325, bytes = units, marks = 0
        func add(_ value: Int, to print: inout UInt64) {
            print = (print ^ UInt64(truncatingIfNeeded: value)) &* 0x100_0000_01b3
        }
        for span in ownSpans(events) {
            for run in content.log.parts(in: span) {
                for unit in 0..<run.count {
                    add(2 * run.operation.position(ofUnit: unit) + (run.kind == .insert ? 1 : 0), to: &units)
                }
                guard run.kind == .insert else { continue }
                let inserted = run.insertedBefore..<run.insertedBefore + run.count
                for byte in content.text(ofUnits: inserted) { add(Int(byte), to: &bytes) }
            }
            for index in content.marks(in: span) {
                var mark = content.marks[index]
                // What differs between texts that hold the same.
                mark.version = 0
                mark.standing = .holds
                marks ^= mark.hashValue
            }
        }
        add(Int(truncatingIfNeeded: bytes), to: &units)
        add(marks, to: &units)
        return units
    }

    /// The local versions of this replica's events that were not forgotten, as far as they are side by side.
    func ownSpans(_ events: Range<UInt64>) -> [Range<LocalVersion>] {
        var spans: [Range<LocalVersion>] = []
        var sequence = events.lowerBound
        while sequence < events.upperBound {
            guard let first = graph.localVersion(of: EventID(replica: replica, sequence: sequence)) else {
                // It was forgotten.
                sequence += 1
                continue
            }
            let end = graph.versions(ofRun: graph.runIndex(of: first)).upperBound
            let count = min(UInt64(end - first), events.upperBound - sequence)
            spans.append(first..<first + Int(count))
            sequence += count
        }
        return spans
    }

    /// The numbers of this replica's marks among events of its own.
    func ownMarks(_ events: Range<UInt64>) -> Set<UInt64> {
        let marks = ownSpans(events).flatMap { content.marks(in: $0) }
        return Set(marks.map { graph.event(at: content.marks[$0].version).sequence })
    }
}
