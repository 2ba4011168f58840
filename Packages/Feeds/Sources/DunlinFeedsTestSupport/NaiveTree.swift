import DunlinEncoding
import DunlinKeys

/// The tree of a feed by its definition, hashed anew each time: what the quick one must agree with.
public struct NaiveTree: Sendable {
    /// The blocks of the feed.
    public var blocks: [[UInt8]]

    /// A tree over these blocks.
    public init(_ blocks: [[UInt8]]) { self.blocks = blocks }

    /// Hash of the perfect tree over a range whose length is a power of two.
    public func hash(_ range: Range<Int>) -> Digest {
        var writer = ByteWriter()
        let bytes = blocks[range].reduce(0) { $0 + $1.count }
        guard range.count > 1 else {
            writer.u8(0)
            writer.u64(UInt64(bytes))
            writer.raw(blocks[range.lowerBound])
            return Digest.blake2b(writer.bytes)
        }
        let middle = range.lowerBound + range.count / 2
        writer.u8(1)
        writer.u64(UInt64(bytes))
        writer.raw(hash(range.lowerBound..<middle).bytes)
        writer.raw(hash(middle..<range.upperBound).bytes)
        return Digest.blake2b(writer.bytes)
    }

    /// Hash of the tree over the first `length` blocks.
    public func treeHash(_ length: Int) -> Digest {
        var writer = ByteWriter()
        writer.u8(2)
        var start = 0
        for bit in (0..<Int.bitWidth - 1).reversed() where length >> bit & 1 == 1 {
            let range = start..<start + 1 << bit
            writer.raw(hash(range).bytes)
            // In order, a perfect tree's root stands in its middle.
            writer.u64(UInt64(2 * start + range.count - 1))
            writer.u64(UInt64(blocks[range].reduce(0) { $0 + $1.count }))
            start = range.upperBound
        }
        return Digest.blake2b(writer.bytes)
    }
}
