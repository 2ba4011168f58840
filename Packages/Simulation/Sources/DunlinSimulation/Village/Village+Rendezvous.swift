import DunlinKeys
import DunlinMesh
import DunlinSpaces

extension Village {
    /// A rendezvous, at which all peers find each other from now on; without one they know each other's
    /// addresses. It keeps nothing but its key.
    /// - Returns: its number, for faults.
    public mutating func addRendezvous() throws -> Int {
        let number = try addPeer(withIdentity: false)
        let key = try AgreementKey.make(random: &keys)
        nodes[number].rendezvousKey = key
        rendezvous = number
        startRendezvous(number)
        for peer in peers.indices { introduce(peer) }
        return number
    }

    /// Tells a peer of the rendezvous.
    mutating func introduce(_ peer: Int) {
        guard let rendezvous, peer != rendezvous, let key = nodes[rendezvous].rendezvousKey else { return }
        peers[peer].addRendezvous(RendezvousAddress(key: key.publicKey, address: Self.address(rendezvous)))
    }

    mutating func startRendezvous(_ number: Int) {
        nodes[number].rendezvous = nodes[number].rendezvousKey.map { RendezvousHost(staticKey: $0) }
        wake(number, at: now + .seconds(1))
    }

    mutating func tellRendezvous(_ number: Int, _ input: PeerInput) {
        guard var host = nodes[number].rendezvous else { return }
        switch input {
        case .accepted(let id): host.accepted(id.rawValue, host: Self.host, now: now)
        case .received(let id, let bytes):
            host.received(id.rawValue, bytes, now: now, random: &nodes[number].random)
        case .closed(let id): host.closed(id.rawValue)
        case .tick:
            host.tick(now: now, random: &nodes[number].random)
            wake(number, at: now + .seconds(1))
        case .dialled, .dialFailed: break
        }
        nodes[number].rendezvous = host
        planFlush(number)
    }

    mutating func flushRendezvous(_ number: Int) {
        func end(_ client: UInt64) -> End {
            End(
                peer: number, incarnation: nodes[number].incarnation,
                connection: ConnectionID(rawValue: client))
        }
        for effect in nodes[number].rendezvous?.takeEffects() ?? [] {
            switch effect {
            case .send(let client, let bytes): send(bytes, from: end(client))
            case .close(let client): close(end(client))
            case .letIn: break
            }
        }
    }
}
