import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
import DunlinSpaces
import Testing

@Suite struct MemberStormTests {
    @Test(arguments: 0..<5 as Range<UInt64>)
    func `whatever members do to each other while they are torn apart, those who are left agree`(
        _ seed: UInt64
    ) throws {
        var village = try Village(people: 5, seed: 100 + seed, role: .admin)
        var chance = RandomStream(seed: seed, name: "storm")
        var notes: [ObjectID] = []
        for peer in 0..<5 { notes.append(try village.note("by \(peer)", by: peer)) }
        try village.run(seconds: 2)
        for step in 0..<30 {
            let peer = chance.number(in: 0...4), other = chance.number(in: 0...4)
            do {
                switch chance.number(in: 0...11) {
                case 0, 1: village.block(from: peer, to: other)
                case 2: village.unblock(from: peer, to: other)
                case 3:
                    // The founder stays, so that somebody does.
                    if other != 0 { try village.remove(other, by: peer) }
                case 4:
                    let target = village.identity(other), clock = village.wallClock
                    let role = [Role.reader, .editor, .admin][chance.number(in: 0...2)]
                    if other != 0 {
                        try village.attempt(peer) { (village) throws(SpaceError) in
                            try village.peers[peer].setRole(
                                of: target, to: role, in: village.space, wallClock: clock,
                                random: &village.nodes[peer].random)
                        }
                    }
                case 5: try village.run(seconds: 1)
                default:
                    try village.append(" \(step)", to: notes[chance.number(in: 0...4)], by: peer)
                }
            } catch let error as SpaceError {
                // Nobody does what he may not.
                switch error {
                case .notAllowed, .notSenior, .notMember, .unknownObject: continue
                default: throw error
                }
            }
        }
        try village.healAll()
        try village.run(seconds: 90)
        let members = try village.peers[0].members(of: village.space)
        let left = (0..<5).filter { peer in members.contains { $0.identity == village.identity(peer) } }
        for peer in left {
            let view = try village.peers[peer].members(of: village.space)
            #expect(view.map(\.identity) == members.map(\.identity), "seed \(seed), peer \(peer)")
            #expect(view.map(\.role) == members.map(\.role), "seed \(seed), peer \(peer)")
            #expect(
                try village.peers[peer].stateHash(of: village.space)
                    == village.peers[0].stateHash(of: village.space), "seed \(seed), peer \(peer)")
            #expect(
                try village.peers[peer].verifyDerivedState(of: village.space), "seed \(seed), peer \(peer)")
        }
        // Whoever is out knows it.
        for peer in 0..<5 where !left.contains(peer) {
            #expect(!village.peers[peer].isMember(of: village.space), "seed \(seed), peer \(peer)")
        }
    }
}
