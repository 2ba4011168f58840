import ArgumentParser
import DunlinCausality
import DunlinCompression
import DunlinEncoding
import DunlinTextCRDT
import Foundation
import Recordings

/// Replays recorded sessions into texts and measures editing, merging, saving and loading.
struct TextBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text",
        abstract: "Recorded sessions (gzipped JSON), of one author or of several at once.")
    @Argument(help: "Recordings.") var files: [String]
    @OptionGroup var often: Repeats
    @Option(help: .hidden) var memory: String?
    /// In place of recordings: the memory of a saved text is asked for.
    private static let saved = "saved"

    func run() throws {
        if let memory {
            return files == [Self.saved]
                ? try Self.printMemory(ofEditing: memory) : try Self.printMemory(ofMerging: memory)
        }
        for file in files { try measure(file) }
    }

    private func measure(_ file: String) throws {
        let recording = try Recording.load(file)
        var name = URL(fileURLWithPath: file).lastPathComponent
        for suffix in [".gz", ".json"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        var report = TextReport(name: name, end: recording.endContent, repeats: often.repeats)
        if !recording.isConcurrent { try applyLocally(recording, &report) }
        let history = try RecordedHistory(recording)
        let update = history.update
        report.print("update bytes", Double(update.count), "bytes")

        func merge(_ updates: [[UInt8]]) throws -> ReadText {
            var text = Text(replica: RecordedHistory.replica(1_000))
            for update in updates { try text.merge(update) }
            return ReadText(text)
        }
        let merged = try report.time("merge", reading: \.string) { try merge([update]) }
        let pieces = history.updates(pieces: 100, seed: 7)
        try report.time("merge in 100 pieces", reading: \.string) { try merge(pieces) }
        try save(merged.text, &report)
        try measureMemory(update, &report)
    }

    /// Every patch as somebody who types it makes it.
    private func applyLocally(_ recording: Recording, _ report: inout TextReport) throws {
        let patches = recording.txns.flatMap(\.patches)
        try report.time("apply", reading: \.string) {
            var text = Text(replica: RecordedHistory.replica(0))
            if let start = recording.startContent, !start.isEmpty { try text.insert(start, at: 0) }
            for patch in patches {
                if patch.deleted > 0 { try text.delete(patch.position..<patch.position + patch.deleted) }
                if !patch.inserted.isEmpty { try text.insert(patch.inserted, at: patch.position) }
            }
            return text
        }
    }

    private func save(_ text: Text, _ report: inout TextReport) throws {
        let replica = RecordedHistory.replica(1_001)
        let (content, history) = try report.time("save") {
            let bytes = text.savedContent()
            return (Envelope.seal(bytes), Envelope.seal(try text.savedHistory(), prefix: bytes))
        }
        report.print("bytes with history", Double(content.count + history.count), "bytes")
        report.print("bytes without history", Double(content.count), "bytes")
        try forget(merged: text, &report)
        func load() throws -> Text {
            let bytes = try Envelope.open(content, atMost: 1 << 30)
            return try Text(loading: bytes, replica: replica) {
                try Envelope.open(history, atMost: 1 << 30, prefix: bytes)
            }
        }
        try report.time("load", reading: \.string) { ReadText(try load()) }
        try report.time("load and one edit", reading: { Self.without("x", $0) }) {
            var loaded = try load()
            try loaded.insert("x", at: loaded.count / 2)
            return loaded
        }
    }

    /// What is saved when all replicas have agreed on what there is.
    private func forget(merged text: Text, _ report: inout TextReport) throws {
        let short = try report.time("forget", reading: \.string) {
            var short = text
            try short.forgetHistory(before: text.version)
            return short
        }
        let content = short.savedContent(), history = try short.savedHistory()
        let sealed = [Envelope.seal(content), Envelope.seal(history, prefix: content)]
        report.print(
            "bytes with history after forgetting", Double(sealed[0].count + sealed[1].count), "bytes")
        var writer = ByteWriter()
        writer.sized(content)
        writer.raw(history)
        let numbers = try MemoryOfChild.numbers(
            ["text", Self.saved], input: writer.bytes, repeats: often.repeats)
        report.print("memory kept after forgetting", numbers[0], "MiB")
    }

    /// The text before the edit that puts `mark` in its middle.
    private static func without(_ mark: String, _ text: Text) -> String {
        var text = text
        let middle = (text.count - 1) / 2
        guard text.string(in: middle..<middle + 1) == mark else { return "" }
        do { try text.delete(middle..<middle + 1) } catch { return "" }
        return text.string
    }

    // MARK: Memory

    private func measureMemory(_ update: [UInt8], _ report: inout TextReport) throws {
        let numbers = try MemoryOfChild.numbers(["text", "-"], input: update, repeats: often.repeats)
        report.print("peak memory", numbers[0], "MiB")
        report.print("memory kept", numbers[1], "MiB")
    }

    /// What a saved text takes, with its history open.
    private static func printMemory(ofEditing file: String) throws {
        func open(_ saved: (content: [UInt8], history: [UInt8])) throws -> Text {
            let history = saved.history
            var text = try Text(loading: saved.content, replica: RecordedHistory.replica(1)) { history }
            try text.insert("x", at: text.count / 2)
            return text
        }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var reader = ByteReader(bytes)
        let saved = (content: try reader.sized(), history: try reader.raw(count: reader.remaining))
        var small = Text(replica: RecordedHistory.replica(2))
        try small.insert("warm", at: 0)
        let warm = try open((content: small.savedContent(), history: try small.savedHistory()))
        let before = ProcessMemory.now
        let text = try open(saved)
        let after = ProcessMemory.now
        guard text.count > warm.count else { throw ValidationError("nothing was loaded") }
        print(after - before)
    }

    /// What a merge takes beyond the process as it was before, at its most and with the text open.
    private static func printMemory(ofMerging file: String) throws {
        let update = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var small = Text(replica: RecordedHistory.replica(2))
        try small.insert("warm", at: 0)
        var copy = Text(replica: RecordedHistory.replica(3))
        try copy.merge(small.encode())
        let before = ProcessMemory.now
        var text = Text(replica: RecordedHistory.replica(1))
        try text.merge(update)
        let count = text.string.utf8.count
        let after = ProcessMemory.now, peak = ProcessMemory.peak
        guard count == text.string.utf8.count else { throw ValidationError("the text changed") }
        print(peak - before, after - before)
    }
}

/// A text and what is read of it: reading is a part of what is measured.
private struct ReadText {
    let text: Text
    let string: String

    init(_ text: Text) {
        self.text = text
        string = text.string
    }
}

/// What is printed about one recording.
private struct TextReport {
    let name: String
    let end: String
    let repeats: Int

    func print(_ metric: String, _ value: Double, _ unit: String) {
        Figure.print("text", name, metric, value, unit)
    }

    /// Prints the median time of `body`.
    func time<Result>(_ metric: String, _ body: () throws -> Result) throws -> Result {
        let timing = try Timing(of: repeats, body)
        print(metric, timing.seconds * 1_000, "ms")
        return timing.result
    }

    /// Prints the median time of `body`, and whether what it gives reads as the recorded text.
    @discardableResult
    func time<Result>(
        _ metric: String, reading: (Result) -> String, _ body: () throws -> Result
    ) throws -> Result {
        let timing = try Timing(of: repeats, body)
        Figure.print(
            "text", name, metric, timing.seconds * 1_000, "ms",
            isRight: reading(timing.result).utf8.elementsEqual(end.utf8))
        return timing.result
    }
}
