import DunlinCredentials
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinSpaces
import Testing

/// What somebody who has a ticket, and has proven nothing, may send.
@Suite struct GuestLinkTests {
    private func makeHost(_ random: inout SeededRandom) throws -> (peer: Peer, space: SpaceID) {
        var peer = Peer(random: &random)
        let identity = try SigningKey.make(random: &random), signing = try SigningKey.make(random: &random)
        let box = try AgreementKey.make(random: &random)
        let certificate = try DeviceCertificate.issue(
            identity: identity.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
            signingWith: identity)
        try peer.setDevice(
            LocalDevice(signing: signing, box: box, chain: try CertificateChain([certificate])))
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let secrets = try SpaceSecrets.make(space: space, secret: random.secret(32), random: &random)
        try peer.createSpace(named: "Trip", secrets: secrets, store: MemorySpaceStore(), random: &random)
        return (peer, space)
    }

    /// What the host does when a guest's connection stands and one message has come.
    private func isClosed(sending message: [UInt8], on channel: UInt8) throws -> Bool {
        var random = SeededRandom(seed: 90)
        var (peer, space) = try makeHost(&random)
        let ticket = try peer.invite(
            to: space, kind: .space, role: .editor, lifetime: 600_000, wallClock: 0, random: &random
        ).ticket
        let id = ConnectionID(rawValue: 1)
        var guest = try MeshConnection(
            dialling: .invitation(selector: ticket.id.selector), prologue: ticket.prologue,
            staticKey: .make(random: &random), expecting: ticket.host, random: &random, now: .zero)
        peer.handle(.accepted(id), now: .zero, wallClock: 0, random: &random)
        var isClosed = false, isSent = false
        while true {
            if guest.isEstablished, !isSent {
                isSent = true
                try guest.send(message, on: channel)
            }
            let bytes = guest.takeOutput()
            guard !bytes.isEmpty else { return isClosed }
            peer.handle(.received(id, bytes), now: .zero, wallClock: 0, random: &random)
            for effect in try peer.takeEffects(now: .zero, wallClock: 0, random: &random) {
                if case .send(id, let bytes) = effect { _ = guest.receive(bytes, now: .zero) }
                if case .close(id) = effect { isClosed = true }
            }
        }
    }

    @Test func `a guest is held to messages of 64 KiB on the channel of invitations`() throws {
        // A whole one is refused by what it says; this one is not even put together.
        let message = [UInt8](repeating: 0, count: 200 << 10)
        #expect(try isClosed(sending: message, on: 1))
        #expect(try isClosed(sending: [1], on: 2))
        #expect(try !isClosed(sending: [UInt8](repeating: 0, count: 60 << 10), on: 1))
    }
}
