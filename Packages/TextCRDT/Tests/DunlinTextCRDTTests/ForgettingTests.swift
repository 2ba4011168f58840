import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

@Suite struct ForgettingTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `who forgets and who does not have the same text, marks, authors and updates`(seed: UInt64) throws {
        var world = ForgettingWorld(seed: seed)
        for _ in 0..<120 {
            try world.step()
            if Int.random(in: 0..<8, using: &world.random) == 0 { try world.check(world.anyone()) }
        }
        for index in world.plain.indices { try world.check(index) }
        try world.meet()
        for index in world.plain.indices {
            try world.check(index)
            #expect(world.forgetful[index].string == world.plain[0].string)
            try world.forgetful[index].forgetHistory(before: world.plain[0].version)
            try world.check(index)
        }
    }
}
