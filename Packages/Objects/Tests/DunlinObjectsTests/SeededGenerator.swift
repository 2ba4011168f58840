import Foundation

/// A small generator with a seed, so that a failure names the history that shows it.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// The seeds of a test. `SEED=n` replays one; `ROUNDS=n` runs n times as many.
enum Seeds {
    static func first(_ count: UInt64) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0..<count * max(1, environment["ROUNDS"].flatMap { UInt64($0) } ?? 1))
    }
}
