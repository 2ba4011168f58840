import DunlinCredentials
import DunlinIdentity
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import Testing

@Suite struct IdentityFoundingTests {
    @Test func `a phrase yields one identity and each time another device`() throws {
        var random = SeededRandom(seed: 1)
        let phrase = try SeedPhrase.make(random: &random)
        let first = try IdentityFounding.device(from: phrase, random: &random)
        let second = try IdentityFounding.device(from: phrase, random: &random)
        #expect(first.identity == second.identity)
        #expect(first.id != second.id)
    }

    @Test func `a device reads back from its record and from nothing else`() throws {
        var random = SeededRandom(seed: 2)
        let device = try IdentityFounding.device(from: SeedPhrase.make(random: &random), random: &random)
        let copy = try LocalDevice(record: device.record)
        #expect(copy.id == device.id)
        #expect(copy.chain == device.chain)
        #expect(throws: SpaceError.self) { try LocalDevice(record: device.record.slice(0..<70)) }
    }

    @Test func `a profile keeps its name and refuses control characters`() {
        #expect(Profile(Profile(displayName: "Ada").value)?.displayName == "Ada")
        #expect(!Profile(displayName: "A\nda").isValid)
    }
}
