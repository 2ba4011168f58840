import DunlinKeys
import DunlinMesh
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let key = try AgreementKey.make(random: &random)
        let address = RendezvousAddress(
            key: key.publicKey, address: PeerAddress(host: "192.0.2.1", port: 4400))
        #expect(RendezvousAddress(address.description) == address)
        let dialling = try MeshConnection(
            dialling: .rendezvous, prologue: RendezvousMessage.prologue, staticKey: .make(random: &random),
            expecting: key.publicKey, random: &random, now: .zero)
        #expect(!dialling.isEstablished)
    }
}
