import Foundation

/// How packages are built up.
enum ShapeRules {
    static var all: [Rule] { [imports, documented, readme, snippets, tested, leftovers].map { $0() } }

    private struct Table: Decodable {
        struct Package: Decodable {
            var name: String
            var floor: Int
            var modules: [Module]
        }
        struct Module: Decodable {
            var name: String
            var uses: [String]
            var testUses: [String]?
        }
        var packages: [Package]
    }

    private static func table(_ tree: Tree) -> Table? {
        tree.texts["Tools/packages.json"].flatMap {
            try? JSONDecoder().decode(Table.self, from: Data($0.utf8))
        }
    }

    private static let imports: @Sendable () -> Rule = {
        Rule(
            name: "imports",
            remedy: "name the module in Tools/packages.json, on a floor below, or do without it",
            check: { tree in
                guard let table = table(tree) else {
                    return [Rule.Violation(path: "Tools/packages.json", line: 0, text: "unreadable")]
                }
                let floors = Dictionary(
                    table.packages.flatMap { package in package.modules.map { ($0.name, package.floor) } },
                    uniquingKeysWith: { first, _ in first })
                return table.packages.flatMap { package in
                    package.modules.flatMap { module in
                        let folder = "Packages/\(package.name)/Sources/\(module.name)/"
                        return tree.sources.filter { $0.hasPrefix(folder) }.flatMap { path in
                            tree.code(path).enumerated().compactMap { index, line -> Rule.Violation? in
                                guard let match = line.firstMatch(of: #/^import (Dunlin\w*)/#) else {
                                    return nil
                                }
                                let name = String(match.1)
                                let isBelow = (floors[name] ?? .max) <= package.floor
                                guard !module.uses.contains(name) || !isBelow else { return nil }
                                return Rule.Violation(path: path, line: index + 1, text: "import \(name)")
                            }
                        }
                    }
                }
            },
            plant: { $0.put("import DunlinBeta\n", at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift") })
    }

    private static let documented: @Sendable () -> Rule = {
        Rule(
            name: "documented", remedy: "say what it means, its units and what it throws",
            check: { tree in
                tree.sources.filter { $0.hasPrefix("Packages/") }.flatMap { path in
                    let lines = tree.lines(path), code = tree.code(path)
                    return lines.indices.compactMap { index -> Rule.Violation? in
                        guard
                            code[index].firstMatch(
                                of:
                                    #/^\s*(@\w+(\([^)]*\))? )*(public|open) .*\b(func|var|let|struct|class|enum|protocol|actor|init|subscript|typealias)\b/#
                            )
                                != nil
                        else { return nil }
                        var above = index - 1
                        while above >= 0, lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@") {
                            above -= 1
                        }
                        guard above < 0 || !lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
                        else {
                            return nil
                        }
                        return Rule.Violation(
                            path: path, line: index + 1,
                            text: code[index].trimmingCharacters(in: .whitespaces))
                    }
                }
            },
            plant: {
                $0.put("public struct Bare {}\n", at: "Packages/Alpha/Sources/DunlinAlpha/Planted.swift")
            })
    }

    private static func packages(_ tree: Tree) -> [String] {
        Set(
            tree.paths.filter { $0.hasPrefix("Packages/") }.compactMap {
                $0.split(separator: "/").dropFirst().first
            }
        )
        .map(String.init).sorted()
    }

    private static let readme: @Sendable () -> Rule = {
        Rule(
            name: "readme", remedy: "say what the package is, with an example in a swift block",
            check: { tree in
                packages(tree).compactMap { name in
                    let path = "Packages/\(name)/README.md"
                    guard let text = tree.texts[path], text.contains("```swift\n") else {
                        return Rule.Violation(path: path, line: 0, text: "no example")
                    }
                    return nil
                }
            },
            plant: { $0.remove("Packages/Alpha/README.md") })
    }

    /// Every line of every Swift block stands in a test of the package, but for its imports.
    private static let snippets: @Sendable () -> Rule = {
        Rule(
            name: "snippets",
            remedy: "compile and run it: put the line into the package's ReadmeExample.swift",
            check: { tree in
                (packages(tree).map { ("Packages/\($0)/README.md", "Packages/\($0)/Tests/") } + [
                    ("README.md", "Packages/")
                ])
                .flatMap { readme, tests in
                    let compiled = Set(
                        tree.paths.filter { $0.hasPrefix(tests) && $0.contains("ReadmeExample") }
                            .flatMap { tree.lines($0).map { $0.trimmingCharacters(in: .whitespaces) } })
                    var isInside = false
                    return tree.lines(readme).enumerated().compactMap { index, line -> Rule.Violation? in
                        if line.hasPrefix("```") {
                            isInside = line == "```swift"
                            return nil
                        }
                        let text = line.trimmingCharacters(in: .whitespaces)
                        guard isInside, !text.isEmpty, !text.hasPrefix("import "), !compiled.contains(text)
                        else {
                            return nil
                        }
                        return Rule.Violation(path: readme, line: index + 1, text: text)
                    }
                }
            },
            plant: { tree in
                tree.put(
                    (tree.texts["Packages/Alpha/README.md"] ?? "") + "```swift\nalpha.vanish()\n```\n",
                    at: "Packages/Alpha/README.md")
            })
    }

    private static let tested: @Sendable () -> Rule = {
        Rule(
            name: "tested", remedy: "a test target without a test holds nothing",
            check: { tree in
                let folders = Set(
                    tree.paths.filter {
                        tree.isTest($0) && $0.hasSuffix(".swift") && !$0.hasSuffix("Package.swift")
                    }
                    .compactMap { path -> String? in
                        let parts = path.split(separator: "/")
                        guard let index = parts.firstIndex(of: "Tests"), index + 2 < parts.count else {
                            return nil
                        }
                        return parts[...(index + 1)].joined(separator: "/")
                    })
                return folders.sorted().compactMap { folder in
                    let hasTest = tree.paths.contains { path in
                        path.hasPrefix(folder + "/") && (tree.texts[path] ?? "").contains("@Test")
                    }
                    return hasTest ? nil : Rule.Violation(path: folder, line: 0, text: "no @Test")
                }
            },
            plant: { $0.put("struct Empty {}\n", at: "Packages/Alpha/Tests/DunlinEmptyTests/Empty.swift") })
    }

    private static let leftovers: @Sendable () -> Rule = {
        Rule(
            name: "leftovers", remedy: "remove what was only there for building",
            check: { tree in
                tree.paths.filter {
                    $0.firstMatch(of: #/Placeholder\.swift$|Package\.resolved$|(^|\/)\.build/#) != nil
                }
                .map { Rule.Violation(path: $0, line: 0, text: "left over") }
            },
            plant: { $0.put("", at: "Packages/Alpha/Sources/DunlinAlpha/Placeholder.swift") })
    }
}
