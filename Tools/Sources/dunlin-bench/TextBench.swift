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
    @Option(help: "How often each measurement is repeated; the median is printed.") var repeats = 5
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
        var report = TextReport(name: name, end: recording.endContent, repeats: repeats)
        if !recording.isConcurrent { try applyLocally(recording, &report) }
        let history = try RecordedHistory(recording)
        let update = history.update
        report.print("update bytes", Double(update.count), "bytes")

        var merged = Text(replica: RecordedHistory.replica(1_000))
        try report.time("merge") {
            merged = Text(replica: RecordedHistory.replica(1_000))
            try merged.merge(update)
            return merged.string
        }
        let pieces = history.updates(pieces: 100, seed: 7)
        try report.time("merge in 100 pieces") {
            var text = Text(replica: RecordedHistory.replica(1_000))
            for piece in pieces { try text.merge(piece) }
            return text.string
        }
        try save(merged, &report)
        try measureMemory(update, &report)
    }

    /// Every patch as somebody who types it makes it.
    private func applyLocally(_ recording: Recording, _ report: inout TextReport) throws {
        let patches = recording.txns.flatMap(\.patches)
        var text = Text(replica: RecordedHistory.replica(0))
        try report.time("apply", reading: { text.string }) {
            text = Text(replica: RecordedHistory.replica(0))
            if let start = recording.startContent, !start.isEmpty { try text.insert(start, at: 0) }
            for patch in patches {
                if patch.deleted > 0 { try text.delete(patch.position..<patch.position + patch.deleted) }
                if !patch.inserted.isEmpty { try text.insert(patch.inserted, at: patch.position) }
            }
        }
    }

    private func save(_ text: Text, _ report: inout TextReport) throws {
        let replica = RecordedHistory.replica(1_001)
        var content: [UInt8] = [], history: [UInt8] = []
        try report.time("save", reading: { report.end }) {
            let bytes = text.savedContent()
            content = Envelope.seal(bytes)
            history = Envelope.seal(try text.savedHistory(), prefix: bytes)
        }
        report.print("bytes with history", Double(content.count + history.count), "bytes")
        report.print("bytes without history", Double(content.count), "bytes")
        let (savedContent, savedHistory) = (content, history)
        try forget(merged: text, &report)
        func load() throws -> Text {
            let bytes = try Envelope.open(savedContent, atMost: 1 << 30)
            return try Text(loading: bytes, replica: replica) {
                try Envelope.open(savedHistory, atMost: 1 << 30, prefix: bytes)
            }
        }
        try report.time("load") { try load().string }
        var loaded = text
        try report.time("load and one edit", reading: { Self.without("x", loaded) }) {
            loaded = try load()
            try loaded.insert("x", at: loaded.count / 2)
        }
    }

    /// What is saved when all replicas have agreed on what there is.
    private func forget(merged text: Text, _ report: inout TextReport) throws {
        var short = text
        try report.time("forget", reading: { short.string }) {
            short = text
            try short.forgetHistory(before: text.version)
        }
        let content = short.savedContent(), history = try short.savedHistory()
        let sealed = [Envelope.seal(content), Envelope.seal(history, prefix: content)]
        report.print(
            "bytes with history after forgetting", Double(sealed[0].count + sealed[1].count), "bytes")
        var writer = ByteWriter()
        writer.sized(content)
        writer.raw(history)
        let numbers = try MemoryOfChild.numbers(["text", Self.saved], input: writer.bytes, repeats: repeats)
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
        let numbers = try MemoryOfChild.numbers(["text", "-"], input: update, repeats: repeats)
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

/// What is printed about one recording.
private struct TextReport {
    let name: String
    let end: String
    let repeats: Int

    func print(_ metric: String, _ value: Double, _ unit: String) {
        Figure.print("text", name, metric, value, unit)
    }

    /// Prints the median time of `body`, which gives the text that came out.
    func time(_ metric: String, _ body: () throws -> String) throws {
        var text = ""
        try time(metric, reading: { text }) { text = try body() }
    }

    /// Prints the median time of `body`, and whether the text is the recorded one then.
    func time(_ metric: String, reading: () -> String, _ body: () throws -> Void) throws {
        var times: [Double] = []
        for _ in 0..<repeats { times.append(try Figure.seconds(body) * 1_000) }
        Figure.print(
            "text", name, metric, times.sorted()[times.count / 2], "ms",
            isRight: reading().utf8.elementsEqual(end.utf8))
    }
}
