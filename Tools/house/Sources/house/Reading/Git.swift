import Foundation

/// The `git` command in one folder.
struct Git {
    var folder: String

    /// What is tracked, and what is neither tracked nor ignored.
    func knownPaths() throws -> [String] {
        try run(["ls-files", "-z", "-co", "--exclude-standard"]).split(separator: "\0").map { String($0) }
    }

    @discardableResult
    func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        // Inside a hook these would point at another repository than the folder's.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
        let output = Pipe()
        process.standardOutput = output
        // waitUntilExit() would turn a run loop, which takes longer than git does.
        let isDone = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in isDone.signal() }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        isDone.wait()
        guard process.terminationStatus == 0 else {
            throw Failure(
                "`git \(arguments.joined(separator: " "))` failed in \(folder): run this inside a clone.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Why nothing could be checked: a sentence with the remedy.
struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
