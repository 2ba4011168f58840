import Foundation

/// Credentials as the reference model writes them, and what follows from them.
public struct ModelDAG: Decodable, Sendable {
    /// One credential; which fields are there follows from its type.
    struct Act: Decodable, Sendable {
        var id: String
        var type: String
        var parents: [String]
        /// The identity and its device; `root` when the identity itself signs.
        var by: [String]
        var identity: String?
        var device: String?
        var role: String?
        var target: String?
        var invite: String?
        var max: Int?
        var council: [String]?
        var threshold: Int?
        var cosign: [String]?
    }

    /// A member by all the credentials.
    struct Member: Decodable, Hashable, Sendable {
        var role: String
        var devices: [String]
    }

    /// What the model says of them.
    struct Expectation: Decodable, Sendable {
        var members: [String: Member]
        var status: [String: String]
    }

    var name: String?
    var seed: UInt64?
    var credentials: [Act]
    var expect: Expectation

    /// What to call it.
    public var title: String { name ?? seed.map { "seed \($0)" } ?? "a graph without name" }
    /// Credentials in it.
    public var count: Int { credentials.count }

    /// Depths as the membership rules have them, by id.
    func depths() throws(ModelError) -> [String: Int] {
        var depths: [String: Int] = [:]
        for act in credentials {
            var depth = 0
            for parent in act.parents {
                guard let above = depths[parent] else {
                    throw ModelError("\(title): \(act.id) stands before its parent \(parent)")
                }
                depth = Swift.max(depth, above + 1)
            }
            guard depths.updateValue(depth, forKey: act.id) == nil else {
                throw ModelError("\(title): \(act.id) stands there twice")
            }
        }
        return depths
    }
}

/// Why a graph of the model cannot be used.
public struct ModelError: Error, CustomStringConvertible {
    /// One sentence.
    public var description: String

    init(_ description: String) { self.description = description }
}

/// Graphs from a file of them, or from lines of one each.
public struct ModelFile {
    private struct Document: Decodable {
        var scenarios: [ModelDAG]?
        var dags: [ModelDAG]?
    }

    /// Gives every graph of a file to `body`, as soon as it is read.
    /// - Parameter path: `-` for standard input.
    public static func forEach(_ path: String, _ body: (ModelDAG) throws -> Void) throws {
        if path == "-" {
            try forEachLine({ readLine(strippingNewline: false) }, path, body)
        } else {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            var rest = data[...]
            func next() -> String? {
                guard !rest.isEmpty else { return nil }
                let end = rest.firstIndex(of: 0x0a).map { $0 + 1 } ?? rest.endIndex
                defer { rest = rest[end...] }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            try forEachLine(next, path, body)
        }
    }

    private static func forEachLine(
        _ next: () -> String?, _ path: String, _ body: (ModelDAG) throws -> Void
    ) throws {
        guard let first = next() else { throw ModelError("\(path) is empty.") }
        guard let graph = try? JSONDecoder().decode(ModelDAG.self, from: Data(first.utf8)) else {
            var text = first
            while let line = next() { text += line }
            let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            guard let graphs = document.scenarios ?? document.dags else {
                throw ModelError("\(path) has neither scenarios nor dags.")
            }
            for graph in graphs { try body(graph) }
            return
        }
        try body(graph)
        var number = 1
        while let line = next() {
            number += 1
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            do {
                try body(JSONDecoder().decode(ModelDAG.self, from: Data(line.utf8)))
            } catch let error as DecodingError { throw ModelError("\(path), line \(number): \(error)") }
        }
    }
}
