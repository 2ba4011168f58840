import Foundation

/// Writes manifests and the map of packages from the table, or with `--check` tells what disagrees with it.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let isCheck = arguments.contains("--check")
        let root = arguments.first { !$0.hasPrefix("--") } ?? "."
        let table = try PackageTable.load(root)
        var complaints = table.violations()
        var files: [(path: String, text: String)] = [
            (
                "Package.swift",
                Manifest(table: table, name: "dunlin", packages: table.packages, isRoot: true).text()
            )
        ]
        for package in table.packages {
            files.append(
                (
                    "Packages/\(package.name)/Package.swift",
                    Manifest(table: table, name: package.name, packages: [package], isRoot: false).text()
                ))
        }
        let diagram = Diagram(table: table)
        for (path, part) in [("README.md", diagram.list()), ("Docs/Architecture.md", diagram.graph())] {
            let text = (try? String(contentsOfFile: root + "/" + path, encoding: .utf8)) ?? ""
            guard let new = Diagram.replaced(text, with: part) else {
                complaints.append("\(path) has no place for the map: put the two marks back.")
                continue
            }
            files.append((path, new))
        }
        for (path, text) in files {
            let full = root + "/" + path
            guard (try? String(contentsOfFile: full, encoding: .utf8)) != text else { continue }
            if isCheck {
                complaints.append("\(path) disagrees with Tools/packages.json: run `make manifests`.")
            } else {
                try text.write(toFile: full, atomically: true, encoding: .utf8)
                print("wrote \(path)")
            }
        }
        for complaint in complaints { FileHandle.standardError.write(Data((complaint + "\n").utf8)) }
        if !complaints.isEmpty { exit(1) }
    }
}
