import DunlinKeys
import Foundation
import Testing

@testable import DunlinCredentials

/// What judging costs. `MEASURE=10000` prints it for so many acts; without, few are judged, for what follows
/// alone.
@Suite(.serialized) struct MembershipCostTests {
    private static let measured = ProcessInfo.processInfo.environment["MEASURE"].flatMap { Int($0) }
    private static let only = ProcessInfo.processInfo.environment["SHAPE"]
    private static let count = measured ?? 60

    private static var shapes: [ActShape] {
        (ActShape.honest(count) + ActShape.hostile(count)).filter { shape in
            only.map { shape.name.contains($0) } ?? true
        }
    }

    @Test(arguments: shapes) func `acts of any shape are judged`(_ shape: ActShape) {
        var machine = Membership()
        var worst = Duration.zero
        let clock = ContinuousClock()
        let all = clock.measure {
            for act in shape.acts { worst = max(worst, clock.measure { _ = machine.add(act) }) }
        }
        guard Self.measured != nil else {
            // Added one by one and all at once, from the other end where that can be.
            #expect(Outcome(Membership(of: shape.acts.reversed())) == Outcome(machine))
            return
        }
        let line = "\(shape.name): \(shape.acts.count) in \(all), the worst one \(worst)\n"
        FileHandle.standardError.write(Data(line.utf8))
        for (name, act) in more(shape) {
            var times: [Duration] = []
            for _ in 0..<5 {
                var copy = machine
                // The first change of a copy copies what is shared.
                _ = copy.add(
                    Act(
                        id: digest("first"), parents: [shape.acts[0].id], identity: key("A"),
                        device: key("A1"), deed: .plain(needs: .reader)))
                times.append(clock.measure { _ = copy.add(act) })
            }
            let line = "    one more \(name): \(times.sorted()[2])\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }

    private func more(_ shape: ActShape) -> [(String, Act)] {
        func act(_ name: String, after: CredentialID, _ deed: Act.Deed) -> (String, Act) {
            (
                name,
                Act(
                    id: digest(name), parents: [after], identity: key("A"), device: key("A1"), deed: deed)
            )
        }
        let acts = shape.acts
        let busy = Dictionary(grouping: acts) { $0.identity }.filter { $0.key != key("A") }
            .max { $0.value.count < $1.value.count }?.key
        return [
            act("at the end", after: acts[acts.count - 1].id, .plain(needs: .reader)),
            act("in the middle", after: acts[acts.count / 2].id, .plain(needs: .reader)),
        ]
            + (busy.map { who in
                [
                    act("removal after all", after: acts[acts.count - 1].id, .remove(who, cosigners: [])),
                    act(
                        "removal at an old place", after: acts[min(1_010, acts.count / 3)].id,
                        .remove(who, cosigners: [])),
                ]
            } ?? [])
    }
}
