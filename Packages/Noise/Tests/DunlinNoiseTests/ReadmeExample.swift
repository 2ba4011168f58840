import DunlinKeys
import DunlinNoise
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        var dialler = try NoiseHandshake(
            role: .initiator, prologue: [1], staticKey: .make(random: &random),
            ephemeralSeed: random.secret(32))
        var listener = try NoiseHandshake(
            role: .responder, prologue: [1], staticKey: .make(random: &random),
            ephemeralSeed: random.secret(32))
        _ = try listener.read(dialler.write())
        _ = try dialler.read(listener.write())
        _ = try listener.read(dialler.write())
        var sender = try dialler.finish().transport
        var receiver = try listener.finish().transport
        #expect(try receiver.open(sender.seal([42])) == [42])
    }
}
