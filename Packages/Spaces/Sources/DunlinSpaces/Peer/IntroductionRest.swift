/// Introductions that have shown nothing cost the work of checking them; after each, none is asked for during
/// a while, twice as long each time. Who was removed still has the space's secret, and could go on for ever.
struct IntroductionRest: Sendable {
    static let first = Duration.seconds(1), longest = Duration.seconds(300)

    private var failureCount = 0
    private(set) var until = Duration.zero

    mutating func failed(now: Duration) {
        until = now + min(Self.longest, Self.first * (1 << min(failureCount, 10)))
        failureCount += 1
    }
}
