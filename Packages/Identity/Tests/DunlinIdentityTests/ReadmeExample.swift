import DunlinIdentity
import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let phrase = try SeedPhrase.make(random: &random)
        let laptop = try IdentityFounding.device(from: phrase, random: &random)
        let phone = try IdentityFounding.device(from: phrase, random: &random)
        #expect(laptop.identity == phone.identity && laptop.id != phone.id)
    }
}
