import DunlinEncoding
import DunlinKeys
import DunlinNoise
import Testing

@Suite struct NoiseVectorTests {
    @Test(arguments: NoiseVector.all.indices)
    func `every byte of the published handshakes is reproduced`(index: Int) throws {
        let vector = NoiseVector.all[index]
        func key(_ hex: String) throws -> SecretBytes { SecretBytes(copying: try Hex.decode(hex)) }
        var initiator = try NoiseHandshake(
            role: .initiator, prologue: Hex.decode(vector.prologue),
            staticKey: AgreementKey(seed: key(vector.initiatorStatic)),
            ephemeralSeed: key(vector.initiatorEphemeral))
        var responder = try NoiseHandshake(
            role: .responder, prologue: Hex.decode(vector.prologue),
            staticKey: AgreementKey(seed: key(vector.responderStatic)),
            ephemeralSeed: key(vector.responderEphemeral))
        for (number, message) in vector.messages.prefix(3).enumerated() {
            let payload = try Hex.decode(message.payload)
            let written: [UInt8]
            if number.isMultiple(of: 2) {
                written = try initiator.write(payload: payload)
                #expect(try responder.read(written) == payload)
            } else {
                written = try responder.write(payload: payload)
                #expect(try initiator.read(written) == payload)
            }
            #expect(Hex.encode(written) == message.ciphertext)
        }
        var first = try initiator.finish(), second = try responder.finish()
        #expect(Hex.encode(first.handshakeHash) == vector.handshakeHash)
        #expect(first.handshakeHash == second.handshakeHash)
        #expect(first.remoteStatic == responder.remoteStaticOfSelf(vector.responderStatic))
        for (number, message) in vector.messages.dropFirst(3).enumerated() {
            let payload = try Hex.decode(message.payload)
            // The fourth message is the responder's again.
            let sealed =
                number.isMultiple(of: 2)
                ? try second.transport.seal(payload) : try first.transport.seal(payload)
            #expect(Hex.encode(sealed) == message.ciphertext)
        }
    }

    @Test func `a changed bit in any handshake message ends the handshake`() throws {
        var random = SeededRandom(seed: 7)
        for step in 0..<3 {
            for bit in stride(from: 0, to: 256, by: 7) {
                var (a, b) = try Self.pair(&random)
                var failed = false
                for number in 0..<3 {
                    do {
                        var message = number == 1 ? try b.write() : try a.write()
                        if number == step { message[bit / 8 % message.count] ^= 1 << UInt8(bit % 8) }
                        _ = number == 1 ? try a.read(message) : try b.read(message)
                    } catch {
                        failed = true
                        break
                    }
                }
                #expect(failed, "message \(step), bit \(bit)")
            }
        }
    }

    @Test func `another prologue does not connect`() throws {
        var random = SeededRandom(seed: 8)
        var a = try NoiseHandshake(
            role: .initiator, prologue: [1], staticKey: .make(random: &random),
            ephemeralSeed: random.secret(32))
        var b = try NoiseHandshake(
            role: .responder, prologue: [2], staticKey: .make(random: &random),
            ephemeralSeed: random.secret(32))
        _ = try b.read(a.write())
        let reply = try b.write()
        #expect(throws: NoiseError.decryptionFailed) { try a.read(reply) }
        #expect(throws: NoiseError.outOfTurn) { try a.write() }
    }

    @Test func `messages lost, repeated or swapped do not open`() throws {
        var random = SeededRandom(seed: 9)
        var (a, b) = try Self.pair(&random)
        _ = try b.read(a.write())
        _ = try a.read(b.write())
        _ = try b.read(a.write())
        var sender = try a.finish().transport
        let receiver = try b.finish().transport
        let one = try sender.seal([1]), two = try sender.seal([2])
        var swapped = receiver
        #expect(throws: NoiseError.decryptionFailed) { try swapped.open(two) }
        var repeated = receiver
        #expect(try repeated.open(one) == [1])
        #expect(throws: NoiseError.decryptionFailed) { try repeated.open(one) }
    }

    static func pair(_ random: inout SeededRandom) throws -> (NoiseHandshake, NoiseHandshake) {
        (
            try NoiseHandshake(
                role: .initiator, prologue: [], staticKey: .make(random: &random),
                ephemeralSeed: random.secret(32)),
            try NoiseHandshake(
                role: .responder, prologue: [], staticKey: .make(random: &random),
                ephemeralSeed: random.secret(32))
        )
    }
}

extension NoiseHandshake {
    /// The public key that belongs to a static secret.
    func remoteStaticOfSelf(_ secret: String) -> AgreementPublicKey? {
        (try? Hex.decode(secret)).flatMap { try? AgreementKey(seed: SecretBytes(copying: $0)).publicKey }
    }
}
