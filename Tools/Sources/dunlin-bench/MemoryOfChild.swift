import ArgumentParser
import Foundation

/// Measures memory in a process of its own, so that nothing else is counted: this program again, with other
/// arguments.
enum MemoryOfChild {
    /// Hands `input` to a child that prints numbers; gives the median of each over several children.
    static func numbers(_ arguments: [String], input: [UInt8], repeats: Int) throws -> [Double] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).input")
        try Data(input).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var runs: [[Double]] = []
        for _ in 0..<repeats {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = arguments + ["--memory", file.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            runs.append(output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) })
        }
        guard let count = runs.first?.count, count > 0, runs.allSatisfy({ $0.count == count }) else {
            throw ValidationError("a child did not tell its memory")
        }
        return (0..<count).map { column in runs.map { $0[column] }.sorted()[runs.count / 2] }
    }
}
