@testable import DunlinKeys
import Dispatch
import Testing

@Suite struct SecretBytesTests {
    @Test(arguments: [0, 1, 32, 63, 64, 65, 160, 4_096])
    func `a secret holds what was put in`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let secret = SecretBytes(copying: bytes)
        #expect(secret.count == count)
        #expect(secret.copied() == bytes)
        #expect(secret == SecretBytes(copying: bytes))
        if count > 2 {
            #expect(try secret.slice(1..<count - 1).copied() == Array(bytes[1..<count - 1]))
            #expect(throws: KeyError.self) { try secret.slice(1..<count + 1) }
        }
        #expect(SecretBytes.joined([secret, secret]).copied() == bytes + bytes)
    }

    @Test func `what a secret leaves behind is wiped`() throws {
        for _ in 0..<1_000 {
            let slot = unsafe try #require(SecretSlab.take())
            let before = unsafe Array(UnsafeRawBufferPointer(start: slot, count: SecretSlab.slotByteCount))
            #expect(before.allSatisfy { $0 == 0 })
            unsafe slot.initializeMemory(as: UInt8.self, repeating: 0xee, count: SecretSlab.slotByteCount)
            unsafe SecretSlab.give(back: slot)
        }
    }

    @Test func `secrets of many threads do not touch each other`() {
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            var kept: [SecretBytes] = []
            for number in 0..<2_000 {
                let byte = UInt8(truncatingIfNeeded: thread &* 31 &+ number)
                kept.append(SecretBytes(copying: [UInt8](repeating: byte, count: 32)))
                if kept.count > 50 { kept.removeFirst(25) }
                #expect(kept.last?.copied().allSatisfy { $0 == byte } == true)
            }
        }
    }
}
