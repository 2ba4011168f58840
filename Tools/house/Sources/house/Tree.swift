import Foundation

/// The files of the project, by path.
struct Tree {
    private(set) var texts: [String: String]

    init(_ texts: [String: String]) { self.texts = texts }

    /// What git knows or would add, as far as it is text.
    init(root: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let names = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        texts = [:]
        for name in String(decoding: names, as: UTF8.self).split(separator: "\0").map(String.init) {
            guard let data = FileManager.default.contents(atPath: root + "/" + name) else { continue }
            texts[name] = String(data: data, encoding: .utf8) ?? ""
        }
    }

    var paths: [String] { texts.keys.sorted() }

    func lines(_ path: String) -> [String] {
        (texts[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Lines without comments and without what stands in strings.
    func code(_ path: String) -> [String] { SwiftText.code(lines(path)) }

    /// Swift that users run.
    var sources: [String] {
        paths.filter {
            $0.hasSuffix(".swift") && !$0.hasSuffix("Package.swift") && !isTest($0)
                && ($0.hasPrefix("Packages/") || $0.hasPrefix("Tools/"))
        }
    }

    func isTest(_ path: String) -> Bool { path.contains("/Tests/") || path.hasPrefix("Tests-Integration/") }

    /// Sources that take time, randomness and bytes as arguments: all but modules named after a native
    /// library, the client, and the tools.
    var core: [String] {
        sources.filter {
            $0.hasPrefix("Packages/") && !$0.contains("SQLite/") && !$0.contains("UV/")
                && !$0.contains("/Dunlin/Sources/Dunlin/")
        }
    }

    mutating func put(_ text: String, at path: String) { texts[path] = text }
    mutating func remove(_ path: String) { texts[path] = nil }
}
