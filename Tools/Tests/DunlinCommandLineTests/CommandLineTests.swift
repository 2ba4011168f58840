import Dunlin
import DunlinCommandLine
import DunlinEncoding
import DunlinInvitations
import DunlinObjects

import Testing

@Suite struct CommandLineTests {
    @Test func `every failure has a code of its own`() {
        let codes = CommandFailure.Code.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0 > 0 && $0 < 64 || $0 == 64 || $0 == 130 })
    }

    @Test(arguments: [-1, 3_000_000_000, Int64.max, .min])
    func `a place beyond what a text may hold is refused with the limits`(number: Int64) throws {
        let request = ObjectValue.map(["at": .integer(number), "count": .integer(2_147_483_647)])
        do throws(CommandFailure) {
            _ = try request.place("at")
            Issue.record("\(number) was taken")
        } catch {
            #expect(error.code == .badValue)
            #expect(error.message == "Positions and counts are from 0 to 2147483647.")
        }
        #expect(try request.place("count") == 2_147_483_647 && request.place("missing") == 0)
    }

    @Test(arguments: [
        (JSONError.syntax(at: 1) as any Error, CommandFailure.Code.badValue),
        (ClientError.space(.identityExists), .homeExists), (ClientError.deviceSuspended, .notAllowed),
        (ClientError.deviceRemoved, .notAllowed),
        (ClientError.ambiguousMember("x", count: 2), .unknownMember),
        (ClientError.ambiguousSpaceName("x", count: 2), .unknownSpace),
        (ClientError.ambiguousLetter("x", count: 2), .invitationOver),
        // Nobody was reached, whatever for; somebody was, and could do nothing now.
        (InvitationError.timedOut, .unreachable), (InvitationError.hostNotReady, .tryInvitationAgain),
    ]) func `errors become failures with a remedy in one line`(error: any Error, code: CommandFailure.Code) {
        let failure = CommandFailure(error)
        #expect(failure.code == code)
        #expect(!failure.message.contains("\n"))
    }
}
