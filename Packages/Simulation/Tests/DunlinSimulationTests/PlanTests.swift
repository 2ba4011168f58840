@testable import DunlinSimulation
import Foundation
import Testing

@Suite struct PlanTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Plans")
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter {
            $0.hasSuffix(".plan")
        }
        .sorted()

    @Test func `the plans that once failed are found`() {
        #expect(Self.names.count >= 4)
    }

    @Test(arguments: names) func `what once failed holds`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        let outcome = try Plan(parsing: text).run()
        #expect(outcome.failure == nil)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func `every promise holds under faults`(seed: UInt64) {
        let outcome = Plan(seed: seed).run()
        #expect(outcome.failure == nil)
        #expect(outcome.counts.commits > 0)
    }

    @Test func `a run is the same each time`() {
        let plan = Plan(seed: 5)
        #expect(plan.run().trace == plan.run().trace)
        #expect(plan.run().trace != Plan(seed: 6).run().trace)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func `a plan is read as it was written`(seed: UInt64)
        throws
    {
        let plan = Plan(seed: seed)
        #expect(try Plan(parsing: plan.description) == plan)
    }

    @Test(arguments: [
        "", "seed 1\npeers 3\n", "seed 1\npeers 0\nnetwork 1 3 0 0 0 0 0 0\n",
        "seed 1\npeers 2\nnetwork 3 1 0 0 0 0 0 0\n",
        "seed 1\npeers 2\nnetwork 1 3 0 0 0 0 0 0\n5 5 edit 2\n",
        "seed 1\npeers 2\nnetwork 1 3 0 0 0 0 0 0\n5 5 dance 1\n",
        "seed 1\npeers 3\ndevices 0\nnetwork 1 3 0 0 0 0 0 0\n",
        "seed 1\npeers 3\ndevices 2 1\nnetwork 1 3 0 0 0 0 0 0\n",
        "seed 1\npeers 3\ndevices 3\nnetwork 1 3 0 0 0 0 0 0\n",
        "seed 1\npeers 2\nnetwork 1 3 0 0 0 0 0 0\n5 5 crash 2 9\nrendezvous\n",
        "seed 1\npeers 2\nnetwork 1 3 0 0 0 0 0 0\n5 5 invite 0 1 king 0\n",
    ])
    func `what is no plan is refused`(text: String) {
        #expect(throws: PlanError.self) { try Plan(parsing: text) }
    }

    @Test func `leaving out a step changes no other`() {
        let plan = Plan(seed: 11)
        var shorter = plan
        shorter.steps.removeLast()
        #expect(Array(plan.steps.dropLast()) == shorter.steps)
    }

    @Test func `a run is drawn with a lane for each peer`() {
        let plan = Plan(seed: 3)
        let page = plan.run(isRecording: true).drawing()
        for peer in 0..<plan.peerCount { #expect(page.contains(">peer \(peer)</text>")) }
        #expect(page.contains("class=\"edit\""))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test func `shrinking keeps what is needed and drops the rest`() throws {
        let plan = Plan(seed: 12)
        let needed = [plan.steps[3], plan.steps[plan.steps.count - 2]]
        let small = plan.shrunk { plan in needed.allSatisfy(plan.steps.contains) }
        #expect(small.steps == needed)
        #expect(small.network == .calm)
    }
}
