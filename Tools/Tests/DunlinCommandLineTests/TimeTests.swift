import DunlinObjects
import Foundation
import Testing

@testable import DunlinCommandLine

/// Times that are printed, and those that are asked for.
@Suite struct TimeTests {
    @Test func `a time is in UTC for machines and local to the minute for people`() throws {
        let text = Timestamp.text(1_764_288_300_999)
        #expect(text == "2025-11-28T00:05:00Z")
        let zone = try #require(TimeZone(identifier: "Asia/Kolkata"))
        #expect(Timestamp.local(text, in: zone) == "2025-11-28 05:35")
        for other in ["", "never", "2025-11-28"] { #expect(Timestamp.local(other) == other) }
        #expect(Timestamp.text(0) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.local("yesterday \u{1b}[31m") == "yesterday \u{1b}[31m")
    }

    @Test func `only fields that hold times are shown as such`() {
        let text = ObjectValue.plain("2025-11-28T00:05:00Z")
        #expect(Printer.cell(text, "expires") == Timestamp.local("2025-11-28T00:05:00Z"))
        #expect(Printer.cell(text, "title") == "2025-11-28T00:05:00Z")
        #expect(Printer.cell(.plain("a\u{1b}b"), "expires") == "a\\u{1b}b")
    }

    @Test(arguments: [("90s", 90), ("10m", 600), ("24h", 86_400), ("1d", 86_400)] as [(String, Int64)])
    func `a lifetime is read`(text: String, seconds: Int64) throws {
        #expect(try Lifetime.seconds(text, limit: Lifetime.day, named: "24h") == seconds)
    }

    @Test(arguments: ["", "m", "0m", "-1m", "25h", "2d", "5", "5 m", "1.5h", "9223372036854775807d", "3w"])
    func `a lifetime beyond what may be is refused with what it takes`(text: String) throws {
        do throws(CommandFailure) {
            _ = try Lifetime.seconds(text, limit: Lifetime.day, named: "24h")
            Issue.record("\(text) was taken")
        } catch { #expect(error.code == .badValue && error.message.contains("at most 24h")) }
    }

    @Test(arguments: ["0", "-1", "1441", "9223372036854775807", "-9223372036854775808"])
    func `a presentation lasts no time that ends the process`(minutes: String) throws {
        let nonce = String(repeating: "ab", count: 16)
        let command = try PresentCommand.parse([
            "https://a.example", "--nonce", nonce, "--minutes=\(minutes)",
        ])
        #expect(throws: CommandFailure.self) { try command.request() }
    }

    @Test func `a graph is drawn somewhere`() throws {
        #expect(throws: (any Error).self) { try SpaceCommand.Graph.parse([]) }
        _ = try SpaceCommand.Graph.parse(["--dot"])
    }
}
