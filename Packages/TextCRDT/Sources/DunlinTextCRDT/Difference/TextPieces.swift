/// What a text is cut into when its scalars differ too much; finer ones first.
enum TextGrain: CaseIterable {
    /// Letters and digits with all that is between them and the next ones. Scripts that leave no space
    /// between words are cut at each scalar.
    case words
    /// Each with its line feed.
    case lines

    /// Whether there is an edge between two scalars.
    func isEdge(_ before: UInt32, _ after: UInt32) -> Bool {
        switch self {
        case .lines: before == 0x0a
        case .words: Self.standsAlone(after) || Self.isLetter(after) && !Self.isLetter(before)
        }
    }

    /// Symbols, and the scripts of East Asia.
    private static func standsAlone(_ scalar: UInt32) -> Bool { scalar >= 0x2e80 }

    /// Coarse, so that it depends on no version of Unicode: two replicas should edit alike.
    private static func isLetter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0xc0..<0x2000, 0x2c00..<0x2e00: true
        default: false
        }
    }
}

/// Parts of two texts in pieces, equal ones with the same number.
struct TextPieces {
    struct Side {
        var ids: [UInt32] = []
        /// Where the pieces begin, and where the last one ends.
        var edges: [Int] = []
    }

    private(set) var old = Side()
    private(set) var new = Side()

    init(
        of grain: TextGrain, _ oldText: [UInt32], _ oldRange: Range<Int>, _ newText: [UInt32],
        _ newRange: Range<Int>
    ) {
        var known: [ArraySlice<UInt32>: UInt32] = [:]
        func cut(_ text: [UInt32], _ range: Range<Int>) -> Side {
            var side = Side(ids: [], edges: [range.lowerBound])
            for index in range {
                let end = index + 1
                guard end == range.upperBound || grain.isEdge(text[index], text[end]) else { continue }
                let piece = text[(side.edges.last ?? 0)..<end]
                let next = UInt32(truncatingIfNeeded: known.count)
                side.ids.append(known[piece, default: next])
                if side.ids.last == next { known[piece] = next }
                side.edges.append(end)
            }
            return side
        }
        old = cut(oldText, oldRange)
        new = cut(newText, newRange)
    }

    /// The scalars of pieces.
    func range(of hunk: TextComparison.Hunk) -> TextComparison.Hunk {
        (
            old.edges[hunk.old.lowerBound]..<old.edges[hunk.old.upperBound],
            new.edges[hunk.new.lowerBound]..<new.edges[hunk.new.upperBound]
        )
    }

    /// Pieces that each of the texts has once, as many as stand in the same order in both.
    func staying() -> [(Int, Int)] {
        let oldPlaces = Self.places(old.ids), newPlaces = Self.places(new.ids)
        var pairs: [(old: Int, new: Int)] = []
        for (place, id) in old.ids.enumerated() where oldPlaces[id] == place {
            if let newPlace = newPlaces[id], newPlace >= 0 { pairs.append((place, newPlace)) }
        }
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

    /// Where each piece is; -1 for one that is there more than once.
    private static func places(_ ids: [UInt32]) -> [UInt32: Int] {
        var places: [UInt32: Int] = [:]
        places.reserveCapacity(ids.count)
        for (place, id) in ids.enumerated() { places[id] = places[id] == nil ? place : -1 }
        return places
    }
}
