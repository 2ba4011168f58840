/// The clean tree that violations are planted into: two packages, one upon the other.
///
/// One trap in it is excused by an exception, and one missing comment by the ratchet.
enum Fixture {
    static let nestPath = "Packages/Nests/Sources/DunlinNests/Nest.swift"
    static let storePath = "Packages/Nests/Sources/DunlinNestsSQLite/NestStore.swift"
    static let exceptions = "# One.\ntraps | \(storePath) | fatalError | Eggs cannot wait.\n"
    static let ratchet = "{\"documentation\": {\n\"\(nestPath)\": 1},\n\"line-length\": {}}\n"
    static let contributing = "# Rules\n\n" + RuleTableRule.text() + "\n"

    static var files: [String: String] {
        [
            PackageTable.path: table,
            RuleTableRule.path: contributing,
            ExceptionList.path: exceptions,
            Ratchet.path: ratchet,
            "Packages/Eggs/README.md": readme("Egg"),
            "Packages/Eggs/Sources/DunlinEggs/Egg.swift": source("Egg"),
            "Packages/Eggs/Tests/DunlinEggsTests/ReadmeExample.swift": example("Egg"),
            "Packages/Nests/README.md": readme("Nest"),
            nestPath: "import DunlinEggs\n\npublic let largestNest = 9\n\n" + source("Nest"),
            "Packages/Nests/Tests/DunlinNestsTests/ReadmeExample.swift": example("Nest"),
            storePath: "import DunlinNests\nimport GRDB\n\nfunc lay() -> Never { fatalError(\"now\") }\n",
            "Packages/Nests/Tests/DunlinNestsSQLiteTests/StoreTests.swift": example("Nest"),
        ]
    }

    static let table = """
        {"external": {"GRDB": {}}, "system": {}, "packages": [
            {"name": "Eggs", "floor": 0, "modules": [{"name": "DunlinEggs", "uses": [], "test": true}]},
            {"name": "Nests", "floor": 1, "modules": [
                {"name": "DunlinNests", "uses": ["DunlinEggs"], "test": true},
                {"name": "DunlinNestsSQLite", "uses": ["DunlinNests", "GRDB"], "test": true}]}
        ]}

        """

    private static func source(_ name: String) -> String {
        """
        /// It has a number.
        public struct \(name) {
            /// Counted from one.
            public var number: Int
        }

        """
    }

    private static func readme(_ name: String) -> String {
        "# \(name)s\n\n```swift\nimport Dunlin\(name)s\n\n\(body(name, indentation: ""))\n```\n"
    }

    private static func example(_ name: String) -> String {
        let body = body(name, indentation: "    ")
        return "import Dunlin\(name)s\nimport Testing\n\n@Test func example() {\n\(body)\n}\n"
    }

    private static func body(_ name: String, indentation: String) -> String {
        ["let \(name.lowercased()) = \(name)(number: 1)", "#expect(\(name.lowercased()).number == 1)"]
            .map { indentation + $0 }.joined(separator: "\n")
    }
}
