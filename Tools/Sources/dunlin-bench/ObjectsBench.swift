import ArgumentParser
import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Foundation

/// Objects of five fields: what they take in memory and on disk, and how long it takes to make, change and
/// open them.
struct ObjectsBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects", abstract: "Objects of five fields: memory, bytes and times.")
    @Option(help: "How many objects are open at once.") var count = 20_000
    @OptionGroup var often: Repeats

    @Option(help: .hidden) var memory: String?

    func run() throws {
        if let memory { return try Self.printMemory(ofLoading: memory) }
        let name = "\(count) objects of five fields"
        let each = 1e6 / Double(count)
        var saved: [[UInt8]] = [], states: [[UInt8]] = []
        do {
            let made = try Timing(of: often.repeats) { try (0..<count).map(Self.note) }
            Figure.print("objects", name, "make", made.seconds * each, "us each")
            saved = made.result.map { $0.savedContent() }
            states = made.result.map { $0.canonicalState() }
        }
        let values = try Self.valueBytes(of: ObjectDocument(loading: saved[0]))
        Figure.print(
            "objects", name, "bytes beyond keys and values", Double(saved[0].count - values), "bytes")
        let loaded = try Timing(of: often.repeats) { try saved.map { try ObjectDocument(loading: $0) } }
        let isRight = zip(loaded.result, states).allSatisfy { $0.canonicalState() == $1 }
        Figure.print("objects", name, "load", loaded.seconds * each, "us each", isRight: isRight)
        var writer = ByteWriter()
        writer.varint(UInt64(count))
        for bytes in saved { writer.sized(bytes) }
        let numbers = try MemoryOfChild.numbers(["objects"], input: writer.bytes, repeats: often.repeats)
        Figure.print("objects", name, "memory", numbers[0], "bytes each")

        var documents = loaded.result
        var round = 0
        let set = try Timing(of: often.repeats) {
            round += 1
            for index in documents.indices {
                _ = try documents[index].edit(
                    replica: RecordedHistory.replica(1), firstSequence: UInt64(round) << 32
                ) { editor throws(ObjectError) in
                    try editor.put(.integer(Int64(round)), at: "priority")
                }
            }
        }
        let isSet = documents.allSatisfy {
            guard case .map(let fields) = $0.root() else { return false }
            return fields["priority"] == .integer(Int64(round))
        }
        Figure.print("objects", name, "set a field", set.seconds * each, "us each", isRight: isSet)
    }

    /// What an open object takes, its place in an array included.
    private static func printMemory(ofLoading file: String) throws {
        var reader = ByteReader([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        let count = Int(try reader.varint())
        var saved: [[UInt8]] = []
        for _ in 0..<count { saved.append(try reader.sized()) }
        var documents: [ObjectDocument] = []
        documents.reserveCapacity(count)
        // The first half pays for what the process needs once.
        for bytes in saved[..<(count / 2)] { documents.append(try ObjectDocument(loading: bytes)) }
        let before = ProcessMemory.now
        for bytes in saved[(count / 2)...] { documents.append(try ObjectDocument(loading: bytes)) }
        let after = ProcessMemory.now
        guard documents.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("an object is empty") }
        print((after - before) * 1_048_576 / Double(count - count / 2))
    }

    private static func note(_ number: Int) throws -> ObjectDocument {
        var bytes = [UInt8](repeating: 7, count: 16)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        guard let id = ObjectID(bytes: bytes) else { throw ValidationError("ids have 16 bytes") }
        var document = ObjectDocument(id: id)
        _ = try document.edit(replica: RecordedHistory.replica(0), firstSequence: 0) {
            editor throws(ObjectError) in
            try editor.put(.string(UTF8String("Task \(number)")), at: "title")
            try editor.put(.bool(number % 3 == 0), at: "done")
            try editor.put(.integer(Int64(number % 5)), at: "priority")
            try editor.put(.double(Double(number) / 7), at: "effort")
            try editor.put(.reference(id), at: "project")
        }
        return document
    }

    /// The bytes of keys and values as they must be written by anybody.
    private static func valueBytes(of document: ObjectDocument) throws -> Int {
        guard case .map(let fields) = document.root() else { return 0 }
        var count = 0
        for (key, value) in fields {
            count += 1 + key.bytes.count
            switch value {
            case .string(let text): count += 2 + text.bytes.count
            case .bool: count += 1
            case .integer: count += 2
            case .double: count += 9
            case .reference: count += 17
            default: throw ValidationError("the sample has no such value")
            }
        }
        return count
    }
}
