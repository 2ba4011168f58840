import DunlinEncoding
import DunlinObjects
import Foundation

/// Starts `dunlin` processes, keeps their output, and ends them.
final class Stage {
    let dunlin: String
    let folder: String
    private let started = ContinuousClock.now
    private var running: [Process] = []

    init(dunlin: String, folder: String) {
        self.dunlin = dunlin
        self.folder = folder
        _ = FileManager.default.createFile(atPath: folder + "/passphrase", contents: Data("demo\n".utf8))
    }

    /// A line of the timeline.
    func tell(_ who: String, _ what: String) {
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let time = String(Int(seconds * 10) / 10) + "." + String(Int(seconds * 10) % 10) + "s"
        print(Self.padded(time, 7, left: true) + "  " + Self.padded(who, 12) + what)
        fflush(nil)
    }

    private static func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? space + text : text + space
    }

    func make(_ executable: String, _ arguments: [String], output: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        // A demonstration's homes are opened often; the passphrase guards nothing.
        environment["DUNLIN_KEYRING_PROFILE"] = "test"
        process.environment = environment
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let file = FileHandle(forWritingAtPath: output)
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Starts a process that runs on.
    func start(_ name: String, executable: String? = nil, _ arguments: [String]) throws -> Process {
        let process = try make(executable ?? dunlin, arguments, output: log(name))
        running.append(process)
        return process
    }

    func log(_ name: String) -> String { folder + "/\(name).log" }

    /// The first line of a running process's output that holds `text`, waited for at most `seconds`.
    func line(_ name: String, containing text: String, seconds: Double = 20) throws -> String {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            let output = (try? String(contentsOfFile: log(name), encoding: .utf8)) ?? ""
            if let line = output.split(separator: "\n").first(where: { $0.contains(text) }) {
                return String(line)
            }
            usleep(20_000)
        }
        let output = (try? String(contentsOfFile: log(name), encoding: .utf8)) ?? ""
        throw DemoFailure("\(name) did not say \(text):\n\(output)")
    }

    /// Runs a command of somebody's home to its end and reads its answer.
    func run(_ home: String, _ arguments: [String]) throws -> ObjectValue {
        let output = folder + "/command-\(UUID()).out"
        let options = ["--home", folder + "/" + home, "--passphrase-file", folder + "/passphrase", "--json"]
        let process = try make(dunlin, arguments + options, output: output)
        process.waitUntilExit()
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else {
            throw DemoFailure(
                "dunlin \(arguments.joined(separator: " ")) ended with \(process.terminationStatus): \(text)")
        }
        guard let last = text.split(separator: "\n").last else { return .null }
        return try ObjectValue(json: String(last))
    }

    func endAll() {
        for process in running where process.isRunning { process.terminate() }
        for process in running { process.waitUntilExit() }
    }
}

/// A field of an answer.
func field(_ value: ObjectValue, _ key: UTF8String) throws -> String {
    guard case .string(let text)? = value[key] else {
        throw DemoFailure("the answer has no \(key): \(value.json)")
    }
    return text.string
}
