import ArgumentParser
import Dispatch
import DunlinSimulation
import Foundation
import Synchronization

/// Many seeds, each a run of its own, on all cores.
struct SeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seeds",
        abstract: "Runs the plans of many seeds; exits with 1 when a promise was broken.")
    @Option(help: "How many seeds.") var seeds: Int = 300
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Option(help: "Runs at a time; else one for each core.") var jobs: Int?
    @Option(help: "Stop after so many failures.") var stopAfter: Int = 10
    @Flag(help: "One JSON line for each seed.") var json = false

    private struct Tally {
        var done = 0
        var failures: [Outcome] = []
        var counts = Outcome.Counts()
        var virtualTime = 0
        var lastReport = ContinuousClock.now
    }

    func validate() throws {
        guard seeds > 0, jobs.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--seeds and --jobs are at least 1.")
        }
    }

    func run() throws {
        let start = ContinuousClock.now
        let tally = Mutex(Tally())
        let workers = min(seeds, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < seeds, tally.withLock({ $0.failures.count < stopAfter }) else { return }
                let outcome = Plan(seed: from + UInt64(index)).run()
                tally.withLock { take(outcome, into: &$0) }
            }
        }
        let end = tally.withLock { $0 }
        summarise(end, seconds: (ContinuousClock.now - start) / .seconds(1))
        if !end.failures.isEmpty { throw ExitCode.failure }
    }

    private func take(_ outcome: Outcome, into tally: inout Tally) {
        tally.done += 1
        tally.counts += outcome.counts
        tally.virtualTime += outcome.virtualTime
        if outcome.failure != nil { tally.failures.append(outcome) }
        if json {
            let failure = outcome.failure.map { "\"\($0.promise.rawValue)\"" } ?? "null"
            print("{\"seed\":\(outcome.plan.seed),\"trace\":\"\(outcome.trace)\",\"failure\":\(failure)}")
        } else if let failure = outcome.failure {
            print("seed \(outcome.plan.seed): \(failure)")
        }
        if ContinuousClock.now - tally.lastReport > .seconds(1), isatty(2) == 1 {
            tally.lastReport = .now
            FileHandle.standardError.write(Data("\r\(tally.done) of \(seeds) seeds".utf8))
        }
    }

    private func summarise(_ tally: Tally, seconds: Double) {
        if isatty(2) == 1 { FileHandle.standardError.write(Data("\r".utf8)) }
        let counts = tally.counts
        let rows = [
            ("seeds", "\(tally.done)"), ("broken promises", "\(tally.failures.count)"),
            ("seconds", String(format: "%.1f", seconds)),
            ("seconds inside", "\(tally.virtualTime / 1_000)"), ("happenings", "\(counts.happenings)"),
            ("transactions", "\(counts.commits)"), ("people let in", "\(counts.admissions)"),
            ("members changed", "\(counts.memberChanges)"),
            ("crashes", "\(counts.crashes)"), ("torn writes planned", "\(counts.tornWrites)"),
            ("network faults", "\(counts.networkFaults)"), ("renegades", "\(counts.renegades)"),
            ("steps skipped", "\(counts.skipped)"), ("bytes sent", "\(counts.sentBytes)"),
        ]
        if json {
            let fields = rows.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
            print("{\"summary\":{\(fields)}}")
        } else {
            for (name, value) in rows {
                print(name.padding(toLength: 22, withPad: " ", startingAt: 0) + value)
            }
            if let first = tally.failures.first {
                print("Look closer: dunlin-sim one \(first.plan.seed) --shrink --timeline run.html")
            }
        }
    }
}
