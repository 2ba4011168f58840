import DunlinEncoding
import DunlinObjects
import Testing

@testable import DunlinSpaces

/// Which block an event is of follows from its number.
@Suite struct EventNumberTests {
    /// Changes of one object that delete, far beyond the end, so many scalars in all.
    private static func changes(deleting counts: [[Int]]) throws -> [DunlinSpaces.ObjectChange] {
        let object = try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16)))
        return counts.map { counts in
            var writer = ByteWriter()
            // No replicas; the root, and a text in it.
            writer.raw([1, 0, 2, 0, 1, 0])
            writer.sized(Array("text".utf8))
            writer.u8(2)
            // Kinds, containers, positions and counts of the operations, and no text.
            let count = UInt64(counts.count)
            for number in [count, count, 9, count, 1] { writer.varint(number) }
            for index in counts.indices { writer.zigzag(index == 0 ? 9 : 0) }
            for count in counts { writer.varint(UInt64(count)) }
            writer.sized([])
            return DunlinSpaces.ObjectChange(object: object, change: writer.bytes)
        }
    }

    @Test func `a block of more operations than there are numbers before the next block is empty`() throws {
        let most = 1 << 30
        for counts in [[[most, most, most, most]], [[most, most], [most, most - 1], [1]]] {
            #expect(try DataPipeline.decoded(Self.changes(deleting: counts))?.count == counts.count)
        }
        for counts in [[[most, most, most, most, 1]], [[most, most], [most, most], [1]]] {
            #expect(try DataPipeline.decoded(Self.changes(deleting: counts)) == nil)
        }
        let many = [[Int]](repeating: [Int](repeating: most, count: 1_000), count: 100)
        #expect(try DataPipeline.decoded(Self.changes(deleting: many)) == nil)
    }
}
