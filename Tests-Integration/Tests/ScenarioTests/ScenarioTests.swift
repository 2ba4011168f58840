import Foundation
import Testing

/// Each scenario is a script that drives real processes; what it printed is shown when it fails.
@Suite(.serialized) struct ScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Scenarios")

    static let scenarios = [
        "answers", "bad-input", "contacts", "copied-home", "crashes", "devices", "disk", "drawings",
        "explaining", "floods", "identity", "invitations", "keys", "links", "middle", "offline", "reader",
        "removal", "rendezvous", "tour", "tutorials", "versions", "watching",
    ]

    @Test(.timeLimit(.minutes(5)), arguments: scenarios)
    func `the scenario holds`(name: String) throws {
        _ = try #require(
            ProcessInfo.processInfo.environment["DUNLIN_BIN"],
            "run `make integration`, which builds the commands")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [Self.folder.appendingPathComponent(name + ".sh").path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(name):\n\(output)")
    }

    @Test func `no scenario is left out`() throws {
        // What they share lies in a folder of its own.
        let scripts = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".sh") }.map { String($0.dropLast(3)) }
        // The outside consumer needs no command and has a target of its own.
        #expect(Set(scripts) == Set(Self.scenarios + ["url-consumer"]))
    }
}
