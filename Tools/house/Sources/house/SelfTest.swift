/// Plants one violation of each rule in a clean tree and demands that this rule, and the others not,
/// complain.
enum SelfTest {
    static let clean = Tree([
        "Tools/packages.json": """
        {"packages": [
          {"name": "Alpha", "floor": 0, "modules": [{"name": "DunlinAlpha", "uses": []}]},
          {"name": "Beta", "floor": 1, "modules": [{"name": "DunlinBeta", "uses": ["DunlinAlpha"]}]}
        ]}
        """,
        "README.md": "# Project\n",
        "Packages/Alpha/README.md": "# Alpha\n\n```swift\nimport DunlinAlpha\n\nalpha.work()\n```\n",
        "Packages/Alpha/Sources/DunlinAlpha/Alpha.swift": """
        /// Works! With "strings!" and a != b.
        public struct Alpha {
            /// Why it is so: `try!` stands in a comment only.
            public func work() -> Bool { !done("fatalError(") }
        }

        """,
        "Packages/Alpha/Tests/DunlinAlphaTests/ReadmeExample.swift":
            "@Test func example() {\n    alpha.work()\n}\n",
        "Packages/Beta/README.md": "# Beta\n\n```swift\nbeta.work()\n```\n",
        "Packages/Beta/Sources/DunlinBeta/Beta.swift": "import DunlinAlpha\n",
        "Packages/Beta/Tests/DunlinBetaTests/ReadmeExample.swift":
            "@Test func example() {\n    beta.work()\n}\n",
    ])

    /// - Returns: what does not hold.
    static func run() -> [String] {
        var problems: [String] = []
        for rule in Rule.all {
            for violation in rule.check(clean) {
                problems.append(
                    "\(rule.name) complains about a clean tree: \(violation.path): \(violation.text)")
            }
            var planted = clean
            rule.plant(&planted)
            if rule.check(planted).isEmpty {
                problems.append("\(rule.name) does not notice what was planted")
            }
        }
        return problems
    }
}
