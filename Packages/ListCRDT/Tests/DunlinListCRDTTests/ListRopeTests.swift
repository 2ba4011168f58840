@testable import DunlinListCRDT
import Testing

/// The rope against a plain array.
@Suite struct ListRopeTests {
    private static func elements(_ rope: ListRope, _ range: Range<Int>) -> [UInt32] {
        rope.runs(in: range).flatMap { Array($0.numbers) }
    }

    @Test(arguments: Seeds.first(160))
    func `random edits of all sizes leave what they leave in a plain array`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var rope = ListRope(), model: [UInt32] = [], next: UInt32 = 0, caret = 0
        // Some grow into many leaves, some stay without, some are emptied again and again.
        let largest = [3, 40, 700, 5_000][Int(seed % 4)], deletions = [20, 45, 60][Int(seed / 4 % 3)]
        for _ in 0..<(seed % 4 == 3 ? 3_000 : 1_200) {
            if random.chance(deletions), !model.isEmpty {
                let most = random.chance(3) ? model.count : random.chance(80) ? 3 : largest
                let start =
                    random.chance(30)
                    ? min(caret, model.count - 1) : Int.random(in: 0..<model.count, using: &random)
                let end = min(model.count, start + Int.random(in: 1...max(1, most), using: &random))
                rope.delete(start..<end)
                model.removeSubrange(start..<end)
                caret = start
            } else {
                let count = UInt32(random.chance(80) ? 1 : Int.random(in: 1...largest, using: &random))
                let place =
                    random.chance(40)
                    ? min(caret, model.count) : Int.random(in: 0...model.count, using: &random)
                rope.insert(next..<next + count, at: place)
                model.insert(contentsOf: next..<next + count, at: place)
                next += count
                caret = random.chance(20) ? place : place + Int(count)
            }
            if let broken = rope.brokenInvariant() {
                throw Divergence(description: "seed \(seed): \(broken)")
            }
            guard rope.count == model.count else {
                throw Divergence(
                    description: "seed \(seed): \(rope.count) elements instead of \(model.count)")
            }
            guard !model.isEmpty else { continue }
            let place = Int.random(in: 0..<model.count, using: &random)
            let end = Int.random(in: place...min(model.count, place + 400), using: &random)
            guard rope[place] == model[place], Self.elements(rope, place..<end) == Array(model[place..<end])
            else {
                throw Divergence(description: "seed \(seed): other elements at \(place)")
            }
        }
        let isRight = Self.elements(rope, 0..<model.count) == model
        #expect(isRight, "seed \(seed)")
    }

    @Test(arguments: [0, 1, 2])
    func `single elements at random, upwards and downwards fill many leaves`(way: Int) {
        var random = SeededGenerator(seed: 7)
        var rope = ListRope(), model: [UInt32] = []
        for number in 0..<UInt32(4_000) {
            // Downwards at one of two places, so that no two are one run.
            let place =
                way == 0 ? Int.random(in: 0...model.count, using: &random) : way == 1 ? model.count : 0
            rope.insert(2 * number..<2 * number + 1, at: place)
            model.insert(2 * number, at: place)
        }
        var isRight = Self.elements(rope, 0..<model.count) == model
        #expect(isRight && rope.brokenInvariant() == nil)
        while !model.isEmpty {
            let place = Int.random(in: 0..<model.count, using: &random)
            rope.delete(place..<place + 1)
            model.remove(at: place)
            if model.count % 97 == 0 {
                isRight = isRight && Self.elements(rope, 0..<model.count) == model
                #expect(isRight && rope.brokenInvariant() == nil)
            }
        }
    }

    @Test func `what lies beyond the end is clamped`() {
        var rope = ListRope(0..<10)
        rope.insert(10..<12, at: 99)
        rope.delete(11..<99)
        rope.delete(50..<60)
        rope.insert(12..<12, at: 3)
        #expect(Self.elements(rope, -5..<40) == Array(0..<11))
    }
}
