import DunlinCausality
import Testing

@Suite struct ReplicaIDTests {
    @Test func `a random name has the bits of four words`() {
        // Counts up, so that each byte shows where it went.
        var count: UInt64 = 0
        func next() -> UInt64 {
            count += 1
            return count << 56 | count
        }
        let name = ReplicaID.random(next), other = ReplicaID.random(next)
        #expect([0, 8, 16, 24].map { name.bytes[$0] } == [1, 2, 3, 4])
        #expect([7, 15, 23, 31].map { name.bytes[$0] } == [1, 2, 3, 4])
        #expect(name != other && other.bytes[0] == 5)
        #expect(
            ReplicaID.random { .random(in: .min ... .max) } != ReplicaID.random { .random(in: .min ... .max) }
        )
    }
}
