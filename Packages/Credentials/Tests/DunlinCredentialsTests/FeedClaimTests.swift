import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct FeedClaimTests {
    /// Two people of one hand, whose devices name the same data feed, let in beside each other.
    @Test func `whose a feed is that two devices name does not depend on who was heard of first`() throws {
        var random = SeededRandom(seed: 8)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let founder = try Person(space, &random), one = try Person(space, &random)
        let other = try Person(space, &random)
        let data = try SigningKey.make(random: &random)
        func admission(_ person: Person) throws -> Admission {
            Admission(
                chain: person.chain,
                binding: try .issue(
                    space: space, identity: person.identity.publicKey, control: .make(random: &random),
                    data: data, noise: AgreementKey.make(random: &random).publicKey,
                    signingWith: person.device))
        }
        let genesis = try founder.issue(.genesis(founder.admission), space, parents: [])
        let first = try founder.issue(.admit(admission(one), .editor), space, parents: [genesis])
        let second = try founder.issue(.admit(admission(other), .reader), space, parents: [genesis])
        for order in [[first, second], [second, first]] {
            var set = CredentialSet(space: space)
            for credential in [genesis] + order { #expect(set.insert(credential) == .added) }
            let feed = data.publicKey
            #expect(set.canWrite(to: feed, at: [genesis.id]) == false)
            #expect(set.canWrite(to: feed, at: [first.id]) == true)
            #expect(set.canWrite(to: feed, at: [second.id]) == false)
            #expect(set.canWrite(to: feed, at: [first.id, second.id]) == true)
            #expect(set.canWrite(to: feed, at: [Digest.blake2b([1])]) == nil)
            #expect(set.canWrite(to: one.binding.data, at: [first.id]) == false)
        }
    }
}
