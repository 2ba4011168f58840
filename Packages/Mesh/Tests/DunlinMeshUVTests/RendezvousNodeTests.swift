import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinUV
import Testing

@Suite struct RendezvousNodeTests {
    @Test func `a node listens and names itself by its key`() async throws {
        let loop = try UVLoop()
        var random = SystemRandom()
        let key = try AgreementKey.make(random: &random)
        let node = RendezvousNode(loop: loop, staticKey: key)
        let address = try await node.listen(host: "127.0.0.1", port: 0)
        #expect(address.key == key.publicKey)
        #expect(RendezvousAddress(address.description) == address)
        #expect(await node.clientCount == 0)
        await node.stop()
        loop.stop()
    }
}
