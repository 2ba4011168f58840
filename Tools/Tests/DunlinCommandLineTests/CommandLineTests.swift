import DunlinCommandLine
import DunlinEncoding
import DunlinObjects
import Testing

@Suite struct CommandLineTests {
    @Test func `every failure has a code of its own`() {
        let codes = CommandFailure.Code.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 > 0 && $0 < 64 })
    }

    @Test(arguments: [
        (JSONError.syntax(at: 1) as any Error, CommandFailure.Code.badValue)
    ]) func `errors become failures with a remedy in one line`(error: any Error, code: CommandFailure.Code) {
        let failure = CommandFailure(error)
        #expect(failure.code == code)
        #expect(!failure.message.contains("\n"))
    }
}
