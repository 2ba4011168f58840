import DunlinKeys
import DunlinSpaces
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        var peer = Peer(random: &random)
        let effects = try peer.takeEffects(now: .zero, wallClock: 0, random: &random)
        #expect(peer.spaceSummaries.isEmpty)
        #expect(effects.count == 1)
    }
}
