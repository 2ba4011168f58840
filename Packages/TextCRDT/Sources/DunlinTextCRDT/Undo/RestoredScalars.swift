import DunlinCausality

/// What was put back after it was deleted: which events inserted scalars first, and which did it again.
///
/// A scalar that is deleted and put back many times has a chain of notes. What nobody can ask about any more
/// is forgotten, so notes are as many as what can be undone and redone, about.
struct RestoredScalars: Sendable {
    struct Note: Sendable {
        var old: Range<LocalVersion>
        /// The first event of the deletion that took what was put back.
        var deletion: LocalVersion
        var new: LocalVersion
        /// What all of them are called in every text, if that is known.
        var name: Name?

        var count: Int { old.count }
        var newVersions: Range<LocalVersion> { new..<new + old.count }
    }

    /// The first events of a note: the later two are of the writer who undoes.
    struct Name: Sendable {
        var old: EventID
        var deletion: EventID
        var new: EventID

        func advanced(by count: Int) -> Name {
            var name = self
            name.old = EventID(replica: old.replica, sequence: old.sequence + UInt64(count))
            name.new = EventID(replica: new.replica, sequence: new.sequence + UInt64(count))
            return name
        }
    }

    /// By `new`, ascending: nothing is put back before what was put back earlier.
    private(set) var notes: [Note] = []
    /// The places in `notes` by `old`, ascending. Each scalar is put back once.
    private var byOld: [Int] = []
    /// How many notes there are before it is worth while to look for those that nobody needs.
    private var limit = 16

    /// The notes' copies that may be there, in the order of the text: in pieces that have none between them.
    var inOrder: [Range<LocalVersion>] = []
    /// The notes up to this event are in `inOrder`.
    var ordered: LocalVersion = -1
    /// From each copy to what it was put back for, which stands behind it.
    var spans = MarkIndex()
    /// The notes up to this event are in `spans`.
    var spanned: LocalVersion = -1

    // MARK: Adding

    /// Scalars that stood for others before are noted by these, so that those of one note have always been
    /// neighbours.
    mutating func note(
        _ old: Range<LocalVersion>, deletedBy deletion: LocalVersion, as new: LocalVersion,
        in graph: CausalGraph?
    ) {
        var start = old.lowerBound
        while start < old.upperBound {
            var end = start + origin(of: start..<old.upperBound).count
            let moved = new + start - old.lowerBound
            var name: Name?
            if let graph {
                // Beyond the end of a run the next events have other names.
                end = min(end, graph.versions(ofRun: graph.runIndex(of: start)).upperBound)
                name = Name(
                    old: graph.event(at: start), deletion: graph.event(at: deletion),
                    new: graph.event(at: moved))
            }
            let place = firstOld(endingAfter: start)
            byOld.insert(notes.count, at: place)
            notes.append(Note(old: start..<end, deletion: deletion, new: moved, name: name))
            start = end
        }
    }

    /// Has the notes name events as another text does in which they are, and forgets those that are not.
    /// - Parameter bound: the writer's numbers from here on are of other events.
    mutating func rename(in text: Text, before bound: UInt64) {
        var named: [Note] = []
        for note in notes {
            guard let name = note.name, let deletion = text.graph.localVersion(of: name.deletion) else {
                continue
            }
            var offset = 0
            while offset < note.count, name.new.sequence + UInt64(offset) < bound {
                let rest = name.advanced(by: offset)
                guard let old = text.graph.localVersion(of: rest.old),
                    let new = text.graph.localVersion(of: rest.new)
                else { break }
                let ends = [old, new].map {
                    text.graph.versions(ofRun: text.graph.runIndex(of: $0)).upperBound
                }
                let count = min(note.count - offset, ends[0] - old, ends[1] - new)
                named.append(Note(old: old..<old + count, deletion: deletion, new: new, name: rest))
                offset += count
            }
        }
        notes = named
        inOrder = []
        ordered = -1
        indexNotes()
    }

    /// Finds the notes by other orders than theirs.
    private mutating func indexNotes() {
        byOld = notes.indices.sorted { notes[$0].old.lowerBound < notes[$1].old.lowerBound }
        spans = MarkIndex()
        spanned = -1
    }

    // MARK: Asking

    /// What was put back after an event.
    /// - Complexity: O(log *n*).
    func notes(after version: LocalVersion) -> ArraySlice<Note> { notes[firstNote(after: version)...] }

    /// What was put back up to an event.
    /// - Complexity: O(log *n*).
    func notes(upTo version: LocalVersion) -> ArraySlice<Note> { notes[..<firstNote(after: version)] }

    /// How many scalars of a run, from its first on, were put back at once, and the note of that; or how many
    /// were not.
    /// - Complexity: O(log *n*).
    func origin(of versions: Range<LocalVersion>) -> (count: Int, note: Note?) {
        let next = firstNote(after: versions.lowerBound)
        if next > 0, notes[next - 1].newVersions.contains(versions.lowerBound) {
            let note = notes[next - 1]
            return (min(versions.upperBound, note.newVersions.upperBound) - versions.lowerBound, note)
        }
        let end = next < notes.count ? min(versions.upperBound, notes[next].new) : versions.upperBound
        return (end - versions.lowerBound, nil)
    }

    /// What a scalar that was put back since a deletion stood for then.
    /// - Complexity: O(log *n*) for each time that it was put back.
    func original(of version: LocalVersion, before deletion: LocalVersion) -> LocalVersion {
        var version = version
        while version >= deletion {
            let next = firstNote(after: version)
            guard next > 0, notes[next - 1].newVersions.contains(version) else { break }
            version = notes[next - 1].old.lowerBound + version - notes[next - 1].new
        }
        return version
    }

    /// What stood for a scalar when an event was made.
    /// - Complexity: as ``original(of:before:)``.
    func standing(for version: LocalVersion, at event: LocalVersion) -> LocalVersion {
        var version = version
        while true {
            let place = firstOld(endingAfter: version)
            guard place < byOld.count else { return version }
            let note = notes[byOld[place]]
            guard note.old.contains(version), note.new <= event else { return version }
            version = note.new + version - note.old.lowerBound
        }
    }

    /// The events that inserted what stands now for what `versions` inserted, in the order of these.
    /// - Complexity: O(log *n*) for each piece and each time that it was put back.
    func latest(of versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        var spans: [Range<LocalVersion>] = [], open = [versions]
        while let span = open.popLast() {
            let place = firstOld(endingAfter: span.lowerBound)
            guard place < byOld.count, notes[byOld[place]].old.overlaps(span) else {
                if !span.isEmpty { spans.append(span) }
                continue
            }
            let note = notes[byOld[place]]
            let both = span.clamped(to: note.old)
            let moved = note.new + both.lowerBound - note.old.lowerBound
            if span.lowerBound < both.lowerBound { spans.append(span.lowerBound..<both.lowerBound) }
            open.append(both.upperBound..<span.upperBound)
            open.append(moved..<moved + both.count)
        }
        return spans
    }

    /// The first note of what was put back after an event.
    private func firstNote(after version: LocalVersion) -> Int {
        var low = 0, high = notes.count
        while low < high {
            let middle = (low + high) / 2
            if notes[middle].new <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first place in `byOld` of scalars that reach beyond a version.
    private func firstOld(endingAfter version: LocalVersion) -> Int {
        var low = 0, high = byOld.count
        while low < high {
            let middle = (low + high) / 2
            if notes[byOld[middle]].old.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Forgetting

    /// Whether there are so many notes that to forget some costs little for each.
    /// - Parameter groups: what can be undone and redone.
    func isFull(groups: Int) -> Bool { notes.count > max(limit, groups) }

    /// Forgets what nobody can ask about any more.
    ///
    /// A scalar that was put back and deleted again is left out of its chain, unless its insertion can still
    /// be taken back, or a deletion from the time when it stood there, or a mark is of that time.
    /// - Parameters:
    ///   - insertions: the events that can be taken back and inserted something, ascending.
    ///   - deletions: the first events of the deletions that can be taken back, and the marks that can,
    ///     ascending.
    ///   - marks: the events of all marks that were not made to put something back, ascending.
    /// - Complexity: O(*n* log *n*).
    mutating func forget(
        except insertions: [Range<LocalVersion>], _ deletions: [LocalVersion], marks: [LocalVersion] = []
    ) {
        let starts = insertions.map(\.lowerBound)
        var kept: [Note?] = [], keptByNew: [LocalVersion: Int] = [:]
        for var note in notes {
            if let place = keptByNew[note.old.lowerBound], let earlier = kept[place],
                earlier.count == note.count, !insertions.overlaps(note.old),
                !deletions.contains(between: note.old.lowerBound, and: note.new),
                !marks.contains(between: note.old.lowerBound, and: note.new),
                !starts.contains(between: note.old.lowerBound, and: note.new - 1)
            {
                note.old = earlier.old
                note.deletion = earlier.deletion
                if let name = earlier.name {
                    note.name?.old = name.old
                    note.name?.deletion = name.deletion
                }
                kept[place] = nil
            }
            keptByNew[note.new] = kept.count
            kept.append(note)
        }
        notes.removeAll(keepingCapacity: true)
        // Where the scalars are that something which can be taken back inserted or stands for.
        var reached: [Range<LocalVersion>] = []
        for case let note? in kept {
            let isReached = insertions.overlaps(note.old) || reached.overlaps(note.old)
            if isReached { reached.append(note.newVersions) }
            if isReached || deletions.first.map({ $0 < note.new }) ?? false { notes.append(note) }
        }
        var order = inOrder
        order.removeAll { origin(of: $0).note == nil }
        inOrder = order
        indexNotes()
        limit = max(16, 2 * notes.count)
    }
}

extension [Range<LocalVersion>] {
    /// Whether one of them, which are ascending, overlaps another.
    fileprivate func overlaps(_ span: Range<LocalVersion>) -> Bool {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].upperBound <= span.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].lowerBound < span.upperBound
    }
}

extension [LocalVersion] {
    /// Whether one of them, which are ascending, is behind `a` and not behind `b`.
    fileprivate func contains(between a: LocalVersion, and b: LocalVersion) -> Bool {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= a { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] <= b
    }
}
