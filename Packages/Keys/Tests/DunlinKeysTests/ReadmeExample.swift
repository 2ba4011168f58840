import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let phrase = try SeedPhrase.make(random: &random)
        let keys = try IdentityKeys(phrase)
        let signature = try keys.signing.sign([1, 2, 3], purpose: .peer)
        #expect(keys.signing.publicKey.verify(signature, over: [1, 2, 3], purpose: .peer))
        #expect(try DIDKey.decode(DIDKey.encode(keys.signing.publicKey)) == keys.signing.publicKey)
    }
}
