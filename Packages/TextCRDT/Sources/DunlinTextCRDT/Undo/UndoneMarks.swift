import DunlinCausality
import DunlinEncoding

/// Which marks of one writer count no more, and which were made so that the text shows it.
///
/// What is *due* at a scalar is what it would show if only marks that count had ever been made: those of
/// others, and those of this writer that are not undone. A mark that undoing made stands in for one that was
/// made before, or for none, and counts as that. A scalar that was put back has all that lay over those it
/// stands for, each mark as of its time.
///
/// One thing is not known: where a mark ends whose last scalar is deleted, among scalars that were put back
/// and text that was typed between these. There what is due may be what the mark said.
struct UndoneMarks: Sendable {
    /// Numbers of this writer's marks that are undone.
    private(set) var undone: Set<UInt64> = []
    /// For numbers of marks that undoing made: the mark that each stands for, nil for none.
    private var standIns: [UInt64: EventID?] = [:]
    /// The other way round, of this writer's marks: those that stand in for one, and may show.
    private var byOriginal: [UInt64: [UInt64]] = [:]
    /// The number of the last mark that this writer made, and not undoing.
    private var lastMade: UInt64?
    /// Marks up to this place were compared with others of the same ends, and which of these wins.
    private var settledMarks = 0
    private var winners: [TextMark: Int] = [:]
    /// How many there are before it is worth while to look for those that nobody needs.
    private var limit = 16

    /// Notes marks that can be undone from now on.
    mutating func noteMade(_ marks: Set<UInt64>) { lastMade = marks.max() ?? lastMade }

    /// Takes marks back, or does them again; only the numbers change.
    mutating func set(_ marks: Set<UInt64>, undone isUndone: Bool) {
        if isUndone { undone.formUnion(marks) } else { undone.subtract(marks) }
    }

    /// The mark that a mark counts as, both as places among all marks of the text; nil when it counts no
    /// more.
    func counted(_ mark: Int, in text: Text) -> Int? {
        let event = text.graph.event(at: text.content.marks[mark].version)
        guard event.replica == text.replica else { return mark }
        if let original = standIns[event.sequence] {
            guard let original, original.replica != text.replica || !undone.contains(original.sequence),
                let version = text.graph.localVersion(of: original)
            else { return nil }
            return text.content.mark(at: version)
        }
        return undone.contains(event.sequence) ? nil : mark
    }

    /// A mark of this writer and those that stand in for it, as places among all marks.
    func marks(countingAs number: UInt64, in text: Text) -> [Int] {
        ([number] + (byOriginal[number] ?? [])).compactMap {
            text.graph.localVersion(of: EventID(replica: text.replica, sequence: $0))
                .flatMap(text.content.mark(at:))
        }
    }

    /// Whether undoing made a mark.
    func isStandIn(_ mark: TextMark, in text: Text) -> Bool {
        let event = text.graph.event(at: mark.version)
        return event.replica == text.replica && standIns[event.sequence] != nil
    }

    /// Writes marks where a range of scalars does not show what is due, or those of one key.
    /// - Throws: ``TextError`` when this writer's numbers are used up.
    /// - Complexity: O(log³ *n*) for each run of scalars in the range, each time that it was put back, and
    ///   each mark over one of these.
    mutating func settle(
        _ range: Range<Int>, _ key: UTF8String?, _ restored: RestoredScalars, in text: inout Text
    ) throws(TextError) {
        let overlay = MarkOverlay(of: range, key: key, self, restored, in: &text)
        for patch in overlay.patches(for: range, in: text) {
            let number = text.graph.nextSequence(of: text.replica)
            let value = patch.due.flatMap { text.content.marks[$0].value }
            let ends = text.content.anchors(
                around: patch.scalars, expansion: patch.expansion, graph: text.graph)
            guard let versions = text.append(1) else { throw .numbersUsedUp }
            let mark = TextMark(
                version: versions.lowerBound, start: ends.start, end: ends.end, key: patch.key, value: value)
            let original = patch.due.map { text.graph.event(at: text.content.marks[$0].version) }
            leaveOut(overlay.marks, that: mark, standingFor: original, liesOver: &text)
            text.content.add(mark)
            standIns.updateValue(original, forKey: number)
            if let original, original.replica == text.replica {
                byOriginal[original.sequence, default: []].append(number)
            }
        }
    }

    /// Marks of undoing that a new one equals in all but time need not be looked at again, if nothing was
    /// edited or marked since: or undoing and redoing over and over would cost more each time.
    ///
    /// Edits by anyone, and marks that this writer made through ``TextUndoStack/perform(on:_:)``, are where
    /// forgetting can be parted: the older ones could be forgotten before the new one is, and would then be
    /// missed.
    private mutating func leaveOut(
        _ marks: [Int], that new: TextMark, standingFor original: EventID?, liesOver text: inout Text
    ) {
        let lastEdit = text.content.log.runs.last?.start ?? 0
        let last = lastMade.map { EventID(replica: text.replica, sequence: $0) }
        let since = max(lastEdit, last.flatMap { text.graph.localVersion(of: $0) } ?? 0)
        for index in marks where text.content.marks[index].version > since {
            let mark = text.content.marks[index]
            guard mark.key == new.key, mark.start == new.start, mark.end == new.end else { continue }
            let event = text.graph.event(at: mark.version)
            if event.replica == text.replica, let standsFor = standIns[event.sequence], standsFor == original
            {
                text.content.markIndex.leaveOut(index)
                if let original { byOriginal[original.sequence]?.removeAll { $0 == event.sequence } }
            }
        }
    }

    // MARK: Forgetting

    /// Whether there are so many numbers that to forget some costs little for each.
    var isFull: Bool { undone.count + standIns.count > limit }

    /// Forgets what was made before a version that everything which can be undone and redone is behind, or
    /// everything if that is nil: then the text shows by itself what is due.
    mutating func forget(before version: LocalVersion?, in text: Text) {
        func isNeeded(_ number: UInt64) -> Bool {
            guard let version,
                let mark = text.graph.localVersion(of: EventID(replica: text.replica, sequence: number))
            else { return false }
            return mark >= version
        }
        undone = undone.filter(isNeeded)
        standIns = standIns.filter { isNeeded($0.key) }
        byOriginal = byOriginal.mapValues { $0.filter(isNeeded) }.filter { !$0.value.isEmpty }
        limit = max(16, 2 * (undone.count + standIns.count))
    }

    /// Leaves marks out of the index that can neither show nor be due any more: from before a version that is
    /// settled, as one over them that wins.
    ///
    /// All these count, whoever made them, and are over the same, those that stand in for none too. So where
    /// one is, the one that wins is, unless text was deleted or put back between the two, or an end was put
    /// back: then each holds for what was there in its time.
    /// - Complexity: O(log *n*) for each mark that is settled since the last time.
    mutating func leaveOutBeaten(
        before version: LocalVersion?, _ restored: RestoredScalars, in text: inout Text
    ) {
        let changes = restored.notes.flatMap { [$0.deletion, $0.new] }.sorted()
        func age(_ version: LocalVersion) -> Int {
            var low = 0, high = changes.count
            while low < high {
                let middle = (low + high) / 2
                if changes[middle] <= version { low = middle + 1 } else { high = middle }
            }
            return low
        }
        text.content.judgeMarks(graph: text.graph)
        let settled = text.content.marks(in: 0..<(version ?? .max)).upperBound
        for index in min(settledMarks, settled)..<settled {
            let mark = text.content.marks[index]
            guard mark.standing != .void else { continue }
            let ends = TextMark(version: 0, start: mark.start, end: mark.end, key: mark.key, value: nil)
            guard let other = winners.updateValue(index, forKey: ends) else { continue }
            let otherVersion = text.content.marks[other].version
            guard age(otherVersion) == age(mark.version),
                [mark.start, mark.end].allSatisfy({ text.follow($0, restored, until: .max) == $0 })
            else { continue }
            let wins = text.graph.wins(mark.version, over: otherVersion)
            if !wins { winners[ends] = other }
            text.content.markIndex.leaveOut(wins ? other : index)
        }
        settledMarks = max(settledMarks, settled)
    }

    /// To be told when the index of marks is begun anew, in which nothing is left out.
    mutating func forgetWhatIsLeftOut() {
        winners = [:]
        settledMarks = 0
    }
}
