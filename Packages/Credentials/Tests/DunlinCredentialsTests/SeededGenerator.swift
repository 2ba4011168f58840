import Foundation

/// All chance of a test, from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = (seed &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    /// Once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }
}

/// The seeds of a test. `SEED=n` replays one; `ROUNDS=n` runs n times as many.
enum Seeds {
    static func first(_ count: UInt64) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0..<count * max(1, environment["ROUNDS"].flatMap { UInt64($0) } ?? 1))
    }
}
