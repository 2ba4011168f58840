import DunlinCausality
import Testing

@Suite struct ReplicaIDTests {
    /// Counts up, so that each byte shows where it went.
    private struct Counting: RandomNumberGenerator {
        var word: UInt64 = 0
        mutating func next() -> UInt64 {
            word += 1
            return word
        }
    }

    @Test func `random names differ, and one generator gives the same again`() {
        var chance = SystemRandomNumberGenerator()
        #expect(ReplicaID.random(using: &chance) != ReplicaID.random(using: &chance))
        var one = Counting(), two = Counting()
        let name = ReplicaID.random(using: &one)
        #expect(name == ReplicaID.random(using: &two) && name != ReplicaID.random(using: &one))
        #expect([0, 8, 16, 24].map { name.bytes[$0] } == [1, 2, 3, 4])
    }
}
