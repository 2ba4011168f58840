@testable import DunlinKeyStoreFile
import DunlinKeys
import Foundation
import Testing

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

/// A folder for one test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-keys-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var keyring: String { path + "/keyring" }
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    /// The folder as it is now, second names included.
    func copy() throws -> TemporaryFolder { try Self.copy(of: path) }

    static func copy(of path: String) throws -> TemporaryFolder {
        let copy = try TemporaryFolder(), manager = FileManager.default
        var copies: [Int: String] = [:]
        for name in try manager.contentsOfDirectory(atPath: path) {
            let source = path + "/" + name, target = copy.path + "/" + name
            let number = try manager.attributesOfItem(atPath: source)[.systemFileNumber] as? Int ?? 0
            if let first = copies[number] {
                try manager.linkItem(atPath: first, toPath: target)
            } else {
                try manager.copyItem(atPath: source, toPath: target)
                copies[number] = target
            }
        }
        return copy
    }
}

extension KeyStore {
    /// All that is there, for comparing.
    func contents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for name in try names() { contents[name] = try secret(named: name)?.copied() }
        return contents
    }
}
