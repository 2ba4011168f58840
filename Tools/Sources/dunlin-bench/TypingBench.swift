import ArgumentParser
import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces
import Foundation

/// Somebody types into a large text, each key a commit of its own: what that takes, and what opening the
/// text takes afterwards.
struct TypingBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "typing", abstract: "Keystrokes into a large text in a real home.")
    @Option(help: "Scalars in the text.") var size = 500_000
    @Option(help: "Keystrokes.") var keys = 2_000

    private static let passphrase = SecretBytes(copying: Array("bench".utf8))
    private var name: String { "\(keys) keys into \(size)" }

    func run() async throws {
        let folder = NSTemporaryDirectory() + "dunlin-bench-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard let note = ObjectID(bytes: [UInt8](repeating: 7, count: 16)) else { return }
        var client = try await Client.found(
            at: folder, passphrase: Self.passphrase, profile: .test, displayName: "Ada"
        ).client
        let space = try await client.createSpace(named: "Bench")
        try await fill(note, in: space, client)
        await client.close()
        client = try await Client.open(at: folder, passphrase: Self.passphrase)
        try await type(into: note, in: space, client)
        client = try await Client.open(at: folder, passphrase: Self.passphrase)
        try await reopen(note, in: space, client)
        await client.close()
    }

    private func fill(_ note: ObjectID, in space: SpaceID, _ client: Client) async throws {
        // Words that do not repeat, as in life.
        var state: UInt64 = 1
        var words = ""
        while words.utf8.count < size {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            words += String(state >> 24, radix: 36) + " "
        }
        let text = String(words.prefix(size))
        // As much at once as a block may hold.
        for start in stride(from: 0, to: size, by: 200_000) {
            let piece = String(text.dropFirst(start).prefix(200_000))
            _ = try await client.commit(to: space) { transaction throws(SpaceError) in
                try transaction.edit(note) { editor throws(ObjectError) in
                    try editor.ensure("text", .text)
                    try editor.insertText(piece, at: start, in: "text")
                }
            }
        }
    }

    private func insert(_ position: Int, _ note: ObjectID, in space: SpaceID, _ client: Client) async throws {
        _ = try await client.commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(note) { editor throws(ObjectError) in
                try editor.insertText("x", at: position, in: "text")
            }
        }
    }

    private func type(into note: ObjectID, in space: SpaceID, _ client: Client) async throws {
        var before = Self.writtenByteCount
        var start = ContinuousClock.now
        var paused = 0.0
        for number in 0..<keys {
            // Nobody types so quickly: time enough for what is derived to be saved as often as in life.
            if number > 0, number % 1_024 == 0 {
                let pause = ContinuousClock.now
                try await Task.sleep(for: .milliseconds(5_100))
                paused += (ContinuousClock.now - pause) / .seconds(1)
            }
            // A word here, a word there.
            try await insert((number / 20 &* 7_919) % size + number % 20, note, in: space, client)
        }
        Figure.print("typing", name, "time", (ContinuousClock.now - start) / .seconds(1) - paused, "s")
        Figure.print("typing", name, "written", Double(Self.writtenByteCount - before) / 1e6, "MB")
        before = Self.writtenByteCount
        start = .now
        await client.close()
        Figure.print("typing", name, "close", (ContinuousClock.now - start) / .milliseconds(1), "ms")
        Figure.print("typing", name, "written to close", Double(Self.writtenByteCount - before) / 1e6, "MB")
    }

    private func reopen(_ note: ObjectID, in space: SpaceID, _ client: Client) async throws {
        var start = ContinuousClock.now
        let count = try await client.value(note, in: space) { $0.text(at: "text")?.count }
        Figure.print(
            "typing", name, "read", (ContinuousClock.now - start) / .milliseconds(1), "ms",
            isRight: count == size + keys)
        start = .now
        try await insert(0, note, in: space, client)
        Figure.print("typing", name, "first edit", (ContinuousClock.now - start) / .milliseconds(1), "ms")
    }

    /// What this process has given the system to write.
    private static var writtenByteCount: Int {
        guard let lines = try? String(contentsOfFile: "/proc/self/io", encoding: .utf8) else { return 0 }
        for line in lines.split(separator: "\n") where line.hasPrefix("wchar:") {
            return Int(line.filter(\.isNumber)) ?? 0
        }
        return 0
    }
}
