/// Imports go downward, and only to modules that the table names.
struct ImportsRule: Rule {
    let name = "imports"
    let summary =
        "A package imports only what `Tools/packages.json` says its module uses, from lower floors only."

    /// They come with the toolchain. Which of them the core may import is for `core-system`.
    private static let toolchain: Set = [
        "Swift", "Synchronization", "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Musl",
        "Darwin",
    ]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.flatMap { file -> [Violation] in
            guard let name = file.package, let target = file.module else { return [] }
            guard let package = tree.table.package(name),
                let allowed = allowed(target, in: package, tree.table)
            else {
                return [
                    Violation(
                        path: file.path, line: 1, what: "\(target) is no module of \(name) in the table",
                        remedy: "add it to \(PackageTable.path), or move the file")
                ]
            }
            return file.imports.compactMap { line, module in
                if Self.toolchain.contains(module) { return nil }
                if module == "Testing" && file.isTest { return nil }
                if let owner = tree.table.owner(of: module), owner.name != name, owner.floor >= package.floor
                {
                    return Violation(
                        path: file.path, line: line,
                        what: "\(name) (floor \(package.floor)) imports \(module) (floor \(owner.floor))",
                        remedy: "a package uses lower floors only: move the code or the floor")
                }
                if allowed.contains(module) { return nil }
                return Violation(
                    path: file.path, line: line,
                    what: "\(target) does not use \(module) according to the table",
                    remedy: "add it to the module's uses in \(PackageTable.path), or do without it")
            }
        }
    }

    /// What a module or a test target may import; nil when the table does not have it.
    private func allowed(_ target: String, in package: PackageTable.Package, _ table: PackageTable) -> Set<
        String
    >? {
        if let module = package.modules.first(where: { $0.name == target }) { return Set(module.uses) }
        if table.system[target] != nil { return [] }
        guard let module = package.modules.first(where: { $0.name + "Tests" == target && $0.test }) else {
            return nil
        }
        let support = package.modules.filter { $0.support == true }.map(\.name)
        let uses = module.uses.filter { table.system[$0] == nil }
        return Set([module.name] + uses + support + (module.testUses ?? []))
    }

    var plants: [Plant] {
        [
            Plant.core(line: 3, "// On purpose.\n\nimport DunlinUnknown"),
            Plant("Packages/Eggs/Sources/DunlinEggs/Planted.swift", "public import DunlinNests\n"),
            Plant.core("import struct GRDB.Row"),
            Plant("Packages/Eggs/Tests/DunlinEggsTests/Planted.swift", "@testable import GRDB\n"),
            Plant(
                PackageTable.path, Fixture.table.replacing("\"floor\": 0", with: "\"floor\": 2"),
                blaming: Fixture.nestPath),
            Plant("Packages/Eggs/Sources/DunlinOther/Planted.swift", "let egg = 1\n"),
        ]
    }

    var innocents: [Plant] {
        [
            Plant.core("import DunlinEggs\nimport Synchronization\n\nlet text = \"import GRDB\""),
            Plant("Packages/Nests/Sources/DunlinNestsSQLite/Planted.swift", "import GRDB\n"),
            Plant(
                "Packages/Nests/Tests/DunlinNestsTests/Planted.swift", "import DunlinEggs\nimport Testing\n"),
        ]
    }
}

extension SourceFile {
    /// The modules imported, whatever stands before `import` and whichever single declaration is taken.
    var imports: [(line: Int, module: String)] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import", tokens[index].kind == .word, index + 1 < tokens.count else {
                return nil
            }
            let next = kinds.contains(tokens[index + 1].text) ? index + 2 : index + 1
            guard next < tokens.count, tokens[next].kind == .word, tokens[next].line == tokens[index].line
            else { return nil }
            return (tokens[index].line, tokens[next].text)
        }
    }
}
