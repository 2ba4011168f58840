/// The smallest difference between two sequences, found from both ends at once, so that it needs no more
/// memory than there are differences.
/// - Source: Myers 1986, "An O(ND) Difference Algorithm and Its Variations", section 4b.
struct SmallestDifference {
    private let old: [UInt32]
    private let new: [UInt32]
    /// Differences at which the search ends.
    private let limit: Int
    /// Steps after which it ends.
    private let effort: Int
    /// How far a path reaches on each diagonal, from the beginning and from the end.
    private var forward: [Int]
    private var backward: [Int]
    /// Of diagonal 0 in these.
    private let middle: Int

    /// Comparisons and diagonals that were looked at.
    private(set) var steps = 0
    /// What differs, in ascending order; none touches the one before.
    private(set) var hunks: [TextComparison.Hunk] = []

    init(_ old: ArraySlice<UInt32>, _ new: ArraySlice<UInt32>, limit: Int, effort: Int) {
        self.old = Array(old)
        self.new = Array(new)
        self.limit = limit
        self.effort = effort
        middle = min(limit, old.count + new.count) / 2 + 2
        forward = [Int](repeating: 0, count: 2 * middle + 1)
        backward = forward
    }

    /// Looks for the difference.
    /// - Returns: false when there are more than the limit, or more steps are needed.
    mutating func run() -> Bool {
        guard abs(old.count - new.count) <= limit else { return false }
        return run(0..<old.count, 0..<new.count, isWhole: true)
    }

    private mutating func run(_ a: Range<Int>, _ b: Range<Int>, isWhole: Bool = false) -> Bool {
        let part = TextComparison.trimmed((a, b), old, new)
        steps += a.count - part.old.count
        if part.old.isEmpty || part.new.isEmpty {
            add(part.old, part.new)
            return true
        }
        // Once the whole is found to be small enough, so are its halves.
        let most = isWhole ? effort - steps : .max
        guard let snake = snake(part.old, part.new, most: most) else { return false }
        // Both halves have differences, as the ends differ: so both are smaller than this part.
        return run(part.old.lowerBound..<snake.old.lowerBound, part.new.lowerBound..<snake.new.lowerBound)
            && run(snake.old.upperBound..<part.old.upperBound, snake.new.upperBound..<part.new.upperBound)
    }

    private mutating func add(_ a: Range<Int>, _ b: Range<Int>) {
        guard !a.isEmpty || !b.isEmpty else { return }
        if let last = hunks.last, last.old.upperBound == a.lowerBound, last.new.upperBound == b.lowerBound {
            hunks[hunks.count - 1] = (
                last.old.lowerBound..<a.upperBound, last.new.lowerBound..<b.upperBound
            )
        } else {
            hunks.append((a, b))
        }
    }

    /// A part without differences, maybe empty, in the middle of a shortest path.
    private mutating func snake(
        _ a: Range<Int>, _ b: Range<Int>, most: Int
    ) -> TextComparison.Hunk? {
        let n = a.count, m = b.count, delta = n - m
        let isOdd = delta & 1 != 0
        let (old, new) = (self.old, self.new)
        let before = old.span.extracting(a), after = new.span.extracting(b)
        var taken = 0
        defer { steps += taken }
        forward[middle + 1] = 0
        backward[middle + 1] = 0
        for d in 0...min((limit + 1) / 2, (n + m + 1) / 2) {
            guard taken <= most else { return nil }
            // Diagonals outside both texts are left out.
            let diagonals = stride(from: -(d - 2 * max(0, d - m)), through: d - 2 * max(0, d - n), by: 2)
            for k in diagonals {
                let x = Self.start(forward, middle + k, isLowest: k == -d, isHighest: k == d)
                var (end, newEnd) = (x, x - k)
                while end < n, newEnd < m, before[end] == after[newEnd] {
                    end += 1
                    newEnd += 1
                }
                taken += 1 + end - x
                forward[middle + k] = end
                let other = delta - k
                if isOdd, abs(other) < d, end + backward[middle + other] >= n {
                    return Self.hunk(x..<end, x - k..<newEnd, a.lowerBound, b.lowerBound)
                }
            }
            for k in diagonals {
                let x = Self.start(backward, middle + k, isLowest: k == -d, isHighest: k == d)
                var (end, newEnd) = (x, x - k)
                while end < n, newEnd < m, before[n - 1 - end] == after[m - 1 - newEnd] {
                    end += 1
                    newEnd += 1
                }
                taken += 1 + end - x
                backward[middle + k] = end
                let other = delta - k
                if !isOdd, abs(other) <= d, end + forward[middle + other] >= n {
                    return Self.hunk(n - end..<n - x, m - newEnd..<m - (x - k), a.lowerBound, b.lowerBound)
                }
            }
        }
        return nil
    }

    /// Where a path on a diagonal starts: what reaches further of the two diagonals beside it.
    private static func start(_ reached: [Int], _ k: Int, isLowest: Bool, isHighest: Bool) -> Int {
        if isLowest || !isHighest && reached[k - 1] < reached[k + 1] { return reached[k + 1] }
        return reached[k - 1] + 1
    }

    private static func hunk(
        _ old: Range<Int>, _ new: Range<Int>, _ a: Int, _ b: Int
    ) -> TextComparison.Hunk {
        (old.lowerBound + a..<old.upperBound + a, new.lowerBound + b..<new.upperBound + b)
    }
}
