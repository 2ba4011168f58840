/// Elements that stand side by side in the order of their numbers.
struct NumberRun: Sendable {
    var first: UInt32
    var count: UInt32

    init(_ numbers: Range<UInt32>) {
        first = numbers.lowerBound
        count = numbers.upperBound - numbers.lowerBound
    }

    var numbers: Range<UInt32> { first..<first + count }
}

/// The runs in a rope's leaves, side by side.
///
/// Moving runs within an array safely means a temporary copy or a checked loop for each move; so they are
/// moved as bytes, between places that are checked.
struct LeafRuns: Sendable {
    var runs: [NumberRun] = []

    /// The run that holds the element `rest` behind the start of run `index`, and how far it is from its
    /// start.
    /// - Precondition: the runs from there on have more elements than `rest`.
    func find(_ rest: Int, from index: Int) -> (index: Int, rest: Int) {
        precondition(index >= 0 && index <= runs.count)
        var index = index, rest = rest
        unsafe runs.withUnsafeBufferPointer { runs in
            func count(_ offset: Int) -> Int { unsafe Int(runs[index &+ offset].count) }
            func four(_ offset: Int) -> Int {
                count(offset) &+ count(offset &+ 1) &+ count(offset &+ 2) &+ count(offset &+ 3)
            }
            // Many at once, and no branch for each: where a random place lies cannot be foretold.
            while index &+ 8 <= runs.count {
                let first = four(0), all = first &+ four(4)
                if rest < all {
                    let isBehind = rest >= first
                    rest &-= isBehind ? first : 0
                    index &+= isBehind ? 4 : 0
                    let one = count(0), two = one &+ count(1), three = two &+ count(2)
                    index &+= (rest >= one ? 1 : 0) &+ (rest >= two ? 1 : 0) &+ (rest >= three ? 1 : 0)
                    rest &-= rest >= three ? three : rest >= two ? two : rest >= one ? one : 0
                    return
                }
                rest &-= all
                index &+= 8
            }
            while index < runs.count, rest >= count(0) {
                rest &-= count(0)
                index &+= 1
            }
        }
        return (index, rest)
    }

    /// Copies the runs in `range` to `start`; the places may overlap.
    mutating func move(_ range: Range<Int>, to start: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= runs.count)
        precondition(start >= 0 && start + range.count <= runs.count)
        guard !range.isEmpty else { return }
        unsafe runs.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + start).update(from: base + range.lowerBound, count: range.count)
        }
    }
}
