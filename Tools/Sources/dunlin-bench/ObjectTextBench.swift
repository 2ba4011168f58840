import ArgumentParser
import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Foundation
import Recordings

/// An object with a text that was typed key by key: what it takes while it is only read, and what its history
/// adds.
struct ObjectTextBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object-text", abstract: "An object with a large text: memory and bytes of each part.")
    @Argument(help: "Recordings of one author; without any a session is made up.") var files: [String] = []
    @OptionGroup var often: Repeats
    @Option(help: .hidden) var memory: String?

    func run() throws {
        if let memory { return try Self.printMemory(ofLoading: memory) }
        if files.isEmpty { try measure("a text of 100000, made up", try Self.madeUp(100_000)) }
        for file in files {
            let recording = try Recording.load(file)
            guard !recording.isConcurrent else { throw ValidationError("\(file) has several authors.") }
            try measure(URL(fileURLWithPath: file).lastPathComponent, try Self.replayed(recording))
        }
    }

    private func measure(_ name: String, _ document: ObjectDocument) throws {
        let content = document.savedContent(), history = try document.savedHistory()
        Figure.print("object-text", name, "content", Double(content.count), "bytes")
        Figure.print("object-text", name, "history", Double(history.count), "bytes")
        let loaded = try Timing(of: often.repeats) { try ObjectDocument(loading: content) }
        Figure.print(
            "object-text", name, "load", loaded.seconds * 1_000, "ms",
            isRight: loaded.result.canonicalState() == document.canonicalState())
        let opened = try Timing(of: often.repeats, preparing: { try ObjectDocument(loading: content) }) {
            try $0.open(history: history)
            return $0
        }
        Figure.print(
            "object-text", name, "open the history", opened.seconds * 1_000, "ms",
            isRight: try opened.result.savedHistory() == history)
        var writer = ByteWriter()
        writer.sized(content)
        writer.sized(history)
        let numbers = try MemoryOfChild.numbers(["object-text"], input: writer.bytes, repeats: often.repeats)
        Figure.print("object-text", name, "memory when read", numbers[0], "bytes")
        Figure.print("object-text", name, "memory with history", numbers[1], "bytes")
    }

    /// What one of several open objects takes: after it was read, and after its history was opened.
    private static func printMemory(ofLoading file: String) throws {
        var reader = ByteReader([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        let content = try reader.sized(), history = try reader.sized()
        var documents: [ObjectDocument] = []
        func load(_ count: Int) throws {
            for _ in 0..<count {
                let document = try ObjectDocument(loading: content)
                guard let text = document.text(at: "text"), text.string(in: 0..<80).utf8.count >= 80 else {
                    throw ValidationError("the text is not there")
                }
                documents.append(document)
            }
        }
        // The first pays for what the process needs once.
        try load(2)
        let before = ProcessMemory.now
        let count = 16
        try load(count)
        let read = ProcessMemory.now
        for index in 2..<documents.count { try documents[index].open(history: history) }
        let opened = ProcessMemory.now
        guard documents.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("an object is empty") }
        let each = 1_048_576 / Double(count)
        print((read - before) * each, (opened - before) * each)
    }

    // MARK: Sessions

    private static func document() throws -> ObjectDocument {
        guard let id = ObjectID(bytes: [UInt8](repeating: 7, count: 16)) else {
            throw ValidationError("ids have 16 bytes")
        }
        var document = ObjectDocument(id: id)
        try edit(&document, 0) { editor throws(ObjectError) in try editor.ensure("text", .text) }
        return document
    }

    /// Each edit as a commit of its own, as blocks number them.
    private static func edit(
        _ document: inout ObjectDocument, _ number: Int,
        _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws {
        _ = try document.edit(
            replica: RecordedHistory.replica(0), firstSequence: UInt64(number) << 32, body)
    }

    private static func replayed(_ recording: Recording) throws -> ObjectDocument {
        var document = try document()
        for (number, transaction) in recording.txns.enumerated() {
            try edit(&document, number + 1) { editor throws(ObjectError) in
                for patch in transaction.patches {
                    let end = patch.position + patch.deleted
                    try editor.deleteText(patch.position..<end, in: "text")
                    try editor.insertText(patch.inserted, at: patch.position, in: "text")
                }
            }
        }
        return document
    }

    /// Words typed here and there, and one in ten taken back.
    private static func madeUp(_ size: Int) throws -> ObjectDocument {
        var document = try document()
        var state: UInt64 = 1, number = 1, count = 0
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        while count < size {
            var position = random(count + 1)
            let word = String(random(1 << 30), radix: 36) + " "
            let isTakenBack = random(10) == 0
            for letter in word {
                let place = position
                try edit(&document, number) { editor throws(ObjectError) in
                    try editor.insertText(String(letter), at: place, in: "text")
                }
                position += 1
                number += 1
            }
            for _ in word where isTakenBack {
                position -= 1
                let place = position
                try edit(&document, number) { editor throws(ObjectError) in
                    try editor.deleteText(place..<place + 1, in: "text")
                }
                number += 1
            }
            if !isTakenBack { count += word.utf8.count }
        }
        return document
    }
}
