import Foundation

/// Proves that no rule is dead: plants what each one forbids into a clean repository, one thing at a time.
struct SelfTest {
    private let root: String
    private let files = Fixture.files

    /// What did not go as it should; empty when every rule is alive.
    static func failures() throws -> [String] {
        let root = FileManager.default.temporaryDirectory.path + "/house-self-test-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        return try SelfTest(root: root).run()
    }

    private func run() throws -> [String] {
        for (path, text) in files { try write(text, to: path) }
        try Git(folder: root).run(["init", "--quiet"])
        // What the user ignores everywhere must not hide a plant.
        try Git(folder: root).run(["config", "core.excludesFile", "/dev/null"])
        var failures = try complaints().map { "The clean tree is not clean: \($0.description)" }
        for provable in allProvable {
            if provable.plants.isEmpty {
                failures.append("\(provable.name): nothing proves it; give it a plant.")
            }
            for plant in provable.plants { failures += try prove(provable, plant) }
            for innocent in provable.innocents {
                let complaints = try complaints(about: innocent)
                failures += complaints.map {
                    "\(provable.name): what is allowed was refused: \($0.description)\n\(innocent)"
                }
            }
        }
        return failures
    }

    /// The planted rule complains once, naming the place, and no other rule does.
    private func prove(_ provable: any Provable, _ plant: Plant) throws -> [String] {
        let complaints = try complaints(about: plant)
        let isProven =
            complaints.count == 1 && complaints[0].rule == provable.name
            && complaints[0].description.hasPrefix("\(plant.blamedPath):\(plant.blamedLine): ")
        if isProven { return [] }
        let heard = complaints.isEmpty ? "nothing" : complaints.map(\.description).joined(separator: "\n    ")
        return [
            "\(provable.name): one complaint about \(plant.blamedPath):\(plant.blamedLine) is due, was heard:\n"
                + "    \(heard)\n  with \(plant.path):\n\(plant.text ?? "(removed)")"
        ]
    }

    private func complaints() throws -> [Violation] { try Check(tree: Tree(root: root)).violations() }

    /// What is heard with a change to the tree, which is taken back.
    private func complaints(about plant: Plant) throws -> [Violation] {
        try write(plant.text, to: plant.path)
        let result = try complaints()
        try write(files[plant.path], to: plant.path)
        return result
    }

    /// Nil removes the file.
    private func write(_ text: String?, to path: String) throws {
        let url = URL(fileURLWithPath: root + "/" + path)
        guard let text else { return try FileManager.default.removeItem(at: url) }
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}
