import Foundation

/// Everything the rules look at: the files git knows, the Swift among them already cut into tokens.
struct Tree {
    let root: String
    let paths: [String]
    let sources: [SourceFile]
    let table: PackageTable

    init(root: String) throws {
        self.root = root
        // Git also lists what is tracked and was just removed.
        paths = try Git(folder: root).knownPaths().sorted()
            .filter { FileManager.default.fileExists(atPath: root + "/" + $0) }
        sources = try paths.filter { $0.hasSuffix(".swift") }
            .map { SourceFile(path: $0, text: try Tree.read(root + "/" + $0)) }
        let table = try Tree.read(root + "/" + PackageTable.path)
        do { self.table = try JSONDecoder().decode(PackageTable.self, from: Data(table.utf8)) } catch {
            throw Failure(
                "\(PackageTable.path) is no table of packages: \(error). Compare it with its last version.")
        }
    }

    func source(_ path: String) -> SourceFile? { sources.first { $0.path == path } }

    /// The text of a file git knows; nil for another.
    func text(_ path: String) -> String? { paths.contains(path) ? try? Tree.read(root + "/" + path) : nil }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read: give the root of a clone, and permission to read it.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
