import DunlinEncoding
import DunlinKeys

/// A quick stream of random numbers that is the same on every machine: xoshiro256**.
///
/// Each choice of a simulation has a stream with a name of its own, so that a new kind of fault leaves the
/// others as they were.
/// - Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021.
public struct RandomStream: Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The stream of `name` under a seed.
    public init(seed: UInt64, name: String) {
        var writer = ByteWriter()
        writer.u64(seed)
        writer.raw(Array(name.utf8))
        let words = Digest.blake2b(writer.bytes).bytes
        func word(_ index: Int) -> UInt64 {
            words[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        state = (word(0), word(1), word(2), word(3) | 1)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = (state.1 &* 5).rotated(7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3.rotated(45)
        return result
    }

    /// A number of a range that is not empty. The bias is below 2⁻³² for ranges of up to 2³².
    public mutating func number(in range: ClosedRange<Int>) -> Int {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(width.multipliedFullWidth(by: next()).high)
    }

    /// Whether something happens that happens `perMillion` times in a million.
    public mutating func happens(perMillion: Int) -> Bool {
        perMillion > 0 && number(in: 0...999_999) < perMillion
    }

    /// One of several; nil of none.
    public mutating func element<C: RandomAccessCollection>(of items: C) -> C.Element? where C.Index == Int {
        items.isEmpty ? nil : items[items.startIndex + number(in: 0...items.count - 1)]
    }
}

extension UInt64 {
    fileprivate func rotated(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
