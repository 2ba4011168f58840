import DunlinCredentials
import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let identity = try SigningKey.make(random: &random), device = try SigningKey.make(random: &random)
        let box = try AgreementKey.make(random: &random)
        let chain = try CertificateChain([
            .issue(
                identity: identity.publicKey, device: device.publicKey, box: box.publicKey, serial: 0,
                signingWith: identity)
        ])
        #expect(chain.identity == identity.publicKey && chain.device == device.publicKey)
        let key = ContentKey.make(random: &random)
        #expect(try key.sealed(to: [box.publicKey], random: &random).count == 1)
    }
}
