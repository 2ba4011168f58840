import DunlinSequences

/// An order of elements, each by its number: leaves of runs of numbers under a tree of sums.
///
/// The elements themselves are kept by the owner and never move. Elements inserted one behind the other have
/// ascending numbers and are one run of eight bytes, however many they are; a list in the order in which it
/// was written is one run. Few runs are one array, from there on a leaf has room for 128. The place last
/// touched is remembered, so going on there does not search.
/// - Complexity: O(log *n*) in the runs for an edit or a question; O(1) to go on beside the last edit.
struct ListRope: Sendable {
    /// Runs that a leaf has room for, and the most that are kept without leaves.
    static let capacity = 128

    /// Where the last edit was: a run of a leaf, and the elements before both.
    private struct Finger: Sendable {
        /// -1 when it is to be found again, 0 without leaves.
        var leaf = 0
        var start = 0
        /// Elements in the leaf.
        var count = 0
        /// Which of the leaf's runs it is.
        var run = 0
        var runStart = 0
    }

    /// Without leaves just the runs, else those of leaf *n* from 128 *n* on.
    private var storage = LeafRuns()
    /// Runs in each leaf; none without leaves.
    private var lengths: [UInt16] = []
    private var tree = SumTree()
    private var finger = Finger()

    /// An empty order.
    init() {}

    /// Elements in the order of their numbers.
    /// - Complexity: O(1).
    init(_ numbers: Range<UInt32>) { insert(numbers, at: 0) }

    /// Elements in the order.
    var count: Int { isFlat ? finger.count : tree.total.first }

    private var isFlat: Bool { lengths.isEmpty }

    private func length(of leaf: Int) -> Int { isFlat ? storage.runs.count : Int(lengths[leaf]) }

    // MARK: Reading

    /// The number of the element at `position`, which is below ``count``.
    subscript(position: Int) -> UInt32 {
        var leaf = finger.leaf, rest = position - finger.start
        if leaf < 0 || rest < 0 || rest >= finger.count {
            guard let found = tree.find(.first, position) else {
                preconditionFailure("position \(position) lies outside the list of \(count)")
            }
            (leaf, rest) = (found.leaf, position - found.before.first)
        }
        let found = storage.find(rest, from: leaf * Self.capacity)
        return storage.runs[found.index].first + UInt32(found.rest)
    }

    /// The elements in `range`, as far as it lies within the order, by runs.
    /// - Complexity: O(log *n*), and the runs in the range.
    func runs(in range: Range<Int>) -> [NumberRun] {
        let range = range.clamped(to: 0..<count)
        var result: [NumberRun] = []
        guard !range.isEmpty else { return result }
        var leaf = 0, rest = range.lowerBound
        if !isFlat, let found = tree.find(.first, range.lowerBound) {
            (leaf, rest) = (found.leaf, range.lowerBound - found.before.first)
        }
        let (first, offset) = storage.find(rest, from: leaf * Self.capacity)
        var index = first, reached = range.lowerBound - offset
        while reached < range.upperBound {
            let end = leaf * Self.capacity + length(of: leaf)
            let start = index
            while index < end, reached < range.upperBound {
                reached += Int(storage.runs[index].count)
                index += 1
            }
            result += storage.runs[start..<index]
            guard reached < range.upperBound, !isFlat, let next = tree.leaf(after: leaf) else { break }
            leaf = next
            index = leaf * Self.capacity
        }
        result[result.count - 1].count -= UInt32(max(0, reached - range.upperBound))
        result[0].first += UInt32(offset)
        result[0].count -= UInt32(offset)
        return result
    }

    // MARK: Inserting

    /// Puts elements before the one at `position`; beyond the end they go to the end.
    mutating func insert(_ numbers: Range<UInt32>, at position: Int) {
        guard !numbers.isEmpty else { return }
        let position = min(max(position, 0), count)
        while true {
            seek(position)
            let run = finger.leaf * Self.capacity + finger.run, offset = UInt32(position - finger.runStart)
            guard offset > 0 else {
                if openRuns(1, at: run) {
                    storage.runs[run] = NumberRun(numbers)
                    break
                }
                if splitLeaf(with: numbers, atStart: true) { return }
                continue
            }
            let left = storage.runs[run]
            if offset < left.count {
                if openRuns(2, at: run + 1) {
                    storage.runs[run].count = offset
                    storage.runs[run + 1] = NumberRun(numbers)
                    storage.runs[run + 2] = NumberRun(left.first + offset..<left.first + left.count)
                    break
                }
                _ = splitLeaf(with: nil, atStart: false)
                continue
            }
            if left.first + left.count == numbers.lowerBound {
                storage.runs[run].count += UInt32(numbers.count)
                break
            }
            if openRuns(1, at: run + 1) {
                storage.runs[run + 1] = NumberRun(numbers)
                break
            }
            let isLast = finger.run + 1 == length(of: finger.leaf)
            if splitLeaf(with: isLast ? numbers : nil, atStart: false) { return }
        }
        add(numbers.count)
    }

    /// Changes the number of elements where the finger is.
    private mutating func add(_ change: Int) {
        finger.count += change
        if !isFlat { tree.add(SumTree.Sums(change), to: finger.leaf) }
    }

    /// Makes room for runs in the finger's leaf, what they are is left open; false when there is none.
    private mutating func openRuns(_ count: Int, at index: Int) -> Bool {
        let length = length(of: finger.leaf)
        guard length + count <= Self.capacity else { return false }
        if isFlat {
            for _ in 0..<count { storage.runs.append(NumberRun(0..<0)) }
        } else {
            lengths[finger.leaf] += UInt16(count)
        }
        storage.move(index..<finger.leaf * Self.capacity + length, to: index + count)
        return true
    }

    /// Makes room where the finger's leaf is full.
    /// - Parameter numbers: what goes to the start or the end of the leaf. It gets a leaf of its own, so that
    ///   what is written in order leaves full ones behind.
    /// - Returns: whether the numbers have been put in.
    private mutating func splitLeaf(with numbers: Range<UInt32>?, atStart: Bool) -> Bool {
        if isFlat {
            let count = storage.runs.count
            storage.runs += repeatElement(NumberRun(0..<0), count: Self.capacity - count)
            lengths = [UInt16(count)]
            finger.leaf = tree.insertLeaf(after: nil, sums: SumTree.Sums(finger.count))
        }
        let leaf = finger.leaf
        if let numbers {
            let sums = SumTree.Sums(numbers.count)
            let new =
                atStart ? tree.insertLeaf(before: leaf, sums: sums) : tree.insertLeaf(after: leaf, sums: sums)
            makeRoom(for: new)
            storage.runs[new * Self.capacity] = NumberRun(numbers)
            lengths[new] = 1
            let start = atStart ? finger.start : finger.start + finger.count
            finger = Finger(leaf: new, start: start, count: numbers.count, run: 0, runStart: start)
            return true
        }
        let kept = Int(lengths[leaf]) / 2, moved = Int(lengths[leaf]) - kept
        let from = leaf * Self.capacity + kept
        let elements = storage.runs[from..<from + moved].reduce(0) { $0 + Int($1.count) }
        tree.add(SumTree.Sums(-elements), to: leaf)
        let new = tree.insertLeaf(after: leaf, sums: SumTree.Sums(elements))
        makeRoom(for: new)
        storage.move(from..<from + moved, to: new * Self.capacity)
        lengths[leaf] = UInt16(kept)
        lengths[new] = UInt16(moved)
        finger.leaf = -1
        return false
    }

    private mutating func makeRoom(for leaf: Int) {
        guard leaf == lengths.count else { return }
        lengths.append(0)
        storage.runs += repeatElement(NumberRun(0..<0), count: Self.capacity)
    }

    // MARK: Deleting

    /// Takes out the elements in `range`, as far as it lies within the order.
    mutating func delete(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<count)
        var rest = range.count
        while rest > 0 {
            // To the run that holds the first element.
            seek(range.lowerBound + 1)
            let taken = min(rest, finger.start + finger.count - range.lowerBound)
            if taken == finger.count {
                removeLeaf()
            } else if !remove(taken, at: UInt32(range.lowerBound - finger.runStart)) {
                _ = splitLeaf(with: nil, atStart: false)
                continue
            }
            rest -= taken
        }
    }

    /// Puts other numbers in the place of as many from a position on; nothing happens where not all of those
    /// lie within the order.
    mutating func set(_ numbers: Range<UInt32>, at position: Int) {
        guard position >= 0, position <= count - numbers.count else { return }
        delete(position..<position + numbers.count)
        insert(numbers, at: position)
    }

    /// Takes an element to where `destination` others are before it; nothing happens where there is none. A
    /// saved history may say more than the content beside it.
    mutating func move(_ position: Int, to destination: Int) {
        guard position >= 0, position < count else { return }
        let number = self[position]
        delete(position..<position + 1)
        insert(number..<number + 1, at: destination)
    }

    private mutating func removeLeaf() {
        if !isFlat { tree.removeLeaf(finger.leaf) }
        finger.leaf = -1
        if tree.firstLeaf == nil { self = ListRope() }
    }

    /// Takes elements out of the finger's leaf; false when there is no room for the run that is left over.
    /// - Parameter offset: of the first element in the finger's run.
    private mutating func remove(_ taken: Int, at offset: UInt32) -> Bool {
        let base = finger.leaf * Self.capacity, index = base + finger.run
        let run = storage.runs[index]
        if offset > 0, Int(offset) + taken < Int(run.count) {
            guard openRuns(1, at: index + 1) else { return false }
            storage.runs[index].count = offset
            storage.runs[index + 1] = NumberRun(run.first + offset + UInt32(taken)..<run.first + run.count)
            add(-taken)
            return true
        }
        var first = index, left = taken
        if offset > 0 {
            left -= Int(run.count - offset)
            storage.runs[index].count = offset
            first += 1
        }
        var end = first
        while left > 0, left >= Int(storage.runs[end].count) {
            left -= Int(storage.runs[end].count)
            end += 1
        }
        if left > 0 {
            storage.runs[end].first += UInt32(left)
            storage.runs[end].count -= UInt32(left)
        }
        let limit = base + length(of: finger.leaf)
        // What was inserted between them is gone.
        if first > base, end < limit, storage.runs[first - 1].numbers.upperBound == storage.runs[end].first {
            storage.runs[first - 1].count += storage.runs[end].count
            end += 1
            (finger.run, finger.runStart) = (0, finger.start)
        }
        add(-taken)
        close(first..<end, limit: limit)
        return true
    }

    /// Takes runs out of the finger's leaf, which end before `limit`.
    private mutating func close(_ runs: Range<Int>, limit: Int) {
        guard !runs.isEmpty else { return }
        if isFlat { return storage.runs.removeSubrange(runs) }
        storage.move(runs.upperBound..<limit, to: runs.lowerBound)
        lengths[finger.leaf] -= UInt16(runs.count)
        if Int(lengths[finger.leaf]) < Self.capacity / 8 { joinLeaf() }
    }

    /// Puts the finger's leaf, which has become small, together with one beside it that has room.
    private mutating func joinLeaf() {
        let leaf = finger.leaf, length = length(of: leaf), start = leaf * Self.capacity
        if let next = tree.leaf(after: leaf), self.length(of: next) + length <= Self.capacity * 3 / 4 {
            let base = next * Self.capacity
            storage.move(base..<base + self.length(of: next), to: base + length)
            storage.move(start..<start + length, to: base)
            remove(leaf, into: next)
        } else if let previous = tree.leaf(before: leaf) {
            guard self.length(of: previous) + length <= Self.capacity * 3 / 4 else { return }
            storage.move(start..<start + length, to: previous * Self.capacity + self.length(of: previous))
            remove(leaf, into: previous)
        } else if tree.leaf(after: leaf) == nil {
            // The only one: without leaves again.
            let count = self.count
            storage.runs = Array(storage.runs[start..<start + length])
            lengths = []
            tree = SumTree()
            finger = Finger(count: count)
        }
    }

    private mutating func remove(_ leaf: Int, into other: Int) {
        let sums = tree.sums(of: leaf)
        tree.removeLeaf(leaf)
        lengths[other] += lengths[leaf]
        tree.add(sums, to: other)
        finger.leaf = -1
    }

    // MARK: The finger

    /// Moves the finger to the run that holds the element before `position`; to the first one for the start.
    private mutating func seek(_ position: Int) {
        if !isFlat {
            let isThere =
                finger.leaf >= 0 && position <= finger.start + finger.count
                && (position > finger.start || finger.start == 0)
            if !isThere {
                if let (leaf, before) = tree.find(.first, max(0, position - 1)) {
                    let start = before.first
                    finger = Finger(
                        leaf: leaf, start: start, count: tree.sums(of: leaf).first, run: 0, runStart: start)
                }
            }
        }
        if position > finger.start, finger.count == length(of: finger.leaf) {
            // All runs are single elements, as they are where single ones were inserted at random.
            (finger.run, finger.runStart) = (position - 1 - finger.start, position - 1)
            return
        }
        if position <= finger.runStart { (finger.run, finger.runStart) = (0, finger.start) }
        guard position > finger.runStart else { return }
        let base = finger.leaf * Self.capacity
        let found = storage.find(position - 1 - finger.runStart, from: base + finger.run)
        finger.run = found.index - base
        finger.runStart = position - 1 - found.rest
    }

    // MARK: Invariants

    /// What is wrong with the leaves or the finger, for tests; nil when nothing is.
    func brokenLeaf() -> String? {
        if isFlat {
            return storage.runs.count <= Self.capacity && finger.leaf == 0 && tree.firstLeaf == nil
                ? nil : "more runs than fit without leaves"
        }
        var leaf = tree.firstLeaf, start = 0
        while let here = leaf {
            let runs = storage.runs[here * Self.capacity..<here * Self.capacity + length(of: here)]
            let elements = runs.reduce(0) { $0 + Int($1.count) }
            if elements == 0 || elements != tree.sums(of: here).first {
                return "leaf \(here) is not as long as said"
            }
            if here == finger.leaf, start != finger.start || elements != finger.count {
                return "the finger is not at leaf \(here)"
            }
            start += elements
            leaf = tree.leaf(after: here)
        }
        return nil
    }
}
