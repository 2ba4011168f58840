import DunlinInvitations
import DunlinKeys
import DunlinMesh

extension Peer {
    /// Topics that this peer wants to be found under, or to find others under.
    var wantedTopics: Set<Digest> {
        Set(spaces.values.map(\.secrets.topic)).union(arrivals.values.map(\.arrival.secrets.topic))
            .union(invitations.keys.map(\.topic)).union(endedInvitations.keys.map(\.topic))
            .union(joins.values.map(\.ticket.id.topic))
            .union(spaces.values.flatMap { $0.inviteIndex.served.keys.map(\.topic) })
    }

    /// Brings what is joined at each rendezvous in line with what is wanted.
    mutating func joinTopics() {
        let wanted = wantedTopics
        for id in joined.keys.sorted() {
            let present = joined[id] ?? []
            for topic in wanted.subtracting(present).sorted() {
                send(
                    RendezvousMessage.join(topic: topic, token: token, port: port, addresses: addresses)
                        .encoded(),
                    on: id)
            }
            for topic in present.subtracting(wanted).sorted() {
                send(RendezvousMessage.leave(topic: topic).encoded(), on: id)
            }
            if joined[id] != nil { joined[id] = wanted }
        }
    }

    mutating func hearRendezvous(_ bytes: [UInt8]) {
        guard let message = try? RendezvousMessage(decoding: bytes),
            case .available(let topic, let other, let found) = message, other != token
        else { return }
        for id in spaces.keys.sorted() where spaces[id]?.secrets.topic == topic {
            for address in found { addCandidate(address, for: id) }
        }
        for id in arrivals.keys.sorted() where arrivals[id]?.arrival.secrets.topic == topic {
            for address in found { addCandidate(address, for: id) }
        }
        for (join, item) in joins where item.ticket.id.topic == topic {
            for address in found where joins[join]?.dials[address] == nil && item.dials.count < 16 {
                joins[join]?.dials[address] = DialState()
            }
        }
    }
}
