import Foundation

/// `house check ROOT` holds the rules of the house; `house self-test` proves that each of them complains.
@main
struct Main {
    static func main() {
        do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
            say("\(error)")
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) throws {
        let root = arguments.count > 1 ? arguments[1] : "."
        switch arguments.first {
        case "check": try check(root)
        case "self-test": try selfTest()
        case "tighten":
            let text = try Check(tree: Tree(root: root)).tightened()
            try text.write(toFile: root + "/" + Ratchet.path, atomically: true, encoding: .utf8)
        case "table": print(RuleTableRule.text())
        default:
            throw Failure(
                "Say what to do: house check ROOT, house self-test, house tighten ROOT or house table.")
        }
    }

    private static func check(_ root: String) throws {
        let violations = try Check(tree: Tree(root: root)).violations()
        for violation in violations { say(violation.description) }
        if !violations.isEmpty { exit(1) }
        print("The \(allRules.count) rules of the house hold.")
    }

    private static func selfTest() throws {
        let failures = try SelfTest.failures()
        for failure in failures { say(failure) }
        if !failures.isEmpty { exit(1) }
        let planted = allProvable.map(\.plants.count).reduce(0, +)
        let allowed = allProvable.map(\.innocents.count).reduce(0, +)
        print(
            "Each rule is alive: \(planted) planted violations were found; \(allowed) lookalikes were let be."
        )
    }

    private static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
