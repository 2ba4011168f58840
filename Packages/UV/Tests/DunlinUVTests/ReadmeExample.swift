import DunlinUV
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let loop = try UVLoop()
        let before = UVLoop.now
        #expect(!loop.isCurrent)
        #expect(UVLoop.now >= before)
        loop.stop()
    }
}
