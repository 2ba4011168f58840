import Foundation
import Recordings

extension Recording {
    /// Reads a recording for the demonstration.
    /// - Throws: ``DemoFailure`` when the file is no recording of several authors, or has too many.
    static func forDemonstration(_ path: String) throws -> Recording {
        let recording: Recording
        do { recording = try load(path) } catch { throw DemoFailure("\(error)") }
        guard recording.isConcurrent else {
            throw DemoFailure("\(path) is not a recording of concurrent authors")
        }
        guard recording.agents <= 8 else {
            throw DemoFailure(
                "\(path) has \(recording.agents) authors; a process is started for each of at most 8")
        }
        return recording
    }

    var agents: Int { numAgents ?? 1 }

    /// For each transaction, how many of each author's transactions are in its past.
    func pasts() throws -> [[Int]] {
        var after: [[Int]] = []
        var pasts: [[Int]] = []
        var made = [Int](repeating: 0, count: agents)
        for (index, transaction) in txns.enumerated() {
            var past = [Int](repeating: 0, count: agents)
            for parent in transaction.parents ?? [] where parent < index {
                for agent in 0..<agents { past[agent] = max(past[agent], after[parent][agent]) }
            }
            let agent = transaction.agent ?? 0
            guard past[agent] == made[agent] else {
                throw DemoFailure(
                    "author \(agent) writes on two branches at once; one process cannot")
            }
            pasts.append(past)
            made[agent] += 1
            past[agent] += 1
            after.append(past)
        }
        return pasts
    }
}
