@testable import DunlinSimulation
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinSpaces
import Testing

@Suite struct VirtualDiskTests {
    private func disk(_ seed: UInt64) -> VirtualDisk {
        VirtualDisk(random: RandomStream(seed: seed, name: "test"))
    }

    private func batch(_ key: String, _ value: [UInt8]) -> SpaceBatch {
        var batch = SpaceBatch()
        batch.metadata[key] = value
        return batch
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `what was committed survives, what was not is there whole or not at all`(seed: UInt64) throws {
        let disk = disk(seed)
        let store = try VirtualSpaceStore(disk: disk, file: "s")
        disk.operationsUntilPowerFails = Int(seed % 20) + 1
        var committed = 0
        do throws(StoreError) {
            for number in 0..<100 {
                try store.commit(batch("\(number)", [UInt8](repeating: UInt8(number), count: 700)))
                committed = number + 1
            }
        } catch {
            #expect(error == .failed("the power failed"))
        }
        disk.restart()
        let again = try VirtualSpaceStore(disk: disk, file: "s")
        for number in 0..<committed {
            #expect(try again.metadata("\(number)") == [UInt8](repeating: UInt8(number), count: 700))
        }
        let next = try again.metadata("\(committed)")
        #expect(next == nil || next == [UInt8](repeating: UInt8(committed), count: 700))
        #expect(try again.metadata("\(committed + 1)") == nil)
        try again.commit(batch("after", [1]))
        #expect(try VirtualSpaceStore(disk: disk, file: "s").metadata("after") == [1])
    }

    @Test func `a full disk changes nothing and works again once there is space`() throws {
        let disk = disk(1)
        let store = try VirtualSpaceStore(disk: disk, file: "s")
        try store.commit(batch("a", [1]))
        disk.freeByteCount = 3
        #expect(throws: StoreError.full) { try store.commit(batch("b", [2])) }
        #expect(try store.metadata("b") == nil)
        disk.freeByteCount = nil
        try store.commit(batch("b", [2]))
        #expect(try VirtualSpaceStore(disk: disk, file: "s").metadata("b") == [2])
    }

    @Test func `what was not synced may be lost or torn`() {
        var kept = 0, lost = 0
        for seed in 0..<64 as Range<UInt64> {
            let disk = disk(seed)
            try? disk.append([UInt8](repeating: 7, count: 2_000), to: "f")
            disk.failPower()
            let bytes = disk.bytes(of: "f")
            kept += bytes.count { $0 == 7 }
            lost += 2_000 - bytes.count { $0 == 7 }
        }
        #expect(kept > 10_000)
        #expect(lost > 10_000)
    }
}
