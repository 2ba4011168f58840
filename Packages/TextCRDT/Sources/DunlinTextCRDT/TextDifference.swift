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

    /// How often a part of too many lines is cut at those that it shares with the other text.
    private static let mostCuts = 4

    /// The smallest difference between two texts: as few scalars as can be, if what differs is not longer
    /// than some thousand of them; else the smallest in lines, and within these again in scalars. What has
    /// more than some thousand lines is cut first, at lines that each text has once.
    /// - Complexity: O(*n* log *n*), and O(*m* *d*) for the parts of *m* scalars or lines, some thousand at
    ///   most, in which there are *d* differences.
    /// - Source: Myers 1986, "An O(ND) Difference Algorithm and Its Variations".
    public init(from old: String, to new: String) {
        let before = Array(old.unicodeScalars), after = Array(new.unicodeScalars)
        compare(before[...], after[...], cuts: Self.mostCuts)
    }

    /// - Parameter cuts: how often lines may still be cut; nil when they are not compared by lines again.
    private mutating func compare(
        _ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>, cuts: Int?
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
        } else if let cuts {
            compareLines(old, new, cuts: cuts)
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

    private mutating func compareLines(
        _ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>, cuts: Int
    ) {
        let oldLines = Self.lines(old), newLines = Self.lines(new)
        guard oldLines.count + newLines.count <= Self.longest else {
            return compareBetweenLines(old, new, oldLines, newLines, cuts: cuts)
        }
        for (a, b) in Self.hunks(oldLines, newLines) {
            let start = a.lowerBound < oldLines.count ? oldLines[a.lowerBound].startIndex : old.endIndex
            let end = a.upperBound < oldLines.count ? oldLines[a.upperBound].startIndex : old.endIndex
            let newStart = b.lowerBound < newLines.count ? newLines[b.lowerBound].startIndex : new.endIndex
            let newEnd = b.upperBound < newLines.count ? newLines[b.upperBound].startIndex : new.endIndex
            compare(old[start..<end], new[newStart..<newEnd], cuts: nil)
        }
    }

    /// Compares what lies between lines that stay.
    private mutating func compareBetweenLines(
        _ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>,
        _ oldLines: [ArraySlice<Unicode.Scalar>], _ newLines: [ArraySlice<Unicode.Scalar>], cuts: Int
    ) {
        let staying = cuts > 0 ? Self.staying(oldLines, newLines) : []
        guard !staying.isEmpty else { return add(old, new) }
        var start = old.startIndex, newStart = new.startIndex
        for (a, b) in staying {
            compare(
                old[start..<oldLines[a].startIndex], new[newStart..<newLines[b].startIndex], cuts: cuts - 1)
            (start, newStart) = (oldLines[a].endIndex, newLines[b].endIndex)
        }
        compare(old[start...], new[newStart...], cuts: cuts - 1)
    }

    /// Lines that each of two texts has once, as many as stand in the same order in both.
    private static func staying(
        _ old: [ArraySlice<Unicode.Scalar>], _ new: [ArraySlice<Unicode.Scalar>]
    ) -> [(Int, Int)] {
        // Where each line is in the one and the other; -1 for one that is there more than once.
        var places: [ArraySlice<Unicode.Scalar>: (old: Int, new: Int?)] = [:]
        for (place, line) in old.enumerated() {
            let isFirst = places[line] == nil
            places[line] = (isFirst ? place : -1, nil)
        }
        for (place, line) in new.enumerated() {
            guard let known = places[line] else { continue }
            places[line] = (known.old, known.new == nil ? place : -1)
        }
        let pairs = places.values.compactMap { place -> (old: Int, new: Int)? in
            guard let new = place.new, new >= 0, place.old >= 0 else { return nil }
            return (place.old, new)
        }.sorted { $0.old < $1.old }
        // The longest ascending sequence: for each length the pair that ends one with the lowest place.
        var ends: [Int] = [], before = [Int](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var low = 0, high = ends.count
            while low < high {
                let middle = (low + high) / 2
                if pairs[ends[middle]].new < pair.new { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = ends[low - 1] }
            if low < ends.count { ends[low] = index } else { ends.append(index) }
        }
        var result: [(Int, Int)] = []
        var index = ends.last ?? -1
        while index >= 0 {
            result.append(pairs[index])
            index = before[index]
        }
        return result.reversed()
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
