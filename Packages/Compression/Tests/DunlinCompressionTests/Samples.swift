/// Bytes to compress, the same in every run.
enum Sample {
    /// Numbers from a seed (SplitMix64).
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
    }

    /// Words in no order, about as compressible as prose.
    static func text(count: Int, seed: UInt64 = 1) -> [UInt8] {
        var numbers = Numbers(state: seed)
        let words = (0..<800).map { _ in
            (0..<Int.random(in: 2...9, using: &numbers)).map { _ in
                UInt8.random(in: 97...122, using: &numbers)
            }
        }
        var text: [UInt8] = []
        while text.count < count {
            let first = Int.random(in: 0..<800, using: &numbers)
            text += words[Int.random(in: 0...first, using: &numbers)]
            text.append(32)
        }
        return Array(text.prefix(count))
    }

    static func noise(count: Int, seed: UInt64 = 2) -> [UInt8] {
        var numbers = Numbers(state: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    }
}
