/// What must be taken out of one text and put in to make another, in Unicode scalars.
public struct TextDifference: Hashable, Sendable {
    /// One of the places where the texts differ.
    public struct Replacement: Hashable, Sendable {
        /// Scalars of the old text that are gone.
        public var deleted: Range<Int>
        /// What stands in their place.
        public var inserted: String
    }

    /// Where the texts differ, in ascending order; ranges are those of the old text.
    public private(set) var replacements: [Replacement] = []

    /// Scalars, or lines, up to which two parts are compared with each other one by one. Beyond it the
    /// smallest difference would take seconds.
    private static let longest = 4_096

    /// The smallest difference between two texts: as few scalars as can be, if what differs is not longer
    /// than some thousand of them; else the smallest in lines, and within these again in scalars.
    /// - Complexity: O(*n*) for what the texts have in common at their ends, O(*m* *d*) for *m* scalars
    ///   between that and *d* differences.
    /// - Source: Myers 1986, "An O(ND) Difference Algorithm and Its Variations".
    public init(from old: String, to new: String) {
        let before = Array(old.unicodeScalars), after = Array(new.unicodeScalars)
        compare(before[...], after[...], byLines: true)
    }

    private mutating func compare(
        _ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>, byLines: Bool
    ) {
        var old = old, new = new
        while let a = old.first, a == new.first {
            old = old.dropFirst()
            new = new.dropFirst()
        }
        while let a = old.last, a == new.last {
            old = old.dropLast()
            new = new.dropLast()
        }
        if old.isEmpty || new.isEmpty {
            add(old, new)
        } else if old.count + new.count <= Self.longest {
            compareScalars(old, new)
        } else if byLines {
            compareLines(old, new)
        } else {
            add(old, new)
        }
    }

    private mutating func add(_ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>) {
        guard !old.isEmpty || !new.isEmpty else { return }
        let inserted = String(String.UnicodeScalarView(new))
        if let last = replacements.last, last.deleted.upperBound == old.startIndex {
            replacements[replacements.count - 1].deleted = last.deleted.lowerBound..<old.endIndex
            replacements[replacements.count - 1].inserted = last.inserted + inserted
        } else {
            replacements.append(Replacement(deleted: old.startIndex..<old.endIndex, inserted: inserted))
        }
    }

    private mutating func compareScalars(
        _ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>
    ) {
        for (a, b) in Self.hunks(Array(old), Array(new)) {
            add(
                old[old.startIndex + a.lowerBound..<old.startIndex + a.upperBound],
                new[new.startIndex + b.lowerBound..<new.startIndex + b.upperBound])
        }
    }

    private mutating func compareLines(_ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>) {
        let oldLines = Self.lines(old), newLines = Self.lines(new)
        guard oldLines.count + newLines.count <= Self.longest else { return add(old, new) }
        for (a, b) in Self.hunks(oldLines, newLines) {
            let start = a.lowerBound < oldLines.count ? oldLines[a.lowerBound].startIndex : old.endIndex
            let end = a.upperBound < oldLines.count ? oldLines[a.upperBound].startIndex : old.endIndex
            let newStart = b.lowerBound < newLines.count ? newLines[b.lowerBound].startIndex : new.endIndex
            let newEnd = b.upperBound < newLines.count ? newLines[b.upperBound].startIndex : new.endIndex
            compare(old[start..<end], new[newStart..<newEnd], byLines: false)
        }
    }

    /// Each with its line feed.
    private static func lines(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
        var lines: [ArraySlice<Unicode.Scalar>] = []
        var start = text.startIndex
        for index in text.indices where text[index] == "\n" {
            lines.append(text[start...index])
            start = index + 1
        }
        if start < text.endIndex { lines.append(text[start...]) }
        return lines
    }

    /// The parts that differ, as ranges of the one and the other.
    private static func hunks<Element: Hashable>(
        _ old: [Element], _ new: [Element]
    ) -> [(Range<Int>, Range<Int>)] {
        let difference = new.difference(from: old)
        var removed = [Bool](repeating: false, count: old.count)
        var inserted = [Bool](repeating: false, count: new.count)
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed[offset] = true
            case .insert(let offset, _, _): inserted[offset] = true
            }
        }
        var hunks: [(Range<Int>, Range<Int>)] = []
        var i = 0, j = 0
        while i < old.count || j < new.count {
            let starts = (i, j)
            while i < old.count, removed[i] { i += 1 }
            while j < new.count, inserted[j] { j += 1 }
            if (i, j) != starts {
                hunks.append((starts.0..<i, starts.1..<j))
            } else {
                i += 1
                j += 1
            }
        }
        return hunks
    }
}
