import Foundation

/// Why a recording cannot be read.
public struct RecordingFailure: Error, CustomStringConvertible {
    /// One sentence: which file, and what is wrong with it.
    public var description: String
}

/// A recorded editing session: gzipped JSON. Of one author each transaction follows the one before; of
/// several, it applies to the merge of its parents.
public struct Recording: Decodable, Sendable {
    /// What one author did at once.
    public struct Transaction: Decodable, Sendable {
        /// Indices of the transactions that it follows; nil in a recording of one author.
        public var parents: [Int]?
        /// Who did it, from 0.
        public var agent: Int?
        /// What was done, each patch upon the one before.
        public var patches: [Patch]
    }

    /// One replacement; positions count Unicode scalars.
    public struct Patch: Decodable, Sendable {
        /// Scalars before it.
        public var position: Int
        /// Scalars that it takes out.
        public var deleted: Int
        /// What it puts in.
        public var inserted: String

        public init(from decoder: any Decoder) throws {
            var items = try decoder.unkeyedContainer()
            position = try items.decode(Int.self)
            deleted = try items.decode(Int.self)
            inserted = try items.decode(String.self)
        }
    }

    /// `concurrent` when there are several authors.
    public var kind: String?
    /// The text before the first transaction; none is empty.
    public var startContent: String?
    /// The text after all transactions.
    public var endContent: String
    /// How many authors there are; nil is one.
    public var numAgents: Int?
    /// All transactions, parents first.
    public var txns: [Transaction]

    /// Whether several authors wrote at once.
    public var isConcurrent: Bool { kind == "concurrent" }

    /// Reads a recording.
    /// - Throws: ``RecordingFailure`` when the file is none.
    public static func load(_ path: String) throws -> Recording {
        guard FileManager.default.fileExists(atPath: path) else {
            throw RecordingFailure(description: "There is no file \(path).")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        do {
            return try JSONDecoder().decode(Recording.self, from: data)
        } catch {
            throw RecordingFailure(description: "\(path) is not a recording (gzipped JSON): \(error)")
        }
    }
}
