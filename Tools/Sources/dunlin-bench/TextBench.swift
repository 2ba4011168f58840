import ArgumentParser
import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Foundation

/// Replays recorded sessions of one author into a text and measures editing, merging and size.
struct TextBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text", abstract: "Recorded sessions of one author, gzipped JSON.")
    @Argument(help: "Recordings.") var files: [String]

    private struct Recording: Decodable {
        struct Transaction: Decodable { var patches: [Patch] }
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
        var startContent: String?
        var endContent: String
        var txns: [Transaction]
    }

    func run() throws {
        for file in files {
            let recording = try JSONDecoder().decode(Recording.self, from: Self.unzipped(file))
            let name = URL(fileURLWithPath: file).lastPathComponent
            let replicas = try (1...2).map { number in
                guard let id = ReplicaID(bytes: [UInt8](repeating: UInt8(number), count: 32)) else {
                    throw ValidationError("ids have 32 bytes")
                }
                return id
            }
            var text = Text(replica: replicas[0])
            let apply = try Self.milliseconds {
                try text.insert(recording.startContent ?? "", at: 0)
                for patch in recording.txns.flatMap(\.patches) {
                    try text.delete(patch.position..<patch.position + patch.deleted)
                    try text.insert(patch.inserted, at: patch.position)
                }
            }
            var encoded: [UInt8] = []
            let save = Self.milliseconds { encoded = text.encode() }
            var copy = Text(replica: replicas[1])
            let merge = try Self.milliseconds { try copy.merge(encoded) }
            let isRight = text.string == recording.endContent && copy.string == recording.endContent
            for (metric, value, unit) in [
                ("apply", apply, "ms"), ("merge", merge, "ms"), ("save", save, "ms"),
                ("history", Double(encoded.count), "bytes"),
            ] {
                print(
                    #"{"bench":"text","case":"\#(name)","metric":"\#(metric)","value":\#(value),"unit":"\#(unit)","ok":\#(isRight)}"#
                )
            }
        }
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    private static func unzipped(_ path: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}
