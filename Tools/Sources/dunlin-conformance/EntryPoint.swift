import Foundation

/// Runs published test vectors from a folder, one line for each file; ends with 1 when a vector fails.
@main
struct EntryPoint {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: dunlin-conformance FOLDER (with a folder vectors in it), or --own")
            exit(64)
        }
        if CommandLine.arguments[1] == "--own" {
            print(try OwnVectors.json(), terminator: "")
            return
        }
        let folder = CommandLine.arguments[1] + "/vectors"
        let suites: [(file: String, run: (VectorFile, inout Tally) throws -> Void)] = [
            ("cbor-rfc8949-appendix-a.json", EncodingVectors.cbor),
            ("bip39-english.txt", KeyVectors.wordList),
            ("bip39-english.json", KeyVectors.phrases),
            ("did-key-ed25519.json", KeyVectors.didKeys),
            ("wycheproof-ed25519.json", WycheproofVectors.ed25519),
            ("wycheproof-x25519-subset.json", WycheproofVectors.x25519),
            ("wycheproof-xchacha20poly1305-subset.json", WycheproofVectors.xchacha),
            ("noise-xx-25519-chachapoly-blake2b.json", NoiseVectors.handshakes),
            ("cpace-ristretto255-sha512.json", CPaceVectors.run),
            ("membership-scenarios.json", MembershipConformance.run),
            ("membership-random.json", MembershipConformance.run),
            ("hypercore-tree.json", FeedVectors.trees),
        ]
        var failures = 0
        for (file, run) in suites {
            var tally = Tally()
            do { try run(VectorFile(path: folder + "/" + file), &tally) } catch {
                tally.fail("the file cannot be used: \(error)")
            }
            failures += tally.failed.count
            let name = file + String(repeating: " ", count: max(1, 44 - file.count))
            print("\(name)\(tally.passed) passed, \(tally.failed.count) failed")
            for failure in tally.failed.prefix(5) { print("    \(failure)") }
        }
        print("negentropy-v1-traces.json: not run, set reconciliation is not built yet")
        if failures > 0 { exit(1) }
    }
}

/// What passed and what did not.
struct Tally {
    private(set) var passed = 0
    private(set) var failed: [String] = []

    mutating func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
        if condition { passed += 1 } else { failed.append(what()) }
    }

    mutating func fail(_ what: String) { failed.append(what) }
}

/// A file of vectors; every field read must be there.
struct VectorFile {
    let path: String

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    func json() throws -> Vector {
        Vector(
            value: try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))),
            name: path)
    }
}

/// A value of a vector file.
struct Vector {
    var value: Any
    var name: String

    subscript(key: String) -> Vector {
        get throws {
            guard let map = value as? [String: Any], let found = map[key] else {
                throw VectorFile.Missing(description: "\(name) has no \(key)")
            }
            return Vector(value: found, name: name + "." + key)
        }
    }

    func optional(_ key: String) -> Vector? {
        (value as? [String: Any])?[key].map { Vector(value: $0, name: name + "." + key) }
    }

    var items: [Vector] {
        get throws {
            guard let items = value as? [Any] else {
                throw VectorFile.Missing(description: "\(name) is no list")
            }
            return items.enumerated().map { Vector(value: $1, name: name + "[\($0)]") }
        }
    }

    var string: String {
        get throws {
            guard let text = value as? String else {
                throw VectorFile.Missing(description: "\(name) is no text")
            }
            return text
        }
    }

    var number: Int {
        get throws {
            guard let number = value as? Int else {
                throw VectorFile.Missing(description: "\(name) is no number")
            }
            return number
        }
    }

    var flag: Bool {
        get throws {
            guard let flag = value as? Bool else {
                throw VectorFile.Missing(description: "\(name) is no flag")
            }
            return flag
        }
    }
}
