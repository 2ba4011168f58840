/// The core runs wherever Swift does, and the simulation runs it whole: nothing of the system in it.
struct CoreSystemRule: Rule {
    let name = "core-system"
    let summary = "The core does without Foundation, its `Data`, Dispatch and the C library."

    private static let modules = [
        "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Musl", "Darwin",
    ]

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter(\.isCore).flatMap { file -> [Violation] in
            let imports = file.imports.filter { Self.modules.contains($0.module) }.map { line, module in
                Violation(
                    path: file.path, line: line, what: "the core does without \(module)",
                    remedy: "move this to an adapter (a module …SQLite, …UV or …File) or to the client")
            }
            return imports
                + file.violations(of: ["Data"], "the core does without Foundation", remedy: "use [UInt8]")
        }
    }

    var plants: [Plant] {
        Self.modules.map { Plant.core(line: 2, "// It imports.\nimport \($0)") } + [
            Plant.core("func length(_ bytes: Data) -> Int { bytes.count }")
        ]
    }

    var innocents: [Plant] {
        [
            Plant.core("let data = \"Data\" // Data\nenum DataKind { case data }"),
            Plant(
                "Packages/Nests/Sources/DunlinNestsSQLite/Planted.swift",
                "import Foundation\n\nlet none = Data()\n"),
            Plant(
                "Packages/Nests/Tests/DunlinNestsTests/Planted.swift",
                "import Foundation\n\nlet none = Data()\n"),
        ]
    }
}
