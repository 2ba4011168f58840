import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Foundation
import Testing

/// Recorded editing sessions must end in exactly their recorded text. The recordings are large and lie
/// outside the package: `TRACES=<folder>` names them.
@Suite struct TraceTests {
    struct Transaction: Decodable {
        var parents: [Int]?
        var agent: Int?
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

    struct Trace: Decodable {
        var startContent: String?
        var endContent: String
        var numAgents: Int?
        var txns: [Transaction]
    }

    static func load(_ name: String) throws -> Trace? {
        guard let folder = ProcessInfo.processInfo.environment["TRACES"] else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", folder + "/" + name + ".json.gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        return try JSONDecoder().decode(Trace.self, from: data)
    }

    @Test(arguments: ["automerge-paper", "rustcode", "friendsforever_flat"])
    func `a recorded session of one writer ends in its text`(name: String) throws {
        guard let trace = try Self.load(name) else { return }
        var text = Text(replica: ConvergenceTests.replica(1))
        try text.insert(trace.startContent ?? "", at: 0)
        for transaction in trace.txns { try Self.play(transaction, &text) }
        #expect(text.string == trace.endContent)
        var copy = Text(replica: ConvergenceTests.replica(2))
        try copy.merge(text.encode())
        #expect(copy.string == trace.endContent)
    }

    @Test(arguments: ["friendsforever_concurrent", "node_nodecc_concurrent"])
    func `a recorded session of many writers ends in its text`(name: String) throws {
        guard let trace = try Self.load(name) else { return }
        let player = try TracePlayer(trace)
        #expect(player.merged.string == trace.endContent)
    }

    static func play(_ transaction: Transaction, _ text: inout Text) throws {
        for patch in transaction.patches {
            try text.delete(patch.position..<patch.position + patch.deleted)
            try text.insert(patch.inserted, at: patch.position)
        }
    }
}

/// Plays a concurrent recording: every writer has a document, which takes in exactly the past of each
/// transaction before it is typed; one more document takes in everything as it comes.
struct TracePlayer {
    var merged: Text
    private var writers: [Text]

    init(_ trace: TraceTests.Trace) throws {
        merged = Text(replica: ConvergenceTests.replica(255))
        writers = []
        for agent in 0..<(trace.numAgents ?? 1) {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[30] = UInt8(agent / 256)
            bytes[31] = UInt8(agent % 256)
            writers.append(Text(replica: ReplicaID(bytes: bytes) ?? ReplicaID(raw: .init())))
        }
        // The version after each transaction; a transaction starts from the merge of its parents'.
        var versions: [VersionVector] = []
        for transaction in trace.txns {
            let agent = transaction.agent ?? 0
            var past = VersionVector()
            for parent in transaction.parents ?? [] { past.merge(versions[parent]) }
            try writers[agent].merge(merged.encode(since: writers[agent].version, upTo: past))
            let before = writers[agent].version
            try TraceTests.play(transaction, &writers[agent])
            try merged.merge(writers[agent].encode(since: before))
            versions.append(writers[agent].version)
        }
    }
}
