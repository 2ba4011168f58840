import DunlinCausality
import DunlinEncoding

/// What marks show over a range of scalars, and what is due there (see ``UndoneMarks``).
///
/// What will be typed counts too, so places are those of scalars and of the gaps around them by turns: gap 0,
/// scalar 0, gap 1. What is typed in a gap stands right behind the scalar before it, before all that was
/// deleted there.
struct MarkOverlay {
    /// Scalars and gaps that do not show what is due.
    struct Patch {
        var places: Range<Int>
        var key: UTF8String
        /// The mark that is due; nil for none.
        var due: Int?

        var scalars: Range<Int> { places.lowerBound / 2..<places.upperBound / 2 }
        var expansion: MarkExpansion {
            let before = places.lowerBound % 2 == 0, after = places.upperBound % 2 == 1
            return before ? (after ? .both : .before) : (after ? .after : .none)
        }
    }

    /// All marks over the scalars as they are shown.
    private(set) var marks: [Int] = []
    private var shown: [UTF8String: [MarkStack.Span]] = [:]
    private var due: [UTF8String: [MarkStack.Span]] = [:]

    /// - Parameters:
    ///   - range: scalars; the gaps at both ends count too.
    ///   - key: nil for all.
    init(
        of range: Range<Int>, key: UTF8String?, _ undone: UndoneMarks, _ restored: RestoredScalars,
        in text: inout Text
    ) {
        text.content.updateIndex(graph: text.graph)
        var position = range.lowerBound - 1
        if position < 0 {
            // The gap before all scalars.
            addShown(-1..<0, at: -1, key, in: &text)
            addDue(-1..<0, at: -1, key, undone, restored, in: &text)
            position = 0
        }
        while position < range.upperBound, let (first, length) = text.content.insertion(at: position) {
            let count = min(length, range.upperBound - position)
            addShown(first..<first + count, at: position, key, in: &text)
            addDue(first..<first + count, at: position, key, undone, restored, in: &text)
            position += count
        }
        marks = Set(shown.values.joined().map(\.mark)).sorted()
        let graph = text.graph, all = text.content.marks
        for (key, spans) in shown {
            shown[key] = MarkStack.shown(spans) { graph.wins(all[$1].version, over: all[$0].version) }
        }
        for (key, spans) in due {
            due[key] = MarkStack.shown(spans) { graph.wins(all[$1].version, over: all[$0].version) }
        }
    }

    private mutating func addShown(
        _ run: Range<LocalVersion>, at position: Int, _ key: UTF8String?, in text: inout Text
    ) {
        for (mark, part) in text.marks(over: run, key, from: 0, before: .max) {
            let start = 2 * position + 1 + part.lowerBound
            shown[text.content.marks[mark].key, default: []].append((start..<start + part.count, mark))
        }
    }

    private mutating func addDue(
        _ run: Range<LocalVersion>, at position: Int, _ key: UTF8String?, _ undone: UndoneMarks,
        _ restored: RestoredScalars, in text: inout Text
    ) {
        var open = [(run: run, position: position, later: RestoredScalars.Note?.none)]
        while let (whole, place, later) = open.popLast() {
            var (run, position) = (whole, place)
            while !run.isEmpty {
                let (count, note) = restored.origin(of: run)
                let piece = run.prefix(count)
                let found = text.marks(
                    over: piece, key, from: note?.deletion ?? 0, before: later?.new ?? .max,
                    note == nil ? restored : nil)
                for (mark, part) in found
                where Self.speaks(text.content.marks[mark], ofWhatIsOf: note, and: later, undone, text) {
                    guard let counted = undone.counted(mark, in: text) else { continue }
                    let start = 2 * position + 1 + part.lowerBound
                    due[text.content.marks[counted].key, default: []]
                        .append((start..<start + part.count, counted))
                }
                if let note {
                    let old = note.old.lowerBound + piece.lowerBound - note.new
                    open.append((old..<old + count, position, note))
                }
                run = run.dropFirst(count)
                position += count
            }
        }
    }

    /// Whether a mark counts for a scalar that was put back by one note, if any, and deleted and put back
    /// again by another.
    ///
    /// While it was deleted, what undoing marked was meant for others. The marks of those who knew the scalar
    /// hold on to what was there before it was deleted, and lie over the old one; those of others lie over
    /// the place to which it came back.
    private static func speaks(
        _ mark: TextMark, ofWhatIsOf note: RestoredScalars.Note?, and later: RestoredScalars.Note?,
        _ undone: UndoneMarks, _ text: Text
    ) -> Bool {
        func knows(_ deletion: LocalVersion) -> Bool {
            [mark.start.event, mark.end.event].contains {
                $0.flatMap { text.graph.localVersion(of: $0) }.map { $0 >= deletion } ?? false
            }
        }
        if let note, mark.version < note.new {
            return knows(note.deletion) && !undone.isStandIn(mark, in: text)
        }
        if let later, mark.version >= later.deletion {
            return !knows(later.deletion) && !undone.isStandIn(mark, in: text)
        }
        return true
    }

    /// What does not show what is due among the scalars of a range and the gaps around them, by key and
    /// place.
    func patches(for range: Range<Int>, in text: Text) -> [Patch] {
        let places = 2 * range.lowerBound..<2 * range.upperBound + 1
        var patches: [Patch] = []
        func value(_ mark: Int?) -> CBORValue? { mark.flatMap { text.content.marks[$0].value } }
        for key in Set(shown.keys).union(due.keys).sorted() {
            let shown = shown[key] ?? [], due = due[key] ?? []
            var borders = Set([places.lowerBound, places.upperBound])
            for span in shown + due { borders.formUnion([span.range.lowerBound, span.range.upperBound]) }
            let inside = borders.filter { places.lowerBound <= $0 && $0 <= places.upperBound }.sorted()
            for (start, end) in zip(inside, inside.dropFirst()) {
                let mark = due.mark(at: start)
                guard value(mark) != value(shown.mark(at: start)) else { continue }
                if let last = patches.last, last.key == key, last.due == mark, last.places.upperBound == start
                {
                    patches[patches.count - 1].places = last.places.lowerBound..<end
                } else {
                    patches.append(Patch(places: start..<end, key: key, due: mark))
                }
            }
        }
        return patches
    }
}

extension [MarkStack.Span] {
    /// The mark at a position; they ascend.
    fileprivate func mark(at position: Int) -> Int? {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].range.upperBound <= position { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].range.contains(position) ? self[low].mark : nil
    }
}

extension Text {
    /// The marks of a key, or of all, made from one version to before another, that lie over a run, and over
    /// which of its scalars and gaps.
    /// - Parameter restored: if given, marks from before the run hold on to what stood for their scalars when
    ///   it was typed.
    fileprivate mutating func marks(
        over run: Range<LocalVersion>, _ key: UTF8String?, from start: LocalVersion, before end: LocalVersion,
        _ restored: RestoredScalars? = nil
    ) -> [(mark: Int, part: Range<Int>)] {
        var found = content.marks(from: run.lowerBound, to: run.upperBound - 1, before: end, graph: graph)
        if let restored {
            // What was put back stands before the run, and what it stands for behind.
            if let last = restored.lastOriginal(ofCopiesBefore: run.lowerBound, in: self),
                content.precedes(run.lowerBound, last)
            {
                found += content.marks(
                    from: run.lowerBound, to: last, before: min(end, run.lowerBound), graph: graph)
            }
            found = Set(found).sorted()
        }
        var result: [(mark: Int, part: Range<Int>)] = []
        for index in found {
            var mark = content.marks[index]
            guard mark.version >= start, key == nil || mark.key == key else { continue }
            if let restored, mark.version < run.lowerBound {
                mark.start = follow(mark.start, restored, until: run.lowerBound)
                mark.end = follow(mark.end, restored, until: run.lowerBound)
            }
            let part = content.part(of: run, under: mark, graph: graph)
            if !part.isEmpty { result.append((index, part)) }
        }
        return result
    }

    /// An anchor as it holds on to what stood for its scalar when an event was made.
    func follow(
        _ anchor: TextAnchor, _ restored: RestoredScalars, until event: LocalVersion
    ) -> TextAnchor {
        guard let version = anchor.event.flatMap({ graph.localVersion(of: $0) }) else { return anchor }
        let now = restored.standing(for: version, at: event)
        return now == version ? anchor : TextAnchor(event: graph.event(at: now), side: anchor.side)
    }
}
