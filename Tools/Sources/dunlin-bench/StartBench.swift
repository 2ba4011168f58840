import ArgumentParser
import Foundation

/// How long the command takes from nothing, and to ask a process that has the home open.
struct StartBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start-up time of `dunlin --version` and of `dunlin get` through the socket.")
    @Option(help: "The dunlin command; else the one beside this.") var dunlin: String?
    @Option(help: "Runs of each.") var runs = 21

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs is at least 1.") }
    }

    func run() throws {
        let beside =
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/dunlin"
        let command = dunlin ?? beside
        let folder = NSTemporaryDirectory() + "dunlin-bench-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "bench\n".write(toFile: folder + "/pass", atomically: true, encoding: .utf8)
        let home = ["--home", folder + "/home"], pass = ["--passphrase-file", folder + "/pass"]
        _ = try Self.output(command, ["init", "--name", "Ada"] + home + pass)
        _ = try Self.output(command, ["space", "create", "Trip"] + home + pass)
        let server = try Self.start(command, ["sync", "--listen", "127.0.0.1:0", "--json"] + home + pass)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        for _ in 0..<200 where !FileManager.default.fileExists(atPath: folder + "/home/socket") {
            Thread.sleep(forTimeInterval: 0.05)
        }
        let id =
            try Self.output(command, ["put", "Trip", "{\"n\":1}"] + home)
            .split(separator: "\n").last.map(String.init) ?? ""
        let word = id.split(separator: " ").last.map(String.init) ?? id
        try report("dunlin --version", command, ["--version"])
        try report("dunlin get, through the socket", command, ["get", "Trip", word, "--json"] + home)
        try report("true, for comparison", "/bin/true", [])
    }

    private func report(_ name: String, _ command: String, _ arguments: [String]) throws {
        var times: [Double] = []
        for _ in 0..<runs {
            times.append(try Self.run(command, arguments).seconds)
        }
        Figure.print("start", name, "median", times.sorted()[runs / 2] * 1_000, "ms")
    }

    private static func start(_ command: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["DUNLIN_KEYRING_PROFILE": "test"])
        { $1 }
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func output(_ command: String, _ arguments: [String]) throws -> String {
        try run(command, arguments).output
    }

    /// Runs a command. Its end is when its output ends: waiting for a process takes Foundation much longer.
    private static func run(_ command: String, _ arguments: [String]) throws -> (
        output: String, seconds: Double
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["DUNLIN_KEYRING_PROFILE": "test"])
        { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("\(arguments.first ?? command) ended with \(process.terminationStatus).")
        }
        return (String(decoding: data, as: UTF8.self), seconds)
    }
}
