import DunlinCausality

/// Where things that were put back stand among each other.
///
/// Copies that are there stand among each other as what they stand for did at any time. So they are searched
/// by halves for a place among scalars that are deleted, however many they are. For copies that are deleted
/// again this does not hold: what is put back later goes before them.
extension RestoredScalars {
    /// Takes in what was put back since the last time; the text's index is up to date.
    private mutating func updateOrder(in text: Text) {
        for note in notes(after: ordered) { place(note.newVersions, in: text) }
        ordered = notes.last?.new ?? ordered
    }

    private mutating func place(_ new: Range<LocalVersion>, in text: Text) {
        func firstBehind(_ bounds: Range<Int>, _ version: (Int) -> LocalVersion) -> Int {
            var low = bounds.lowerBound, high = bounds.upperBound
            while low < high {
                let middle = (low + high) / 2
                if text.content.precedes(version(middle), new.lowerBound) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low
        }
        let place = firstBehind(0..<inOrder.count) { inOrder[$0].lowerBound }
        guard place > 0 else { return inOrder.insert(new, at: 0) }
        // It may have been typed within what was put back before.
        let before = inOrder[place - 1], cut = firstBehind(before) { $0 }
        guard cut < before.upperBound else { return inOrder.insert(new, at: place) }
        inOrder[place - 1] = before.lowerBound..<cut
        inOrder.insert(contentsOf: [new, cut..<before.upperBound], at: place)
    }

    /// Has ``lastOriginal(ofCopiesBefore:in:)`` know what was put back since the last time; the text's index
    /// is up to date.
    mutating func updateSpans(in text: Text) {
        let added = notes(after: spanned).map {
            (
                start: MarkIndex.Border(version: $0.new, isAfter: true),
                end: MarkIndex.Border(version: $0.old.upperBound - 1, isAfter: true)
            )
        }
        spans.add(added, precedes: text.content.precedes)
        spanned = notes.last?.new ?? spanned
    }

    /// The place in `inOrder` of the first copy that is there and of which something is true, as it is of all
    /// behind that.
    /// - Parameters:
    ///   - version: copies count as what stood for them then.
    ///   - isReached: asked about these.
    /// - Complexity: O(log² *n*).
    mutating func firstCopy(
        asOf version: LocalVersion, in text: Text, where isReached: (Range<LocalVersion>) -> Bool
    ) -> Int {
        updateOrder(in: text)
        var low = 0, high = inOrder.count
        while low < high {
            let middle = (low + high) / 2, end = inOrder[middle].upperBound
            guard let shown = text.firstShown(of: inOrder[middle]) else {
                // Nothing brings it back: it need never be looked at again.
                inOrder.remove(at: middle)
                high -= 1
                continue
            }
            inOrder[middle] = shown.version..<end
            if isReached(original(of: inOrder[middle], asOf: version)) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// What stood for scalars that were put back together.
    func original(of new: Range<LocalVersion>, asOf version: LocalVersion) -> Range<LocalVersion> {
        let first = original(of: new.lowerBound, before: version)
        return first..<first + new.count
    }

    /// The last of the scalars, in the order of the text, of which a copy was put back before a scalar; nil
    /// when there is none. It may be before that too.
    /// - Complexity: O(log² *n*).
    func lastOriginal(ofCopiesBefore scalar: LocalVersion, in text: Text) -> LocalVersion? {
        spans.lastEnd(ofWhatBeginsBefore: scalar, precedes: text.content.precedes)?.version
    }
}

extension Text {
    /// The first scalar that is there of those that events inserted; by the index as it was updated last.
    func firstShown(of versions: Range<LocalVersion>) -> (version: LocalVersion, position: Int)? {
        var version = versions.lowerBound
        while version < versions.upperBound, let place = content.place(of: version) {
            if place.deletions == 0 { return (version, place.position) }
            version += place.count
        }
        return nil
    }
}
