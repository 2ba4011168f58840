import DunlinInvitations
import DunlinKeys
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let invitation = try HostedInvitation.make(kind: .space, role: .editor, wallClock: 0, random: &random)
        let ticket = invitation.ticket(rendezvous: [], addresses: ["192.0.2.1:4400"])
        #expect(invitation.code.count == 6)
        #expect(try InvitationTicket(parsing: ticket.text) == ticket)
    }
}
