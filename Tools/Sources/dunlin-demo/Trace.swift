import Foundation

/// A recorded session of several authors: each transaction applies to the merge of its parents.
struct Trace: Decodable {
    struct Transaction: Decodable {
        var parents: [Int]
        var agent: Int
        var patches: [Patch]
    }

    struct Patch: Decodable {
        var position: Int
        var deleted: Int
        var inserted: String

        init(from decoder: any Decoder) throws {
            var items = try decoder.unkeyedContainer()
            position = try items.decode(Int.self)
            deleted = try items.decode(Int.self)
            inserted = try items.decode(String.self)
        }
    }

    var kind: String?
    var endContent: String
    var numAgents: Int
    var txns: [Transaction]

    /// - Throws: ``DemoFailure`` when the file is no such recording, or has too many authors.
    static func load(_ path: String) throws -> Trace {
        guard FileManager.default.fileExists(atPath: path) else {
            throw DemoFailure("there is no file \(path)")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard let trace = try? JSONDecoder().decode(Trace.self, from: data), trace.kind == "concurrent" else {
            throw DemoFailure("\(path) is not a recording of concurrent authors (gzipped JSON)")
        }
        guard trace.numAgents <= 8 else {
            throw DemoFailure(
                "\(path) has \(trace.numAgents) authors; the demonstration starts a process for each of at most 8"
            )
        }
        return trace
    }

    /// For each transaction, how many of each author's transactions are in its past.
    func pasts() throws -> [[Int]] {
        var after: [[Int]] = []
        var pasts: [[Int]] = []
        var made = [Int](repeating: 0, count: numAgents)
        for (index, transaction) in txns.enumerated() {
            var past = [Int](repeating: 0, count: numAgents)
            for parent in transaction.parents where parent < index {
                for agent in 0..<numAgents { past[agent] = max(past[agent], after[parent][agent]) }
            }
            guard past[transaction.agent] == made[transaction.agent] else {
                throw DemoFailure(
                    "author \(transaction.agent) writes on two branches at once; one process cannot")
            }
            pasts.append(past)
            made[transaction.agent] += 1
            past[transaction.agent] += 1
            after.append(past)
        }
        return pasts
    }
}
