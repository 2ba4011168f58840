import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let invitation = try HostedInvitation.make(kind: .space, role: .editor, wallClock: 0, random: &random)
        let ticket = invitation.ticket(rendezvous: [], addresses: ["192.0.2.1:4400"])
        #expect(invitation.code?.count == 6)
        #expect(try InvitationTicket(parsing: ticket.text) == ticket)

        // Without a code: the ticket holds the secret, members know its public key from a credential.
        let secret = try InvitationSecret.make(random: &random)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let genesis = Digest.blake2b([1])
        let link = InvitationTicket(
            id: secret.id, access: .secret(secret, space: space, genesis: genesis), kind: .space,
            expires: 1_700_000_000_000, rendezvous: [], addresses: [])
        #expect(!link.needsCode && link.id == InvitationID(inviteKey: secret.key.publicKey))
    }
}
