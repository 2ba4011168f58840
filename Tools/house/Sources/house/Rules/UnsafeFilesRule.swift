/// Where the compiler is asked to trust us, the file's name says so.
struct UnsafeFilesRule: Rule {
    let name = "unsafe-files"
    let summary = "`@unchecked Sendable` and `nonisolated(unsafe)` only in files named `…+Unsafe.swift`."

    func violations(in tree: Tree) -> [Violation] {
        tree.sources.filter { !$0.name.hasSuffix("+Unsafe.swift") }.flatMap { file in
            [["@", "unchecked", "Sendable"], ["nonisolated", "(", "unsafe", ")"]].flatMap {
                file.violations(
                    of: $0, "the compiler does not check this",
                    remedy: "let it check, or move this to a file named …+Unsafe.swift and say why it holds")
            }
        }
    }

    private static let text = "final class Nest: @unchecked Sendable {}"

    var plants: [Plant] {
        [
            Plant.core(Self.text),
            Plant.core("nonisolated(unsafe) var eggs = 1"),
            Plant("Packages/Nests/Tests/DunlinNestsTests/Planted.swift", Self.text),
        ]
    }

    var innocents: [Plant] {
        [
            Plant("Packages/Nests/Sources/DunlinNests/Nest+Unsafe.swift", Self.text),
            Plant.core("final class Nest: Sendable {} // not @unchecked Sendable"),
        ]
    }
}
