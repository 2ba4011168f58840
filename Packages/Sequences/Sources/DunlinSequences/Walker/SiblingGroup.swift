import DunlinCausality

/// Runs with the same two origins, in the order in which they stand: in chunks, so that one more moves few.
/// - Complexity: O(√*n*) for inserting, with a small factor; O(log *n*) for finding.
struct SiblingGroup: Sendable {
    struct Sibling: Sendable {
        /// The first unit.
        var unit: UnitID
        /// The event that inserted it.
        var version: LocalVersion
        /// A unit that rests on it from the left, the last that is known.
        var reach: UnitID
    }

    /// Chunk, and place in it.
    typealias Spot = (chunk: Int, index: Int)

    private static let capacity = 256

    let left: UnitID
    let right: UnitID
    private var chunks: [[Sibling]]
    /// The last unit that is known to stand before all siblings and what rests on them.
    var passed: UnitID?
    /// From this one on all rests on a sibling from the right, or stands behind them all.
    var wall: UnitID?

    init(left: UnitID, right: UnitID, _ sibling: Sibling) {
        self.left = left
        self.right = right
        chunks = [[sibling]]
    }

    subscript(spot: Spot) -> Sibling {
        get { chunks[spot.chunk][spot.index] }
        set { chunks[spot.chunk][spot.index] = newValue }
    }

    var last: Spot { (chunks.count - 1, chunks[chunks.count - 1].count - 1) }
    var end: Spot { (chunks.count - 1, chunks[chunks.count - 1].count) }

    /// Where the first stands that `isBehind` is true of, as it is of all that follow; else the end.
    func first(where isBehind: (Sibling) -> Bool) -> Spot {
        var low = 0, high = chunks.count - 1
        while low < high {
            let middle = (low + high) / 2
            if isBehind(chunks[middle][chunks[middle].count - 1]) { high = middle } else { low = middle + 1 }
        }
        let chunk = low
        low = 0
        high = chunks[chunk].count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(chunks[chunk][middle]) { high = middle } else { low = middle + 1 }
        }
        return (chunk, low)
    }

    /// The spot before another; nil before the first.
    func before(_ spot: Spot) -> Spot? {
        if spot.index > 0 { return (spot.chunk, spot.index - 1) }
        return spot.chunk > 0 ? (spot.chunk - 1, chunks[spot.chunk - 1].count - 1) : nil
    }

    mutating func insert(_ sibling: Sibling, at spot: Spot) {
        chunks[spot.chunk].insert(sibling, at: spot.index)
        guard chunks[spot.chunk].count > Self.capacity else { return }
        let half = Self.capacity / 2
        let upper = Array(chunks[spot.chunk][half...])
        chunks[spot.chunk].removeSubrange(half...)
        chunks.insert(upper, at: spot.chunk + 1)
    }
}
