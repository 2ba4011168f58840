import DunlinSequences
import Testing

@Suite struct SumTreeTests {
    /// A tree and the same leaves in an array.
    private struct Pair {
        var tree = SumTree()
        var leaves: [(number: Int, sums: SumTree.Sums)] = []

        mutating func insert(_ sums: SumTree.Sums, at place: Int) {
            let number =
                place > 0
                ? tree.insertLeaf(after: leaves[place - 1].number, sums: sums)
                : leaves.isEmpty
                    ? tree.insertLeaf(after: nil, sums: sums)
                    : tree.insertLeaf(before: leaves[0].number, sums: sums)
            leaves.insert((number, sums), at: place)
        }

        func sums(before place: Int) -> SumTree.Sums {
            leaves[..<place].reduce(into: SumTree.Sums()) { $0 += $1.sums }
        }

        /// Asks for a place in all ways there are.
        func check(_ place: Int, _ other: Int) {
            let (number, sums) = leaves[place], before = self.sums(before: place)
            #expect(tree.sums(of: number) == sums && tree.sums(before: number) == before)
            #expect(tree.leaf(after: number) == (place + 1 < leaves.count ? leaves[place + 1].number : nil))
            #expect(tree.leaf(before: number) == (place > 0 ? leaves[place - 1].number : nil))
            if place != other { #expect(tree.precedes(number, leaves[other].number) == (place < other)) }
            #expect(tree.firstLeaf == leaves.first?.number && tree.lastLeaf == leaves.last?.number)
            #expect(tree.total == self.sums(before: leaves.count))
            guard sums.first > 0 else { return }
            for offset in [0, sums.first - 1] as [Int] {
                let found = tree.find(.first, before.first + offset)
                #expect(found?.leaf == number && found?.before == before)
            }
            #expect(tree.find(.first, tree.total.first) == nil)
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `leaves at the end, in the middle and out again are found as in an array`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pair = Pair()
        func amounts() -> SumTree.Sums {
            SumTree.Sums(
                Int.random(in: 0...9, using: &random), Int.random(in: 0...9, using: &random),
                Int.random(in: 0...1, using: &random))
        }
        for _ in 0..<Int.random(in: 0...5_000, using: &random) {
            pair.insert(amounts(), at: pair.leaves.count)
        }
        // Where the last node of a level ends, a leaf goes behind it by turns with one before.
        for round in 0..<300 {
            let count = pair.leaves.count
            switch Int.random(in: 0..<8, using: &random) {
            case 0: pair.insert(amounts(), at: count)
            case 1: pair.insert(amounts(), at: max(0, count - 1))
            case 2: for _ in 0..<20 { pair.insert(amounts(), at: count / 2) }
            case 3, 4:
                let place = Int.random(in: 0...count, using: &random)
                for offset in 0..<20 { pair.insert(amounts(), at: place + offset) }
            case 5 where count > 0:
                let place = Int.random(in: 0..<count, using: &random)
                let more = SumTree.Sums(round, 1, 2)
                pair.tree.add(more, to: pair.leaves[place].number)
                pair.leaves[place].sums += more
            case 6 where count > 0:
                let place = Int.random(in: 0..<count, using: &random)
                for _ in place..<min(count, place + 25) {
                    pair.tree.removeLeaf(pair.leaves.remove(at: place).number)
                }
            default: break
            }
            guard !pair.leaves.isEmpty else { continue }
            pair.check(
                Int.random(in: pair.leaves.indices, using: &random),
                Int.random(in: pair.leaves.indices, using: &random))
        }
        while !pair.leaves.isEmpty { pair.tree.removeLeaf(pair.leaves.removeLast().number) }
        #expect(pair.tree.total == SumTree.Sums() && pair.tree.firstLeaf == nil && pair.tree.lastLeaf == nil)
        pair.insert(SumTree.Sums(1), at: 0)
        pair.check(0, 0)
    }
}
